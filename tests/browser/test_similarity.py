"""Similarity in a browser: the band ranks again while it is dragged, and what was previewed is what is committed."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_band_brush import at, committed, drag, facts
from tests.browser.test_hostile_text import HOSTILE, assert_is_inert

pytestmark = [pytest.mark.browser, pytest.mark.real]

Visit = Callable[..., Visitor]


@dataclass(frozen=True)
class Row:
    """A text of the ranking as it is drawn."""

    position: int
    rank: int
    before: int
    change: str
    text: str
    cosine: float
    flips: str


def ranking(page: Page) -> list[Row]:
    rows = page.locator(".brush .ranking tbody tr:visible")
    expect(rows).not_to_have_count(0)
    cells = rows.evaluate_all("""rows => rows.map(row => [
        row.dataset.position,
        ...['rank', 'rankUnfiltered', 'change', 'text', 'flips'].map(name => row.querySelector(`.${name}`).innerText),
        row.querySelector('.cosine').dataset.value,
    ])""")
    return [
        Row(int(position), int(after), int(before), change, text, float(cosine), flips)
        for position, after, before, change, text, flips, cosine in cells
    ]


def open_similarity(visitor: Visitor, **params: object) -> Page:
    page = visitor.go("Similarity", **params)
    expect(page.locator(".brush .facts")).not_to_be_empty()
    return page


def assert_is_same(shown: list[Row], previewed: list[Row]) -> None:
    for row, expected in zip(shown, previewed, strict=True):
        assert row.cosine == pytest.approx(expected.cosine, abs=1e-3)
        assert {**row.__dict__, "cosine": 0} == {**expected.__dict__, "cosine": 0}


def test_dragging_ranks_again_in_the_browser_and_letting_go_commits_what_was_seen(visit: Visit) -> None:
    visitor = visit()
    sent: list[object] = []
    visitor.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page = open_similarity(visitor)
    before = ranking(page)
    assert [row.rank for row in before] == list(range(1, 21))
    sent.clear()
    drag(page, 0.25, 0.5, let_go=False)
    seen = [ranking(page)]
    for share in (0.6, 0.0625):
        page.mouse.move(*at(page, share), steps=6)
        page.wait_for_timeout(60)
        seen.append(ranking(page))
    assert sent == []
    assert len({tuple(row.position for row in rows) for rows in (before, *seen)}) == 4
    assert "396 of 576 kept, directions 36 to 431" in facts(page)
    for row in seen[-1]:
        gained = row.before - row.rank
        assert row.change == (f"▲ {gained}" if gained > 0 else f"▼ {-gained}" if gained else "=")
    page.mouse.up()
    committed(visitor, 62, 750)
    assert_is_same(ranking(page), seen[-1])
    expect(page.locator(".brush .ranking tbody tr:visible")).to_have_count(20)


def test_keys_move_the_band_and_the_table_follows(visit: Visit) -> None:
    visitor = visit()
    page = open_similarity(visitor, text="Bush fires burn near Sydney.")
    before = ranking(page)
    page.get_by_role("slider", name="First kept direction").focus()
    page.keyboard.press("Home")
    expect(page.locator(".brush .facts")).to_contain_text("432 of 576 kept, directions 0 to 431")
    previewed = ranking(page)
    assert [row.position for row in previewed] != [row.position for row in before]
    committed(visitor, 0, 750)
    assert_is_same(ranking(page), previewed)


def test_a_clicked_text_becomes_the_query_and_is_its_own_nearest(visit: Visit) -> None:
    visitor = visit()
    page = open_similarity(visitor)
    third = ranking(page)[2]
    page.locator(".brush .ranking tbody tr").nth(2).get_by_role("button").click()
    expect(page.locator(".st-key-text textarea")).to_have_value(re.compile(re.escape(third.text[:100])))
    expect(page.locator(".brush .ranking tbody tr").first).to_have_attribute("data-position", str(third.position))
    visitor.settle()
    first = ranking(page)[0]
    assert (first.before, first.change) == (1, "=")
    assert first.cosine == pytest.approx(1, abs=1e-6)


def test_hostile_texts_of_a_pasted_corpus_are_drawn_to_the_letter(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.goto(f"{visitor.server.address}/Similarity?corpus=pasted")
    box = page.locator(".st-key-corpus_text textarea")
    box.fill("\n".join(HOSTILE))
    box.press("Control+Enter")
    expect(page.locator(".brush .ranking tbody tr:visible")).to_have_count(len(HOSTILE))
    visitor.settle()
    assert sorted(row.text for row in ranking(page)) == sorted(HOSTILE)
    assert_is_inert(page, ".brush .ranking")
    drag(page, 0.25, 0.5)
    committed(visitor, 500, 750)
    assert sorted(row.text for row in ranking(page)) == sorted(HOSTILE)
    for place in (".brush .ranking", "[data-testid=stPlotlyChart]", "[data-testid=stMain] [data-testid=stSelectbox]"):
        assert_is_inert(page, place)


def test_on_a_phone_nothing_scrolls_sideways_and_every_text_can_be_read(visit: Visit) -> None:
    visitor = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = open_similarity(visitor)
    expect(page.locator("[data-testid=stPlotlyChart] .main-svg").first).to_be_visible()
    widths = page.evaluate("""() => [document.querySelector('[data-testid=stMain]'), document.documentElement]
        .map(it => [it.scrollWidth, it.clientWidth])""")
    assert all(scrolled <= shown for scrolled, shown in widths), widths
    for row in page.locator(".brush .ranking tbody tr:visible").all():
        box = row.get_by_role("button").bounding_box()
        assert box["width"] > 100
        assert box["x"] + box["width"] <= 390
