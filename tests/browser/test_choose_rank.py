"""Choose rank in a browser: a click on the curve or on a band keeps a band everywhere."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.seen import band, chosen
from tests.browser.test_window import WIDTHS

pytestmark = [pytest.mark.browser, pytest.mark.real]

Visit = Callable[..., Visitor]
POINT = """([key, name, index]) => {
    const plot = document.querySelector(`.st-key-${key} .js-plotly-plot`)
    plot.scrollIntoView({ block: 'center' })
    const trace = plot._fullData.find(trace => trace.name === name)
    const { xaxis, yaxis } = plot._fullLayout
    const box = plot.getBoundingClientRect()
    const data = trace.customdata[index]
    return {
        x: box.x + xaxis._offset + xaxis.d2p(trace.x[index]),
        y: box.y + yaxis._offset + yaxis.d2p(trace.y[index]),
        customdata: ArrayBuffer.isView(data) ? Array.from(data) : data,
        points: trace.x.length,
    }
}"""


def open_choose(visitor: Visitor, task: str = "graded-pairs", **params: object) -> Page:
    page = visitor.go("Choose_rank", task=task, **params)
    for key in ("quality", "bands"):
        expect(page.locator(f".st-key-{key} .scatterlayer .trace").first).to_be_attached()
    return page


def point_of(page: Page, key: str, name: str, index: int) -> dict:
    """Where a point of a figure is on the screen, once it stays there, and what it stands for."""
    seen = [page.evaluate(POINT, [key, name, index])]
    while len(seen) < 2 or seen[-1] != seen[-2]:
        page.wait_for_timeout(300)
        seen.append(page.evaluate(POINT, [key, name, index]))
    return seen[-1]


def click(page: Page, key: str, name: str, index: int) -> object:
    point = point_of(page, key, name, index)
    page.mouse.move(point["x"], point["y"], steps=3)
    expect(page.locator(f".st-key-{key} .hoverlayer .hovertext")).to_be_visible()  # a click is on what is pointed at
    page.mouse.down()
    page.mouse.up()
    return point["customdata"]


def kept(visitor: Visitor, before: str) -> tuple[int, int]:
    """The band of the sidebar, as its caption says it, once the address is another than before."""
    page = visitor.page
    expect(page).not_to_have_url(before)
    expect(page).to_have_url(re.compile("preset=custom"))
    visitor.settle()
    first, last = band(page)
    assert {*([f"start={first}"] if first else []), f"stop={last}"} <= {*page.url.partition("?")[2].split("&")}
    assert chosen(page, "preset") == "custom"
    said = page.get_by_text(re.compile(r"Keeps \d+ of 576, start \d+, stop \d+")).inner_text()
    k, start, end = re.search(r"Keeps (\d+) of 576, start (\d+), stop (\d+)", said).groups()
    assert int(k) == int(end) - int(start)
    assert (int(start), int(end)) == (first, last)
    return first, last


@pytest.mark.long
def test_a_clicked_window_and_then_a_clicked_number_are_kept_everywhere(visit: Visit) -> None:
    visitor = visit()
    page = open_choose(visitor)
    before = page.url
    band = click(page, "bands", "bands", 40)
    assert list(kept(visitor, before)) == band
    expect(page.locator(".st-key-bands")).to_be_in_viewport(ratio=0.9)
    before = page.url
    k = click(page, "quality", "bulk, now", 199)
    start, stop = kept(visitor, before)
    assert stop - start == pytest.approx(k, abs=1)  # a pixel is one direction
    assert start == (576 - (stop - start)) // 2
    page.get_by_test_id("stSidebar").get_by_role("link", name="Logit lens").click()
    expect(page.get_by_role("heading", name="Logit lens", level=1)).to_be_visible()
    visitor.settle()
    expect(page.get_by_text(f"Keeps {stop - start} of 576, start {start}, stop {stop}")).to_be_visible()


@pytest.mark.long
def test_on_a_phone_in_the_dark_nothing_scrolls_sideways(visit: Visit) -> None:
    visitor = visit(viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True, is_mobile=True)
    page = open_choose(visitor, "topics", overlay=["presets", "random"])
    background = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    assert sum(map(int, re.findall(r"\d+", background)[:3])) < 200
    page.get_by_text("All numbers", exact=True).click()
    expect(page.get_by_test_id("stDataFrame").filter(visible=True).first).to_be_visible()
    assert max(page.evaluate(WIDTHS)) <= 0
    for key in ("quality", "bands"):
        box = page.locator(f".st-key-{key} .js-plotly-plot").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
