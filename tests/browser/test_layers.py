"""The map of the layers in a browser: a click on a square shows its cell, and the page fits a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from embfilter_core.stored_backbones.example import read_stored_example
from tests.browser.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.real]

Visit = Callable[..., Visitor]
SQUARES = ".st-key-layer_map .scatterlayer .point"
LAYERS = 31
TEXT = "The central bank raised interest rates again to fight inflation."
PHONE = {"viewport": {"width": 390, "height": 844}}


def expect_cell(page: Page, layer: str, position: str) -> None:
    """Wait until the sliders and the row of the map below them show a cell."""
    for key, value in (("cell_layer", layer), ("cell_position", position)):
        expect(page.locator(f".st-key-{key}").get_by_role("slider")).to_have_attribute("aria-valuetext", value)
    number = str(LAYERS - 1) if layer == "last" else layer
    row = page.get_by_test_id("stDataFrame").first.locator("tbody td").first
    expect(row).to_have_text(re.compile(rf"^{number}$"))


def wait_for_square(page: Page) -> int:
    """Wait until the map is drawn; returns the number of its columns."""
    expect(page.locator(SQUARES).first).to_be_attached()
    return page.locator(SQUARES).count() // LAYERS


def click_cell(page: Page, layer: int, column: int) -> None:
    square = page.locator(SQUARES).nth(layer * wait_for_square(page) + column)
    square.scroll_into_view_if_needed()
    box = square.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_a_click_on_a_square_shows_its_cell_and_stays_in_the_address(visit: Visit) -> None:
    visitor = visit()
    page = visitor.go("Layers", text=read_stored_example().text)
    expect_cell(page, "last", "pooled")
    for layer, column in ((12, 3), (28, 7)):
        click_cell(page, layer, column)
        expect_cell(page, str(layer), str(column))
        visitor.settle()
        expect(page).to_have_url(re.compile(f"row={layer}&column={column}(&|$)"))
    slider = page.locator(".st-key-cell_layer").get_by_role("slider")
    slider.focus()
    slider.press("ArrowRight")
    expect_cell(page, "29", "7")
    page.reload()
    visitor.settle()
    expect_cell(page, "29", "7")


@pytest.mark.long
def test_on_a_phone_a_long_text_can_be_tapped_and_nothing_scrolls_sideways(visit: Visit) -> None:
    visitor = visit(**PHONE)
    page = visitor.go("Layers", text="The bank raised its interest rates again and again. " * 5, layer_metric="rank")
    columns = wait_for_square(page)
    assert columns > 60
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth - main.clientWidth") == 0
    click_cell(page, 20, columns // 2)
    expect(page.locator(".st-key-cell_layer").get_by_role("slider")).to_have_attribute("aria-valuetext", "20")
    visitor.settle()
