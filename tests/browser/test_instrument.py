"""The instrument: a drag redraws everything without the server, and what was previewed is what is committed."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from embfilter_core.stored_backbones.example import read_stored_example
from tests.browser.conftest import Visitor
from tests.browser.instrument import (
    arrows,
    assert_agree,
    band,
    committed,
    handle,
    messages_sent,
    moved,
    open_instrument,
    place_of,
    shown,
    take,
    watch_places,
)
from tests.browser.seen import band as band_of_sidebar
from tests.browser.seen import chosen

pytestmark = [pytest.mark.browser, pytest.mark.real]

Visit = Callable[..., Visitor]
OTHERS = {"unfiltered": ["removed", "kept"], "removed": ["unfiltered", "kept"], "kept": ["unfiltered", "removed"]}


@pytest.mark.parametrize("path", ["", "Logit_lens", "Spectrum", "Similarity"], ids=["home", "lens", "spectrum", "near"])
def test_a_drag_redraws_all_without_the_server_and_letting_go_commits_it_once_without_a_jump(
    visit: Visit, path: str
) -> None:
    visitor = visit(viewport={"width": 1280, "height": 900})
    sent = messages_sent(visitor)
    page = open_instrument(visitor, path)
    page.wait_for_timeout(2500)  # figures below fade in
    assert band(page) == (144, 432)
    first = shown(page)
    take(page, 144)
    watch_places(page)
    sent.clear()
    seen = [first]
    for direction in (252, 50, 20):
        page.mouse.move(*place_of(page, direction), steps=6)
        expect(handle(page, "start")).to_have_attribute("aria-valuenow", str(direction))
        page.wait_for_timeout(60)
        seen.append(shown(page))
    assert sent == []
    assert len({one.facts for one in seen}) == 4
    dragged = {name: arrows(page, name) for name in OTHERS}
    page.mouse.up()
    committed(visitor, 20, 432)
    assert (chosen(page, "preset"), band_of_sidebar(page)) == ("custom", [20, 432])
    page.wait_for_timeout(500)
    assert moved(page) == "[]"
    assert len(sent) == 1
    after = shown(page)
    assert after.facts == seen[-1].facts
    if path == "Similarity":
        return
    for name, others in OTHERS.items():
        assert dragged[name][0] == others
        assert_agree_as_far_as_known(dragged[name][1], arrows(page, name)[1])
    for name in ("removed", "kept"):
        assert len({tuple(one.lists[name]) for one in seen}) == 4, name
        assert_agree(seen[-1].lists[name], after.lists[name])
    assert_agree(first.lists["unfiltered"], after.lists["unfiltered"])
    assert after.frequent == seen[-1].frequent
    assert len({str(one.lines) for one in seen}) > 1
    for side in ("unfiltered", "filtered"):
        assert_agree(seen[-1].near[side], after.near[side])
    assert after.lines == seen[-1].lines


def assert_agree_as_far_as_known(dragged: dict[str, list[str]], committed: dict[str, list[str]]) -> None:
    """While a hand drags, of a token that is not among a list's first twelve is only known that it comes later."""
    both = dragged.keys() & committed.keys()  # of two logits that are the same to 1e-3, either may come first
    assert len(both) >= len(committed) - 1
    for token in both:
        for arrow, there in zip(dragged[token], committed[token], strict=True):
            rank = int(re.sub(r"\D", "", there.replace("k", "000")) or -1)
            assert arrow == there or (arrow == "▼ > 12" and there.startswith("▼") and rank > 12), (token, there)


def test_escape_undoes_a_drag_and_keys_step_by_one_direction_at_the_ends(visit: Visit) -> None:
    visitor = visit()
    sent = messages_sent(visitor)
    page = open_instrument(visitor, "", start=0, stop=576)
    first = shown(page)
    sent.clear()
    take(page, 0)
    page.mouse.move(*place_of(page, 20), steps=4)
    expect(handle(page, "start")).to_have_attribute("aria-valuenow", "20")
    page.keyboard.press("Escape")
    page.mouse.up()
    assert band(page) == (0, 576)
    assert shown(page) == first
    for part, keys, steps in (
        ("start", ("ArrowRight", "Shift+ArrowRight", "ArrowLeft"), (1, 6, 5)),
        ("stop", ("ArrowLeft", "Shift+ArrowLeft"), (575, 570)),
    ):
        handle(page, part).focus()
        for key, direction in zip(keys, steps, strict=True):
            page.keyboard.press(key)
            expect(handle(page, part)).to_have_attribute("aria-valuenow", str(direction))
    committed(visitor, 5, 570)
    assert band(page) == (5, 570)


def test_the_middle_moves_the_band_by_whole_steps(visit: Visit) -> None:
    visitor = visit()
    page = open_instrument(visitor, "Spectrum", start=3, stop=9)
    take(page, 6)
    page.mouse.move(*place_of(page, 8), steps=4)
    page.mouse.up()
    committed(visitor, 5, 11)


def test_a_direction_under_the_pointer_is_told(visit: Visit) -> None:
    page = open_instrument(visit())
    data = read_stored_example().instrument  # the text of a first visit
    ends = data["ends"]["tokens"]
    for direction in (0, 1, 574, 575):
        x, y = place_of(page, direction)
        page.mouse.move(x + 4, y)
        told = page.locator(".instrument .direction")
        expect(told).to_contain_text(f"Direction {direction} ")
        expect(told).to_contain_text(f"{data['values'][direction]}")
        expect(told).to_contain_text(re.compile(r"energy: [\d.]+\s% of this text, [\d.]+\s% of the corpus"))
        high, low = told.inner_text().rpartition("its ends: ")[2].split(" ↔ ")
        assert {*high.split(" "), *low.split(" ")} <= set(ends)
    page.mouse.move(10, 10)
    expect(page.locator(".instrument .direction")).not_to_contain_text("Direction 575")


def test_presets_and_ratios_can_be_pressed(visit: Visit) -> None:
    visitor = visit()
    page = open_instrument(visitor)

    def press(name: str) -> None:
        page.locator(".instrument .choices").get_by_role("button", name=name, exact=True).click()

    press("dominant")
    expect(page).to_have_url(re.compile("preset=dominant"))
    press("τ 4")
    expect(page).to_have_url(re.compile("ratio=4"))
    visitor.settle()
    assert (chosen(page, "preset"), chosen(page, "ratio"), band(page)) == ("dominant", "4", (0, 144))
    press("edges")
    expect(page.locator(".instrument [role=slider]:visible")).to_have_count(0)
    visitor.settle()
    before = shown(page)
    box = page.locator(".instrument .plot").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 500, box["y"] + 50, steps=4)
    page.mouse.up()
    assert shown(page) == before  # what is no single band cannot be dragged


def test_a_finger_drags_as_a_mouse_does(visit: Visit) -> None:
    visitor = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = open_instrument(visitor, "Spectrum")
    page.locator(".instrument .plot").scroll_into_view_if_needed()
    session = page.context.new_cdp_session(page)
    points = [place_of(page, direction) for direction in (144, 82, 50, 36)]
    for kind, (x, y) in zip(("touchStart", "touchMove", "touchMove", "touchMove"), points, strict=True):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    committed(visitor, 36, 432)


def test_the_numbers_of_the_sidebar_move_the_band(visit: Visit) -> None:
    visitor = visit()
    page = open_instrument(visitor, "Spectrum")
    page.locator(".st-key-stop input").fill("431")
    page.locator(".st-key-stop input").press("Enter")
    expect(handle(page, "stop")).to_have_attribute("aria-valuenow", "431")
    committed(visitor, 144, 431)
    page.reload()
    visitor.settle()
    assert band(page) == (144, 431)
