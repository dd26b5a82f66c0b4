"""The first visit of a cold server."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, Visitor, serve
from tests.browser.instrument import assert_agree, moved, place_of, shown, take, watch_places
from tests.browser.seen import blocks

pytestmark = [pytest.mark.browser, pytest.mark.real]

Visit = Callable[..., Visitor]
BORDERED = """() => [...document.querySelectorAll('[data-testid=stMain] [data-testid=stVerticalBlock]')]
    .filter(block => parseFloat(getComputedStyle(block).borderTopWidth) > 0).length"""

# Scripts that the front end asks for itself, once it has started.
ASKED_FOR_LATER = """() => {
    const [{ domContentLoadedEventEnd: started }] = performance.getEntriesByType('navigation')
    const scripts = performance.getEntriesByType('resource').filter(one => one.name.endsWith('.js'))
    return [scripts.length, scripts.filter(one => one.startTime > started).map(one => one.name)]
}"""

# Holds back what the instrument needs once for a text, until it is told to let it arrive.
LATE = """{
    const held = globalThis.embedFilterInstruments = new Map()
    const waiting = []
    held.set = (id, data) => waiting.push([id, data])
    window.arrive = () => {
        waiting.forEach(([id, data]) => Map.prototype.set.call(held, id, data))
        dispatchEvent(new CustomEvent('instrument-data'))
    }
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that nobody has visited; the first test is its first visitor."""
    with serve(tmp_path_factory.mktemp("cold-server") / "log.txt") as running:
        yield running


def assert_is_live(page: Page) -> None:
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    expect(page.get_by_text("Stored example")).to_have_count(0)
    for name in (".instrument", ".evidence"):
        expect(page.locator(name)).to_have_count(1)
    assert len(blocks(page)) == page.evaluate(BORDERED) == 1


def test_a_cold_server_shows_the_stored_example_and_draws_the_live_one_on_it_without_a_jump(visit: Visit) -> None:
    visitor = visit()
    page, wanted = visitor.page, []
    page.on("request", lambda request: wanted.append(request.url))
    page.goto(visitor.server.address)
    expect(page.get_by_text("Stored example")).to_be_visible()
    expect(page.locator(".evidence circle").first).to_be_visible()
    scripts, later = page.evaluate(ASKED_FOR_LATER)
    assert scripts > 50
    assert later == []
    watch_places(page)
    stored, places = shown(page), drag_while_it_loads(page)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    visitor.settle()
    assert_is_live(page)
    assert moved(page) == "[]"
    live = shown(page)
    for name, tokens in live.lists.items():
        assert_agree(stored.lists[name], tokens)
    for side, texts in live.near.items():
        assert_agree(stored.near[side], texts)
    assert len(set(places)) > 1
    assert not [address for address in wanted if "plotly" in address.lower()]


def drag_while_it_loads(page: Page) -> list[str]:
    """Drag the band of the stored example and take it back; returns what was said of it."""
    take(page, 144)
    said = []
    for direction in (50, 20):
        page.mouse.move(*place_of(page, direction), steps=4)
        page.wait_for_timeout(100)
        said.append(shown(page).facts)
    page.keyboard.press("Escape")
    page.mouse.up()
    return said


def test_a_warm_server_shows_no_stored_example(visit: Visit) -> None:
    visitor = visit()
    visitor.page.add_init_script(
        "new MutationObserver(() => { if (document.body?.innerText.includes('Stored example')) window.seen = true })"
        ".observe(document, { childList: true, subtree: true })"
    )
    page = visitor.go()
    assert_is_live(page)
    assert page.evaluate("window.seen") is None


def test_what_an_instrument_is_drawn_from_may_come_late_without_a_jump(visit: Visit) -> None:
    visitor = visit()
    visitor.page.add_init_script(LATE)
    visitor.page.goto(visitor.server.address)
    page, facts = visitor.page, visitor.page.locator(".instrument .facts")
    expect(page.locator(".evidence circle").first).to_be_visible()
    expect(facts).to_be_empty()
    watch_places(page)
    page.evaluate("arrive()")
    expect(facts).not_to_be_empty()
    page.wait_for_timeout(300)
    assert moved(page) == "[]"


@pytest.mark.parametrize("by", ["a press beside a dot", "the keyboard"])
def test_a_text_of_the_evidence_is_opened(visit: Visit, by: str) -> None:
    visitor = visit()
    page = visitor.go()
    first = page.locator("textarea").first.input_value()
    strip = page.locator(".evidence svg[role=listbox]").first
    strip.scroll_into_view_if_needed()
    if by == "the keyboard":
        strip.focus()
        for key in ("ArrowRight", "ArrowRight", "Enter"):
            page.keyboard.press(key)
        name = strip.locator("circle").nth(1).locator("title").text_content()
    else:
        box = strip.locator("circle").first.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] - 6, box["y"] + box["height"] / 2)
        name = strip.locator("circle").first.locator("title").text_content()
    visitor.settle()
    expect(page.locator("textarea").first).not_to_have_value(first)
    opened = " ".join(page.locator("textarea").first.input_value().split())
    assert name is not None
    assert opened.startswith(name[:60].strip())
