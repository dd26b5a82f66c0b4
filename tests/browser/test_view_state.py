"""A view lives in its address: it survives links, pages and reloads, and two visitors never share one."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.instrument import committed
from tests.browser.seen import band, blocks, chosen, tokens, type_text, wait_for_other_tokens
from tests.tiny import save_tiny

pytestmark = [pytest.mark.browser, pytest.mark.real]

Visit = Callable[..., Visitor]
RISEN = "lens_difference_1"
LINK = {
    "v": "3",
    "preset": "custom",
    "start": "58",
    "stop": "173",
    "compare": "filter",
    "top": "7",
    "known_words": "true",
    "text": "The cat <b>sat</b> on the mat & slept.",
}

OLD_LINK = {
    "v": "1",
    **{
        {"compare": "view", "known_words": "words"}.get(name, name): value
        for name, value in LINK.items()
        if name not in ("v", "start", "stop")
    },
    "band": ["100", "300"],  # thousandths of the directions
}


def open_lens(page: Page) -> None:
    page.get_by_test_id("stSidebar").get_by_role("link", name="Logit lens").click()
    expect(page.get_by_role("heading", name="Logit lens", level=1)).to_be_visible()


def type_other_text(page: Page, text: str) -> None:
    first = page.locator(".instrument section[data-list=unfiltered] li span").first
    before = first.inner_text()
    type_text(page, text)
    expect(first).not_to_have_text(before)


def assert_is_the_view_of_the_link(page: Page) -> None:
    assert band(page) == [58, 173]
    assert chosen(page, "preset") == "custom"
    assert chosen(page, "compare") == "filter"
    expect(page.locator(".st-key-top").get_by_role("slider")).to_have_value("7")
    expect(page.locator(".st-key-known_words input")).to_be_checked()
    expect(page.locator(".st-key-text textarea")).to_have_value(LINK["text"])
    expect(page.locator(".st-key-lens_0 .ytick")).to_have_count(7)
    expect(page.get_by_text("Keeps 115 of 576, start 58, stop 173")).to_be_visible()


def test_a_deep_link_restores_the_whole_view(visit: Visit) -> None:
    assert_is_the_view_of_the_link(visit().go("Logit_lens", **LINK))


def test_a_link_of_version_1_restores_it_and_the_address_takes_the_new_names(visit: Visit) -> None:
    page = visit().go("Logit_lens", **OLD_LINK)
    assert_is_the_view_of_the_link(page)
    expect(page).to_have_url(re.compile("compare=filter"))
    expect(page).to_have_url(re.compile("[?&]words=true"))
    expect(page).not_to_have_url(re.compile("view=|band=|text="))
    page.reload()
    assert_is_the_view_of_the_link(page)


def test_the_permalink_opens_the_same_view_elsewhere(visit: Visit) -> None:
    first = visit().go("Logit_lens", **LINK)
    first.get_by_role("button", name="Share this view").click()
    link = first.get_by_test_id("stCode").first.inner_text().replace("\n", "")
    visitor = visit()
    visitor.page.goto(link)
    second = visitor.settle()
    assert_is_the_view_of_the_link(second)
    for key in ("lens_0", "lens_1"):
        expect(second.locator(f".st-key-{key} .ytick text")).to_have_text(tokens(first, key))


def test_numbers_of_the_band_change_the_address_the_tokens_and_the_preset_and_a_preset_puts_them_back(
    visit: Visit,
) -> None:
    visitor = visit()
    page = visitor.go("Logit_lens")
    before = tokens(page, RISEN)
    assert (chosen(page, "preset"), band(page)) == ("bulk", [144, 432])
    page.locator(".st-key-start input").fill("20")
    page.locator(".st-key-start input").press("Enter")
    committed(visitor, 20, 432)
    assert (chosen(page, "preset"), band(page)) == ("custom", [20, 432])
    assert wait_for_other_tokens(page, RISEN, before)
    page.locator(".st-key-preset").get_by_role("radio", name="bulk").click()
    expect(page.locator(".st-key-start input")).to_have_value("144")
    expect(page.locator(f".st-key-{RISEN} .ytick text")).to_have_text(before)


def test_another_page_and_a_reload_keep_band_preset_and_text(visit: Visit) -> None:
    visitor = visit()
    page = visitor.go(start=58, stop=173)
    assert (chosen(page, "preset"), band(page)) == ("custom", [58, 173])
    type_other_text(page, "The cat sat on the mat.")
    open_lens(page)
    visitor.settle()
    assert (chosen(page, "preset"), band(page)) == ("custom", [58, 173])
    expect(page.locator(".st-key-text textarea")).to_have_value("The cat sat on the mat.")
    page.reload()
    visitor.settle()
    assert (chosen(page, "preset"), band(page)) == ("custom", [58, 173])
    assert blocks(page)


def test_two_visitors_do_not_mix(visit: Visit) -> None:
    one, two = visit(), visit()
    one.go(preset="dominant")
    two.go("Logit_lens", preset="secondary", ratio="4")
    type_other_text(one.page, "A text of the first visitor.")
    two.page.locator(".st-key-known_words").click()
    expect(two.page).to_have_url(re.compile("words=true"))
    two.settle()
    assert (chosen(one.page, "preset"), band(one.page)) == ("dominant", [0, 288])
    assert (chosen(two.page, "preset"), band(two.page)) == ("secondary", [432, 576])
    expect(one.page.locator(".st-key-text textarea")).to_have_value("A text of the first visitor.")
    assert "visitor" not in two.page.locator(".st-key-text textarea").input_value()


def test_a_wrong_link_is_noted_once_and_corrected_in_the_address(visit: Visit) -> None:
    visitor = visit()
    page = visitor.go("Logit_lens", start="-1", preset="<b>best</b>", top="7")
    assert (chosen(page, "preset"), band(page)) == ("bulk", [144, 432])
    note = page.get_by_test_id("stAlert")
    expect(note).to_have_count(1)
    expect(note).to_contain_text("<b>best</b>")
    expect(note).to_contain_text("start = -1")
    expect(page).to_have_url(re.compile(r"/Logit_lens\?v=5&top=7$"))
    page.get_by_role("button", name="Dismiss").click()
    expect(note).to_have_count(0)


def test_back_and_forward_restore_what_was_left_one_press_each(visit: Visit) -> None:
    visitor = visit()
    page = visitor.go(ratio="4")
    opened = page.evaluate("history.length")
    press(page, "ratio", "8")
    expect(page).to_have_url(re.compile("ratio=8"))
    visitor.settle()
    open_lens(page)
    visitor.settle()
    page.locator(".st-key-known_words label").first.click()
    expect(page).to_have_url(re.compile("words=true"))
    page.get_by_test_id("stSidebar").get_by_role("link", name="Layers").click()
    expect(page.get_by_role("heading", name="Layers", level=1)).to_be_visible()
    visitor.settle()
    assert page.evaluate("history.length") == opened + 4
    walk = [("Logit lens", "8", True), ("Logit lens", "8", False), ("EmbedFilter Explorer", "8", None)]
    for title, ratio, words in walk:
        page.go_back()
        assert_is(visitor, title, ratio, words)
    page.go_back()
    assert_is(visitor, "EmbedFilter Explorer", "4", None)
    for title, ratio, words in reversed(walk):
        page.go_forward()
        assert_is(visitor, title, ratio, words)


def assert_is(visitor: Visitor, title: str, ratio: str, words: bool | None) -> None:
    page = visitor.page
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    expect(page.locator(".st-key-ratio [role=radio][aria-checked=true]")).to_have_text(ratio)
    if words is not None:
        expect(page.locator(".st-key-known_words input")).to_be_checked(checked=words)
    visitor.settle()
    assert band(page) == {"4": [216, 360], "8": [252, 324]}[ratio]


def press(page: Page, key: str, name: str) -> None:
    page.locator(f".st-key-{key}").get_by_role("radio", name=name, exact=True).click()


def test_back_from_the_bundled_backbone_shows_the_one_before_and_its_address_stays(
    visit: Visit, tmp_path: Path
) -> None:
    visitor = visit()
    page = visitor.go("Logit_lens", backbone=str(save_tiny(tmp_path / "small")))
    expect(page.locator(".instrument .facts")).not_to_be_empty()
    box = page.locator(".st-key-backbone")
    box.get_by_role("button", name="Open").click()
    page.keyboard.type("smollm2-135m")
    page.get_by_role("option", name="offline").first.click()
    expect(page).not_to_have_url(re.compile("backbone="))
    visitor.settle()
    page.go_back()
    expect(page.locator(".st-key-backbone_written")).to_be_visible()
    visitor.settle()
    page.wait_for_timeout(1000)
    expect(page).to_have_url(re.compile("backbone=small"))
