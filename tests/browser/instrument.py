"""The instrument in a browser: what it shows, and a hand that drags it."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.spectral.direction_grid import grid_edges
from tests.browser.conftest import Visitor

EDGES = grid_edges(BUNDLED.d, BUNDLED.bulk_start).tolist()
CLOSE = 1e-3
Items = list[tuple[str, float]]
READ_LISTS = """sections => Object.fromEntries(sections.map(section => [section.dataset.list, {
    frequent: section.querySelector('p').innerText,
    tokens: [...section.querySelectorAll('li')].filter(row => row.style.visibility !== 'hidden')
        .map(row => [row.querySelector('span').innerText, Number(row.dataset.logit)]),
}]))"""
READ_ARROWS = """section => {
    const said = it => [...it.querySelectorAll('small')].map(one => one.innerText)
    const rows = [...section.querySelectorAll('li')]
    return [said(section.querySelector('h2')), ...rows.map(row => [row.querySelector('span').innerText, said(row)])]
}"""
READ_NEAR = """rows => rows.filter(row => row.style.visibility !== 'hidden')
    .map(row => [row.querySelector('span').innerText, Number(row.querySelector('b').dataset.value)])"""
READ_LINES = "lines => lines.map(line => ['y1', 'y2'].map(name => Number(line.getAttribute(name))))"

# Every block of a page, those of our components included, by element: where it was first, and what ever moved.
WATCH = """() => {
    const parts = ':is([data-testid=stElementContainer], [data-testid=stVerticalBlock])'
    const ours = '.instrument > *, .instrument section, .near > *, .evidence > *'
    const shadows = [...document.querySelectorAll('*')].flatMap(it => it.shadowRoot ?? [])
    const found = () => [
        ...document.querySelectorAll(`[data-testid=stMain] ${parts}`),
        ...shadows.flatMap(it => [...it.querySelectorAll(ours)]),
    ]
    const inFlow = it => !it.closest('.st-key-waiting') // a wait is told at the foot of the window, and pushes nothing
    const places = new Map(
        found().filter(inFlow).map(it => [it, it.getBoundingClientRect()]).filter(([, box]) => box.width && box.height)
    )
    const moved = window.moved = []
    const look = () => {
        for (const [it, first] of places) {
            const now = it.getBoundingClientRect()
            const gone = !it.isConnected || now.width === 0
            const by = Math.abs(now.top - first.top) + Math.abs(now.height - first.height)
            if (!gone && by > 0.5) moved.push([it.className, it.textContent.slice(0, 40), first, now])
        }
        requestAnimationFrame(look)
    }
    look()
}"""


@dataclass(frozen=True)
class Shown:
    """What the instrument shows of a text.

    Attributes:
        lists: Tokens and logits of each list.
        frequent: What is said above each list.
        near: Texts and cosines of each side.
        lines: Where the lines between both sides begin and end.
        facts: The line of numbers.
    """

    lists: dict[str, Items]
    frequent: dict[str, str]
    near: dict[str, Items]
    lines: list[list[float]]
    facts: str


def open_instrument(visitor: Visitor, path: str = "", **params: object) -> Page:
    """Open a page and wait until its instrument is drawn."""
    page = visitor.go(path, **params)
    expect(page.locator(".instrument .facts")).not_to_be_empty()
    return page


def arrows(page: Page, name: str) -> tuple[list[str], dict[str, list[str]]]:
    """The names of the other lists above a list, and where each of its tokens stands in them, by token."""
    heads, *told = page.locator(f".instrument section[data-list={name}]").evaluate(READ_ARROWS)
    return heads, dict(told)


def shown(page: Page) -> Shown:
    """All that the instrument shows, numbers unrounded."""
    lists = page.locator(".instrument section[data-list]").evaluate_all(READ_LISTS)
    return Shown(
        lists={name: [(token, logit) for token, logit in found["tokens"]] for name, found in lists.items()},
        frequent={name: found["frequent"] for name, found in lists.items()},
        near={
            side: [(text, cosine) for text, cosine in page.locator(f".near ol.{side} li").evaluate_all(READ_NEAR)]
            for side in ("unfiltered", "filtered")
        },
        lines=page.locator(".near line").evaluate_all(READ_LINES),
        facts=page.locator(".instrument .facts").inner_text(),
    )


def assert_agree(previewed: Items, committed: Items) -> None:
    """The same numbers to 1e-3 in the same order; only items that are closer than that may change places."""
    numbers = [[number for _, number in items] for items in (previewed, committed)]
    assert numbers[0] == pytest.approx(numbers[1], abs=CLOSE)
    for (text, number), (other, _) in zip(previewed, committed, strict=True):
        if text != other:
            rivals = [value for _, value in committed if abs(value - number) <= 2 * CLOSE]
            assert len(rivals) > 1 or number - committed[-1][1] <= 2 * CLOSE, (text, other)


def handle(page: Page, part: str):
    """A handle of the band: `start`, `stop` or `middle`."""
    return page.locator(f".instrument [role=slider][data-part={part}]")


def band(page: Page) -> tuple[int, int]:
    """The band as the handles say it: first kept direction, and the one after the last."""
    start, stop = (int(handle(page, part).get_attribute("aria-valuenow") or -1) for part in ("start", "stop"))
    return start, stop


def place_of(page: Page, direction: int) -> tuple[float, float]:
    """Where the left edge of a direction, an edge of the grid, lies on the page."""
    box, edge = page.locator(".instrument .plot").bounding_box(), EDGES.index(direction)
    ends = [page.locator(".instrument [role=slider]").evaluate_all(
        "all => Object.fromEntries(all.map(one => [one.dataset.part, parseFloat(one.style.left)]))"
    )[part] for part in ("start", "stop")]  # fmt: skip
    first, last = (EDGES.index(direction) for direction in band(page))
    step = (ends[1] - ends[0]) / (last - first)
    return box["x"] + ends[0] + (edge - first) * step, box["y"] + box["height"] / 2


def take(page: Page, direction: int) -> None:
    """Press the mouse at a direction."""
    page.locator(".instrument .plot").scroll_into_view_if_needed()
    page.mouse.move(*place_of(page, direction))
    page.mouse.down()


def messages_sent(visitor: Visitor) -> list[BackMsg]:
    """Grows with every message of the visitor's to the server, not by a page that looks whether its work is done.

    To be called before the page is opened.
    """
    sent: list[BackMsg] = []

    def told(frame: str | bytes) -> None:
        message = BackMsg.FromString(frame if isinstance(frame, bytes) else frame.encode())
        if not message.rerun_script.is_auto_rerun:
            sent.append(message)

    visitor.page.on("websocket", lambda socket: socket.on("framesent", told))
    return sent


def committed(visitor: Visitor, start: int, stop: int) -> None:
    """Wait until a band stands in the address, and the page has followed."""
    for said in ("preset=custom", *([f"start={start}"] if start else []), f"stop={stop}"):  # defaults are left out
        expect(visitor.page).to_have_url(re.compile(rf"[?&]{said}(&|$)"))
    visitor.settle()


def watch_places(page: Page) -> None:
    """Watch where every block of the page is from now on, frame by frame."""
    page.evaluate(WATCH)


def moved(page: Page) -> str:
    """The first blocks that have moved or changed their height since, as JSON."""
    written: str = page.evaluate("JSON.stringify(moved.slice(0, 3))")
    return written
