"""What axe-core finds on the pages, and the way of somebody who comes by keyboard."""

from collections.abc import Callable, Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.seen import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.real]

Visit = Callable[..., Visitor]
OPENED = {"Similarity": {"pairs_open": "true", "ranking_open": "true"}, "Logit_lens": {"compare": "difference"}}
"""Blocks that are closed, or shown in another way, when a page is opened."""
BACKGROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"}
ABOUT_COLOURS = ("color-contrast", "link-in-text-block")
FOCUSED = """() => {
    const inner = (element) => element.shadowRoot?.activeElement ? inner(element.shadowRoot.activeElement) : element
    const focused = inner(document.activeElement)
    const control = focused.closest('[class*=st-key-]')?.className.match(/st-key-(\\S+)/)[1]
    return control ?? focused.getAttribute('aria-label') ?? focused.innerText
}"""


OWN_OF_STREAMLIT = ("aria-dialog-name: ['.stToast']",)  # a toast is named by an element that is not drawn


def violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What axe-core objects to by some rules, else by all: a line for each element, without what is Streamlit's own."""
    options = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else None
    found = Axe().run(page, options=options).response["violations"]
    lines = [f"{rule['id']}: {node['target']} {node['html'][:200]}" for rule in found for node in rule["nodes"]]
    return [line for line in lines if not line.startswith(OWN_OF_STREAMLIT)]


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_axe_finds_no_violation_on_any_page(visit: Visit, theme: str) -> None:
    visitor, found = visit(color_scheme=theme), {}
    for path in PAGES:
        page = visitor.go(path, **OPENED.get(path, {}))
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUNDS[theme])
        found[path or "Home"] = violations(page, () if theme == "light" else ABOUT_COLOURS)
    assert {place: lines for place, lines in found.items() if lines} == {}


@pytest.mark.parametrize("theme", BACKGROUNDS)
def test_axe_finds_no_violation_on_a_phone_whose_sidebar_is_open(visit: Visit, theme: str) -> None:
    page = visit(color_scheme=theme, viewport={"width": 390, "height": 844}).go()
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "false")
    assert violations(page) == []


def test_the_kept_directions_are_the_first_controls_after_the_pages(visit: Visit) -> None:
    page = visit().go("Choose_rank")
    stops = []
    for _ in range(len(PAGES) + 10):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUSED))
    assert stops[0] == "Skip to main content"
    after_pages = [stop for stop in stops[1 + len(PAGES) :] if not stop.startswith("Help for")]
    assert list(dict.fromkeys(after_pages)) == ["preset", "ratio", "start", "stop", "centre"]
