"""Stored backbones in a browser: shown at once, dragged, kept over pages, reloads and Back, and set side by side."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from embfilter_core.stored_backbones.shelf import find_stored
from embfilter_core.stored_backbones.stored_backbone import StoredBackbone
from pages.frame.page_controls import FIRST_BACKBONE, SECOND_BACKBONE
from tests.browser.conftest import Visitor
from tests.browser.instrument import open_instrument, place_of, shown, take
from tests.browser.seen import blocks

pytestmark = [pytest.mark.browser, pytest.mark.real]

Visit = Callable[..., Visitor]
SMALL, LARGE = FIRST_BACKBONE.default, SECOND_BACKBONE.default


def large() -> StoredBackbone:
    return find_stored(LARGE.removeprefix("stored:"))


def assert_shows_the_large_one(page: Page) -> None:
    expect(page.get_by_text("Stored", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stSidebar").get_by_text(f"d = {large().d:,}").first).to_be_visible()
    expect(page.locator(".instrument .kept")).to_contain_text(f"of {large().d}")


def test_one_click_from_home_shows_the_finding_on_a_larger_model_and_it_stays(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.goto(visitor.server.address)
    page.get_by_role("button", name=f"larger: {large().name}").click()
    assert_shows_the_large_one(page)
    expect(page).to_have_url(re.compile("backbone="))
    visitor.settle()
    page.reload()
    visitor.settle()
    assert_shows_the_large_one(page)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Spectrum").click()
    expect(page.get_by_role("heading", name="Where do the frequent tokens live?")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Is it one text, or the corpus?")).to_be_visible()
    assert_shows_the_large_one(page)
    page.go_back()
    expect(page.get_by_role("button", name=f"larger: {large().name}")).to_be_visible()


def test_a_band_that_is_let_go_shows_what_was_shown_while_it_was_dragged(visit: Visit) -> None:
    visitor = visit()
    page = open_instrument(visitor, "", backbone=SMALL)
    take(page, 144)
    page.mouse.move(*place_of(page, 50), steps=4)
    page.wait_for_timeout(100)
    dragged = shown(page)
    page.mouse.up()
    expect(page).to_have_url(re.compile("start="))
    visitor.settle()
    let_go = shown(page)
    assert {name: tokens for name, tokens in let_go.lists.items()} == {
        name: [(token, pytest.approx(logit, abs=1e-6)) for token, logit in tokens]
        for name, tokens in dragged.lists.items()
    }
    assert [text for text, _ in let_go.near["filtered"]] == [text for text, _ in dragged.near["filtered"]]
    expect(page.get_by_text("Over a corpus, these directions are not stored")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_compare_shows_both_shipped_ones_on_the_same_scales(visit: Visit, width: int) -> None:
    visitor = visit(viewport={"width": width, "height": 900})
    page = visitor.go("Compare")
    assert blocks(page)[:2] == ["What differs?", "One text"]
    assert len(page.locator(".token-lists").all()) == 2
    scales = page.locator(".evidence .scale svg")
    expect(scales).to_have_count(2)
    first, second = (one.bounding_box() for one in scales.all())
    assert first is not None
    assert second is not None
    assert first["width"] == second["width"]
    assert (first["x"] == second["x"]) == (width < 640)  # on a phone one stands under the other
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(page).response["violations"] == []


def test_a_file_that_is_no_stored_backbone_is_told_in_one_line_and_never_as_markup(
    visit: Visit, tmp_path: Path
) -> None:
    visitor = visit()
    page = visitor.go("Compare")
    bad = tmp_path / "<img src=x onerror=alert(1)>.zip"
    bad.write_bytes(b"PK\x03\x04 <script>alert(1)</script>")
    page.get_by_text("Your own: store a backbone").click()
    page.locator(
        ".st-key-own_stored input[type=file], [data-testid=stFileUploader] input[type=file]"
    ).first.set_input_files(bad)
    expect(page.get_by_text("is not a stored backbone")).to_be_visible()
    assert page.locator("[data-testid=stMain] img").count() == 0
