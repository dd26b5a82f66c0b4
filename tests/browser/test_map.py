"""The map in a browser: a lasso selects texts that stay selected from step to step, and UMAP can be stopped."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.real]

Visit = Callable[..., Visitor]
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<b>bold</b> **strong** $x$",
    "[l](javascript:alert(1)) :smile:",
    "www.x.com",
]
STATE = """() => {
    const plot = document.querySelector('.js-plotly-plot')
    const texts = plot._fullData.filter(trace => trace.customdata)
    const lit = texts.flatMap(trace => [...(trace.selectedpoints ?? [])].map(i => trace.customdata[i]))
    const [x, y] = [plot._fullLayout.xaxis, plot._fullLayout.yaxis]
    const places = texts.flatMap(trace => [...trace.x].map((at, i) =>
        [trace.customdata[i], x.l2p(at) / x._length, y.l2p(trace.y[i]) / y._length]))
    return {lit: lit.sort((a, b) => a - b), places, ranges: [...x.range, ...y.range]}
}"""


def plot(page: Page) -> Locator:
    """Where the pointer draws, once the map is there."""
    area = page.locator(".js-plotly-plot .nsewdrag").first
    expect(area).to_be_visible()
    area.scroll_into_view_if_needed()
    return area


def state(page: Page) -> dict:
    """Which texts stand out, where each lies (0 to 1 from the upper left), and the ranges of the axes."""
    plot(page)
    return page.evaluate(STATE)


def lasso(page: Page, left: float, upper: float, right: float, lower: float) -> None:
    box = plot(page).bounding_box()
    corners = [(left, upper), (right, upper), (right, lower), (left, lower), (left, upper)]
    corners = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=5)
    page.mouse.up()


def selected(page: Page, count: int) -> None:
    """Wait until the table says how many texts are selected."""
    expect(page.get_by_text(re.compile(rf"^{count} selected"))).to_be_visible()


def step(page: Page, name: str) -> None:
    page.locator(".st-key-step").get_by_role("radio", name=name, exact=True).click()


def test_a_lasso_selects_texts_that_stay_selected_while_the_map_steps(visit: Visit) -> None:
    visitor = visit()
    page = visitor.go("Map", corpus="topics")
    first = state(page)
    inside = sorted(i for i, x, y in first["places"] if x < 0.5 and y > 0.4)
    assert 0 < len(inside) < 120
    lasso(page, 0.005, 0.4, 0.5, 0.995)
    selected(page, len(inside))
    assert state(page)["lit"] == inside
    step(page, "8")
    expect(page.get_by_text("Unfiltered → τ = 8")).to_be_visible()
    visitor.settle()
    page.wait_for_function(f"() => ({STATE})().lit.length === {len(inside)}")
    moved = state(page)
    assert moved["lit"] == inside
    assert moved["ranges"] == first["ranges"]
    assert moved["places"] != first["places"]
    assert "step=8" in page.url
    page.get_by_role("button", name="Clear the selection").click()
    expect(page.get_by_text("Draw around points")).to_be_visible()
    page.wait_for_function(f"() => ({STATE})().lit.length === 0")


def test_hostile_texts_are_shown_to_the_letter_under_the_pointer(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.goto(f"{visitor.server.address}/Map?corpus=pasted")
    box = page.locator(".st-key-corpus_text textarea")
    box.fill("\n".join(HOSTILE * 2))
    box.press("Control+Enter")
    area = plot(page).bounding_box()
    for i, x, y in state(page)["places"][:4]:
        page.mouse.move(area["x"] + x * area["width"], area["y"] + y * area["height"])
        hover = page.locator(".hoverlayer .hovertext").last
        expect(hover).to_contain_text(HOSTILE[i % 4])
    assert page.locator("[data-testid=stMain] img, .hoverlayer b, .hoverlayer a[href]").count() == 0


def test_a_map_by_umap_can_be_cancelled_before_it_is_made(visit: Visit) -> None:
    visitor = visit()
    page = visitor.go("Map", corpus="topics", method="UMAP", preset="secondary", ratio="8")
    page.get_by_role("button", name="Make the UMAP map").click()
    page.get_by_test_id("stMain").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Make the UMAP map")).to_be_visible()
    visitor.settle()
    assert page.locator(".js-plotly-plot").count() == 0
    page.locator(".st-key-method").get_by_role("radio", name="PCA").click()
    assert len(state(page)["places"]) == 120


def test_on_a_phone_nothing_is_wider_than_the_screen(visit: Visit) -> None:
    page = visit(viewport={"width": 390, "height": 844}).go("Map", corpus="topics")
    plot(page)
    width = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert width <= 390
    assert plot(page).bounding_box()["width"] > 200
