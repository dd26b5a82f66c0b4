"""The band dragged on the spectrum: nothing is sent while dragging, and what was previewed is what is committed."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.seen import band, chosen

pytestmark = [pytest.mark.browser, pytest.mark.real]

Visit = Callable[..., Visitor]
PAGES = pytest.mark.parametrize("path", ["", "Spectrum"])


def brush_of(visitor: Visitor, path: str, **params: object) -> Page:
    page = visitor.go(path, **params)
    expect(page.locator(".brush .facts")).not_to_be_empty()
    return page


def facts(page: Page) -> str:
    return page.locator(".brush .facts").inner_text()


def lists(page: Page) -> list[list[tuple[str, float]]]:
    """Tokens and nearest texts beside the brush, each with its unrounded number."""
    found = []
    for name in ("tokens", "texts"):
        rows = page.locator(f".brush .{name} li:visible")
        numbers = rows.locator("b").evaluate_all("all => all.map(number => Number(number.dataset.value))")
        found.append(list(zip(rows.locator("span").all_inner_texts(), numbers, strict=True)))
    return found


def at(page: Page, share: float) -> tuple[float, float]:
    box = page.locator(".brush .plot").bounding_box()
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


def drag(page: Page, start: float, stop: float, let_go: bool = True) -> None:
    page.locator(".brush .plot").scroll_into_view_if_needed()
    page.mouse.move(*at(page, start))
    page.mouse.down()
    page.mouse.move(*at(page, stop), steps=12)
    if let_go:
        page.mouse.up()


def committed(visitor: Visitor, first: int, last: int) -> None:
    expect(visitor.page).to_have_url(re.compile(rf"band={first}&band={last}"))
    expect(visitor.page).to_have_url(re.compile("preset=custom"))
    visitor.settle()


@PAGES
def test_what_is_previewed_is_what_is_committed(visit: Visit, path: str) -> None:
    visitor = visit()
    page = brush_of(visitor, path)
    before = lists(page)
    assert [len(entries) for entries in before] == [12, 8]
    drag(page, 0.25, 0.0625, let_go=False)
    expect(page.locator(".brush .facts")).to_contain_text("396 of 576 kept, directions 36 to 431")
    previewed = lists(page)
    assert previewed != before
    page.mouse.up()
    committed(visitor, 62, 750)
    assert (chosen(page, "preset"), band(page)) == ("custom", [62, 750])
    expect(page.get_by_text("Keeps 396 of 576, directions 36 to 431")).to_be_visible()
    for shown, expected in zip(lists(page), previewed, strict=True):
        assert [text for text, _ in shown] == [text for text, _ in expected]
        assert [number for _, number in shown] == pytest.approx([number for _, number in expected], abs=1e-3)


def test_nothing_is_sent_to_the_server_during_a_drag(visit: Visit) -> None:
    visitor = visit()
    sent: list[object] = []
    visitor.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page = brush_of(visitor, "Spectrum")
    sent.clear()
    drag(page, 0.5, 0.6, let_go=False)
    seen = {facts(page)}
    for share in (0.65, 0.7, 0.66, 0.55):
        page.mouse.move(*at(page, share), steps=8)
        page.wait_for_timeout(60)
        seen.add(facts(page))
    assert len(seen) > 3
    assert sent == []
    page.mouse.up()
    expect(page).to_have_url(re.compile("preset=custom"))
    assert sent


def test_the_middle_moves_the_band_and_keeps_its_width(visit: Visit) -> None:
    visitor = visit()
    page = brush_of(visitor, "Spectrum")
    drag(page, 0.5, 0.6250)
    committed(visitor, 375, 875)
    assert "288 of 576 kept, directions 216 to 503" in facts(page)


def test_keys_move_the_handles_and_say_where_they_are(visit: Visit) -> None:
    visitor = visit()
    page = brush_of(visitor, "Spectrum")
    stop = page.get_by_role("slider", name="Last kept direction")
    stop.focus()
    for key in ("ArrowRight", "ArrowRight", "PageDown"):
        page.keyboard.press(key)
    expect(stop).to_have_attribute("aria-valuetext", "direction 383 of 576")
    committed(visitor, 250, 667)
    start = page.get_by_role("slider", name="First kept direction")
    start.focus()
    page.keyboard.press("Home")
    committed(visitor, 0, 667)
    expect(start).to_have_attribute("aria-valuetext", "direction 0 of 576")


def test_a_finger_drags_as_a_mouse_does(visit: Visit) -> None:
    visitor = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = brush_of(visitor, "Spectrum")
    page.locator(".brush .plot").scroll_into_view_if_needed()
    session = page.context.new_cdp_session(page)
    points = [at(page, share) for share in (0.25, 0.2, 0.15, 0.125)]
    for kind, (x, y) in zip(("touchStart", "touchMove", "touchMove", "touchMove"), points, strict=True):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    committed(visitor, 125, 750)


def test_a_choice_that_is_no_band_is_drawn_without_handles(visit: Visit) -> None:
    page = brush_of(visit(), "Spectrum", preset="edges")
    assert "288 of 576 kept, not contiguous" in facts(page)
    expect(page.locator(".brush [role=slider]:visible")).to_have_count(0)
    drag(page, 0.25, 0.5)
    assert "not contiguous" in facts(page)


def test_the_slider_of_the_sidebar_moves_the_brush(visit: Visit) -> None:
    visitor = visit()
    page = brush_of(visitor, "Spectrum")
    page.locator(".st-key-band").get_by_role("slider").nth(1).focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".brush .facts")).to_contain_text("287 of 576 kept, directions 144 to 430")


def test_hostile_text_is_drawn_to_the_letter(visit: Visit) -> None:
    page = brush_of(visit(), "Spectrum", text="<script>alert(1)</script> <b>bold</b> <img src=x onerror=alert(2)>")
    expect(page.locator(".brush .lists script, .brush .lists img, .brush .lists span b")).to_have_count(0)
