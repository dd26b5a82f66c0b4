"""The score under the hand: once bands are measured, every band that is dragged tells what was measured of it."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from embfilter_core import load_backbone
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.data.built_in_tasks import graded_pairs
from embfilter_core.data.corpora import lee_background
from embfilter_core.embeddings.corpus_embeddings import stored_embeddings
from embfilter_core.instrument.measured_bands import nearest_band
from embfilter_core.quality.bands import BandMap, map_bands
from tests.browser.conftest import Visitor
from tests.browser.instrument import EDGES, handle, place_of, take

pytestmark = [pytest.mark.browser, pytest.mark.real]

VIEW = {"task": "graded-pairs", "measure": "pearson", "goal": "budget", "bytes": 18}
"""In this view, centred, the best for so many bytes is a filter, so that there is a band to frame."""
Visit = Callable[..., Visitor]
FRAMED = """canvas => {
    const ink = getComputedStyle(canvas.parentElement.querySelector('.probe.ink')).color.match(/\\d+/g).map(Number)
    const scale = canvas.width / canvas.clientWidth
    const row = canvas.getContext('2d').getImageData(0, Math.floor(scale), canvas.width, 1).data
    const is = (at) => row[4 * at + 3] > 100 && ink.slice(0, 3).every((part, i) => Math.abs(row[4 * at + i] - part) < 9)
    const columns = [...Array(canvas.width).keys()].filter(is).map((at) => at / scale)
    return columns.length ? [columns[0], columns.at(-1)] : null
}"""
"""Where the frame of what was decided on begins and ends at the top of the spectrum, in pixels of its canvas."""


def measured_by_library() -> BandMap:
    backbone, task = load_backbone(BUNDLED.id), graded_pairs()
    embedded, reference = (
        stored_embeddings(backbone, corpus, backbone.default_prompt) for corpus in (task.corpus, lee_background())
    )
    return map_bands(task, (backbone.spectrum.coefficients(embedded - reference.mean(axis=0)),), VIEW["measure"])


def written(found: BandMap, start: int, stop: int) -> str:
    """What the instrument says of a band, by the library's numbers."""
    at = nearest_band(found.bands, start, stop)
    gain = found.to_unfiltered.at(at)
    value, low, high = (f"{round(end, 1) + 0.0:+.1f}".replace("-", "−") for end in (gain.value, gain.low, gain.high))
    first, last = found.bands[at]
    which = "measured" if (first, last) == (start, stop) else f"measured at {first}–{last}"
    return f"{which}: {value} ({low} to {high}) points"


def x_of(page: Page, direction: int) -> float:
    """Where a direction begins, in pixels of the plot."""
    left = page.locator(".instrument .plot").bounding_box()["x"]
    ends = [place_of(page, edge)[0] - left for edge in (EDGES[0], EDGES[-1])]
    return float(np.interp(direction, EDGES, np.linspace(*ends, len(EDGES))))


def test_a_dragged_band_tells_its_measured_score_and_the_decision_is_framed(visit: Visit) -> None:
    visitor = visit()
    page = visitor.go("Choose_rank", **VIEW)
    page.get_by_test_id("stSidebar").get_by_text("Centre on a reference corpus").click()
    expect(page).to_have_url(re.compile("centre=true"))
    visitor.settle()
    answer = page.get_by_test_id("stAlert").filter(has_text=f"For {VIEW['bytes']} bytes a vector").inner_text()
    k = int(re.search(r"keep (\d+) directions of the bulk", answer)[1])
    found = measured_by_library()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Spectrum").click()
    expect(page.get_by_role("heading", name="Spectrum", level=1)).to_be_visible()
    visitor.settle()
    told = page.locator(".instrument .measured")
    if not page.locator(".st-key-centre input").is_checked():
        expect(told).to_be_hidden()  # this is not the view that was measured
        page.locator(".st-key-centre label").first.click()
    expect(told).to_have_text(written(found, 144, 432))
    expect(told).to_have_attribute("title", re.compile(r"^Pearson correlation .*95 % interval over 60 pairs"))
    start = (BUNDLED.d - k) // 2
    framed = page.locator(".instrument canvas").evaluate(FRAMED)
    assert framed == pytest.approx([x_of(page, start), x_of(page, start + k)], abs=7)  # a dash may end in a gap
    take(page, 144)
    seen = set()
    for direction in (252, 50, 1):
        page.mouse.move(*place_of(page, direction), steps=4)
        expect(handle(page, "start")).to_have_attribute("aria-valuenow", str(direction))
        expect(told).to_have_text(written(found, direction, 432))
        seen.add(told.inner_text())
    assert len(seen) == 3
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(told).to_have_text(written(found, 144, 432))


def test_before_bands_are_measured_no_score_is_told_and_nothing_is_framed(visit: Visit) -> None:
    page = visit().go("Spectrum")
    expect(page.locator(".instrument .facts")).not_to_be_empty()
    expect(page.locator(".instrument .measured")).to_be_hidden()
    assert page.locator(".instrument canvas").evaluate(FRAMED) is None
