"""How the pages fit a window: the first screen, and a phone."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.seen import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.real]

Visit = Callable[..., Visitor]
LAPTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# What a page is about, down to its end, on the first screen of a laptop.
IN_FRONT = {
    "": ".instrument .lists",
    "Logit_lens": ".instrument .lists",
    "Spectrum": ".instrument .facts",
    "Similarity": ".instrument .ranking tbody tr:nth-child(5)",
}
WIDTHS = """() => ['html', '[data-testid=stMain]', '[data-testid=stApp]'].map(name => document.querySelector(name))
    .map(element => element.scrollWidth - element.clientWidth)"""
CUT = """() => {
    const found = []
    const look = (root) => root.querySelectorAll('*').forEach(element => {
        if (element.shadowRoot) look(element.shadowRoot)
        const box = element.getBoundingClientRect()
        if (box.width && (box.right > innerWidth + 1 || box.left < -1)) found.push(element)
    })
    look(document.querySelector('[data-testid=stMain]'))
    const scrolls = (element) => element && (/auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX)
        && element.clientWidth <= innerWidth || scrolls(element.parentElement))
    return found.filter(element => !scrolls(element.parentElement)).map(element => element.outerHTML.slice(0, 200))
}"""

MEANING = """term => {
    const open = document.querySelectorAll(':popover-open')
    const [box, word] = [open[0], term].map(it => it.getBoundingClientRect())
    const sizes = [open[0], ...open[0].querySelectorAll('*')].map(it => parseFloat(getComputedStyle(it).fontSize))
    return {
        count: open.length,
        inside: box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight,
        covers: box.left < word.right && word.left < box.right && box.top < word.bottom && word.top < box.bottom,
        smallest: Math.min(...sizes),
    }
}"""


@pytest.mark.parametrize("path", IN_FRONT, ids=[path or "home" for path in IN_FRONT])
def test_the_first_screen_shows_what_a_page_is_about(visit: Visit, path: str) -> None:
    shown = visit(viewport=LAPTOP).go(path).locator(IN_FRONT[path]).bounding_box()
    assert shown["y"] + shown["height"] <= LAPTOP["height"]


@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_nothing_is_cut_or_scrolls_sideways_and_nothing_is_empty_above_a_title(
    visit: Visit, viewport: dict[str, int]
) -> None:
    visitor = visit(viewport=viewport)
    for path in PAGES:
        page = visitor.go(path)
        assert max(page.evaluate(WIDTHS)) <= 0, path
        assert page.evaluate(CUT) == [], path
        title = page.get_by_role("heading", level=1).bounding_box()
        assert title["y"] < (30 if viewport == LAPTOP else 80), path


def test_a_phone_s_lists_stack_and_its_title_stands_clear_of_the_button(visit: Visit) -> None:
    page = visit(viewport=PHONE).go()
    lists = [it.bounding_box() for it in page.locator(".instrument .lists section").all()]
    assert [box["x"] for box in lists] == [lists[0]["x"]] * 3
    assert all(upper["y"] + upper["height"] <= lower["y"] for upper, lower in pairwise(lists))
    button = page.get_by_test_id("stExpandSidebarButton").bounding_box()
    assert page.get_by_role("heading", level=1).bounding_box()["y"] >= button["y"] + button["height"]


@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_a_meaning_opens_beside_its_term_wherever_that_stands(visit: Visit, viewport: dict[str, int]) -> None:
    page = visit(viewport=viewport).go("Logit_lens")
    terms = page.locator("[popovertarget]").all()
    assert len(terms) > 10
    for term in terms:
        term.click()
        opened = page.wait_for_function(MEANING, arg=term.element_handle()).json_value()
        assert opened.pop("smallest") >= 12
        assert opened == {"count": 1, "inside": True, "covers": False}, term.inner_text()
        page.keyboard.press("Escape")
        expect(page.locator(":popover-open")).to_have_count(0)


def test_a_phone_s_sidebar_closes_when_a_page_is_chosen_and_not_before(visit: Visit) -> None:
    visitor = visit(viewport=PHONE, has_touch=True)
    page = visitor.go()
    sidebar = page.get_by_test_id("stSidebar")
    for name in ("Spectrum", "Home"):
        page.get_by_test_id("stExpandSidebarButton").tap()
        expect(sidebar).to_have_attribute("data-collapsed", "false")
        page.locator(".st-key-preset").get_by_role("radio", name="dominant" if name == "Home" else "bulk").tap()
        visitor.settle()
        expect(sidebar).to_have_attribute("data-collapsed", "false")
        sidebar.get_by_role("link", name=name).tap()
        expect(sidebar).to_have_attribute("data-collapsed", "true")
        visitor.settle()


def test_a_laptop_s_sidebar_stays_open_when_a_page_is_chosen(visit: Visit) -> None:
    visitor = visit(viewport=LAPTOP)
    sidebar = visitor.go().get_by_test_id("stSidebar")
    sidebar.get_by_role("link", name="Spectrum").click()
    expect(visitor.page.get_by_role("heading", name="Spectrum", level=1)).to_be_visible()
    visitor.settle()
    expect(sidebar).to_have_attribute("data-collapsed", "false")
