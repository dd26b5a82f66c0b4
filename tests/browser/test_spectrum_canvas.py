"""The picture of the spectrum: what was decided on is framed where it lies."""

import base64
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from embfilter_core.spectral.direction_grid import grid_edges

pytestmark = pytest.mark.browser

INSTRUMENT = Path(__file__).parents[2] / "embfilter_core/instrument/browser"
D = 64
EDGES = grid_edges(D).tolist()
PAGE = """<div class="plot" style="position: relative; width: 800px; height: 200px; color: #000">
    <canvas></canvas>
    <i class="probe ink"></i><i class="probe kept-colour"></i>
    <i class="probe left-out-colour"></i><i class="probe hatch-colour"></i>
</div>"""
CHANGED = """async ([source, values, edges, decided]) => {
    const it = await import(`data:text/javascript;base64,${source}`)
    const [plot, canvas] = ["div", "canvas"].map((name) => document.querySelector(name))
    const draw = (decided) => {
        it.drawSpectrum(plot, canvas, { values, edges, decided }, [[8, 40]], null)
        return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
    }
    const [without, framed] = [draw(null), draw(decided)]
    const columns = new Set()
    for (let at = 0; at < framed.length; at++)
        if (framed[at] !== without[at]) columns.add(Math.floor(at / 4) % canvas.width)
    const ends = decided.map((direction) => it.plotPixels(plot, it.shareOf(direction, edges)))
    return { first: Math.min(...columns), last: Math.max(...columns), ends }
}"""


@pytest.mark.parametrize("decided", [[8, 40], [0, 64], [3, 61]], ids=["within", "everything", "nearly everything"])
def test_what_was_decided_on_is_framed_from_its_first_direction_to_its_last(
    browser: Browser, decided: list[int]
) -> None:
    page = browser.new_page()
    page.set_content(PAGE)
    source = "".join((INSTRUMENT / f"{name}.js").read_text("utf-8") for name in ("arithmetic", "spectrum_canvas"))
    values = np.geomspace(60, 1, D).tolist()
    seen = page.evaluate(CHANGED, [base64.b64encode(source.encode()).decode(), values, EDGES, decided])
    page.close()
    assert [seen["first"], seen["last"]] == pytest.approx(seen["ends"], abs=2)
    assert seen["ends"] == sorted(seen["ends"])
