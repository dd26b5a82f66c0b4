"""The other page of the small app, with the same controls."""

from tests.browser.every_control.page import draw

draw("Second")
