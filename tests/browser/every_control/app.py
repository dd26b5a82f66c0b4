"""A small app for a browser test: every control of the real one, on two pages, in the real frame's order of work."""

from tests.browser.every_control.page import draw

draw("First")
