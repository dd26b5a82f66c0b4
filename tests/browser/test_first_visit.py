"""The first visit of a cold server, and how the pages fit a window."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, Visitor, serve
from tests.browser.seen import blocks, tokens

pytestmark = [pytest.mark.browser, pytest.mark.real]

Visit = Callable[..., Visitor]
BORDERED = """() => [...document.querySelectorAll('[data-testid=stMain] [data-testid=stVerticalBlock]')]
    .filter(block => parseFloat(getComputedStyle(block).borderTopWidth) > 0).length"""
WIDTHS = """() => ['html', '[data-testid=stMain]', '[data-testid=stApp]'].map(name => document.querySelector(name))
    .map(element => element.scrollWidth - element.clientWidth)"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that nobody has visited; the first test is its first visitor."""
    with serve(tmp_path_factory.mktemp("cold-server") / "log.txt") as running:
        yield running


def assert_one_of_each_block(page: Page) -> None:
    assert blocks(page) == ["Which words does this embedding speak?", "What is kept?", "Which news are nearest?"]
    assert page.evaluate(BORDERED) == 3
    expect(page.get_by_text("Stored example")).to_have_count(0)
    expect(page.locator("[class*=st-key-stored_]")).to_have_count(0)
    for key in ("live_home_0", "live_home_1", "brush_home"):
        expect(page.locator(f".st-key-{key}")).to_have_count(1)


def test_a_cold_server_shows_the_stored_example_and_then_the_live_one_in_its_place(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.goto(visitor.server.address)
    expect(page.get_by_text("Stored example")).to_be_visible()
    expect(page.locator(".st-key-stored_home_0 .ytick")).to_have_count(12)
    stored = [tokens(page, f"stored_home_{side}") for side in (0, 1)]
    expect(page.locator(".st-key-live_home_1 .ytick")).to_have_count(12)
    visitor.settle()
    assert_one_of_each_block(page)
    assert [tokens(page, f"live_home_{side}") for side in (0, 1)] == stored
    page.locator(".st-key-band").get_by_role("slider").first.press("ArrowRight")
    expect(page.get_by_text("Keeps 287 of 576, start 145, stop 432")).to_be_visible()
    visitor.settle()
    assert_one_of_each_block(page)


def test_a_warm_server_shows_no_stored_example(visit: Visit) -> None:
    visitor = visit()
    visitor.page.add_init_script(
        "new MutationObserver(() => { if (document.body?.innerText.includes('Stored example')) window.seen = true })"
        ".observe(document, { childList: true, subtree: true })"
    )
    page = visitor.go()
    assert_one_of_each_block(page)
    assert page.evaluate("window.seen") is None


@pytest.mark.parametrize("path", ["", "Logit_lens", "Spectrum"], ids=["home", "lens", "spectrum"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_scrolls_sideways(visit: Visit, path: str, width: int) -> None:
    page = visit(viewport={"width": width, "height": 844}).go(path)
    assert max(page.evaluate(WIDTHS)) <= 0
    text = page.locator(".st-key-text textarea").bounding_box()
    assert text["x"] >= 0
    assert text["x"] + text["width"] <= width
