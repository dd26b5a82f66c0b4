"""Similarity in a browser: the band ranks again while it is dragged, and what was previewed is what is committed."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.instrument import band, committed, handle, messages_sent, open_instrument, place_of, take
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
    rows = page.locator(".instrument .ranking tbody tr:visible")
    expect(rows).not_to_have_count(0)
    cells = rows.evaluate_all("""rows => rows.map(row => [
        row.dataset.position,
        ...['after', 'unfiltered', 'change', 'text', 'flips'].map(name => row.querySelector(`.${name}`).innerText),
        row.querySelector('.cosine').dataset.value,
    ])""")
    return [
        Row(int(position), int(after), int(before), change, text, float(cosine), flips)
        for position, after, before, change, text, flips, cosine in cells
    ]


def assert_is_same(shown: list[Row], previewed: list[Row]) -> None:
    for row, expected in zip(shown, previewed, strict=True):
        assert row.cosine == pytest.approx(expected.cosine, abs=1e-3)
        assert {**row.__dict__, "cosine": 0} == {**expected.__dict__, "cosine": 0}


def test_dragging_ranks_again_in_the_browser_and_letting_go_commits_what_was_seen(visit: Visit) -> None:
    visitor = visit()
    sent = messages_sent(visitor)
    page = open_instrument(visitor, "Similarity")
    before = ranking(page)
    assert [row.rank for row in before] == list(range(1, 21))
    sent.clear()
    take(page, 144)
    seen = []
    for direction in (252, 324, 36):
        page.mouse.move(*place_of(page, direction), steps=6)
        page.wait_for_timeout(60)
        seen.append(ranking(page))
    assert sent == []
    assert len({tuple(row.position for row in rows) for rows in (before, *seen)}) == 4
    assert band(page) == (36, 432)
    for row in seen[-1]:
        gained = row.before - row.rank
        assert row.change == (f"▲ {gained}" if gained > 0 else f"▼ {-gained}" if gained else "=")
    page.mouse.up()
    committed(visitor, 36, 432)
    assert_is_same(ranking(page), seen[-1])
    expect(page.locator(".instrument .ranking tbody tr:visible")).to_have_count(20)


def test_keys_move_the_band_and_the_table_follows(visit: Visit) -> None:
    visitor = visit()
    page = open_instrument(visitor, "Similarity", text="Bush fires burn near Sydney.")
    before = ranking(page)
    handle(page, "start").focus()
    page.keyboard.press("Home")
    expect(handle(page, "start")).to_have_attribute("aria-valuenow", "0")
    previewed = ranking(page)
    assert [row.position for row in previewed] != [row.position for row in before]
    committed(visitor, 0, 432)
    assert_is_same(ranking(page), previewed)
    page.reload()
    visitor.settle()
    assert band(page) == (0, 432)


def test_a_clicked_text_becomes_the_query_and_is_its_own_nearest(visit: Visit) -> None:
    visitor = visit()
    page = open_instrument(visitor, "Similarity")
    third = ranking(page)[2]
    page.locator(".instrument .ranking tbody tr").nth(2).get_by_role("button").click()
    expect(page.locator(".st-key-text textarea")).to_have_value(re.compile(re.escape(third.text[:100])))
    expect(page.locator(".instrument .ranking tbody tr").first).to_have_attribute("data-position", str(third.position))
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
    expect(page.locator(".instrument .ranking tbody tr:visible")).to_have_count(len(HOSTILE))
    visitor.settle()
    assert sorted(row.text for row in ranking(page)) == sorted(HOSTILE)
    assert_is_inert(page, ".instrument .ranking")
    take(page, 144)
    page.mouse.move(*place_of(page, 288), steps=6)
    page.mouse.up()
    committed(visitor, 288, 432)
    assert sorted(row.text for row in ranking(page)) == sorted(HOSTILE)
    for place in (
        ".instrument .ranking",
        "[data-testid=stPlotlyChart]",
        "[data-testid=stMain] [data-testid=stSelectbox]",
    ):
        assert_is_inert(page, place)


def test_on_a_phone_nothing_scrolls_sideways_and_every_text_can_be_read(visit: Visit) -> None:
    visitor = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = open_instrument(visitor, "Similarity")
    expect(page.locator("[data-testid=stPlotlyChart] .main-svg").first).to_be_visible()
    widths = page.evaluate("""() => [document.querySelector('[data-testid=stMain]'), document.documentElement]
        .map(it => [it.scrollWidth, it.clientWidth])""")
    assert all(scrolled <= shown for scrolled, shown in widths), widths
    for row in page.locator(".instrument .ranking tbody tr:visible").all():
        box = row.get_by_role("button").bounding_box()
        assert box["width"] > 100
        assert box["x"] + box["width"] <= 390


def test_equal_texts_share_a_row_that_tells_their_number_and_can_be_chosen(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.goto(f"{visitor.server.address}/Similarity?corpus=pasted")
    box = page.locator(".st-key-corpus_text textarea")
    box.fill("one cat sleeps\ntwo dogs bark\none cat sleeps")
    box.press("Control+Enter")
    expect(page.locator(".instrument .ranking tbody tr:visible")).to_have_count(2)
    assert {row.text for row in ranking(page)} == {"one cat sleeps (×2)", "two dogs bark"}
    page.locator(".instrument .ranking tbody button", has_text="(×2)").click()
    expect(page.locator(".st-key-text textarea")).to_have_value("one cat sleeps")
