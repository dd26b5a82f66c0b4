"""How long the instrument takes to redraw while its band is dragged, in headless Chromium, at two widths."""

import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from tests.bench.measure import Check, Comparison, Ratio
from tests.browser.conftest import ARGUMENTS, WAIT_MS, Visitor, serve
from tests.browser.install_browser import find_browser

ALLOWED_MS = 1000 / 30
MOVES, ROUNDS = 60, 3
WIDE, VOCABULARY, TEXTS = 4096, 32_000, 300
# A page with nothing but the instrument, on random weights of the width of a 7B model.
WIDE_APP = f"""
import sys
import streamlit as st
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from pages.instrument.block import draw_stored
from tests.bench.wide import wide_data

data = st.cache_resource(wide_data)({WIDE}, {VOCABULARY}, {TEXTS})
draw_stored(data, "wide")
"""

# Each move is followed by the next frame: what lies between is the redraw and the painting.
TIME_A_DRAG = """async ({ moves, still }) => {
    const shadows = [...document.querySelectorAll('*')].map((it) => it.shadowRoot)
    const plot = shadows.map((it) => it?.querySelector('.instrument .plot')).find(Boolean)
    const handle = plot.querySelector('[data-part=start]').getBoundingClientRect()
    const box = plot.getBoundingClientRect()
    const begin = handle.left + handle.width / 2
    const send = (type, x) => plot.dispatchEvent(new PointerEvent(type, {
        bubbles: true, pointerId: 1, button: 0, clientX: x, clientY: box.top + box.height / 2,
    }))
    plot.setPointerCapture = () => {}
    const frame = () => new Promise(requestAnimationFrame)
    send('pointerdown', begin)
    const times = []
    for (let i = 0; i < moves; i++) {
        const x = still ? begin : box.left + 50 + (begin - box.left - 50) * Math.abs(Math.sin(i / 7))
        const start = performance.now()
        send('pointermove', x)
        await frame()
        await frame()
        times.push((performance.now() - start) / 2)
    }
    send('pointercancel', begin)
    return times
}"""


def compare_redraw() -> Iterator[Comparison]:
    """Frames while the band moves, over frames of the same loop while it stands still."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=find_browser(), args=list(ARGUMENTS))
        wide_app = Path(folder) / "wide.py"
        wide_app.write_text(WIDE_APP)
        for what, script in (("d = 576, 300 texts", "app.py"), (f"d = {WIDE}, {TEXTS} texts", str(wide_app))):
            with serve(Path(folder) / "log.txt", script) as server:
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                if script == "app.py":
                    Visitor(page, server).go()
                else:
                    page.goto(server.address)
                page.locator(".instrument .near line").first.wait_for(state="attached", timeout=WAIT_MS)
                yield _compared(page, what)
        browser.close()


def _compared(page: Page, what: str) -> Comparison:
    rounds = [(_times(page, still=False), _times(page, still=True)) for _ in range(ROUNDS)]
    moving, still = (sorted(chain.from_iterable(times)) for times in zip(*rounds, strict=True))
    ratios = [median(dragged) / median(empty) for dragged, empty in rounds]
    return Comparison(
        f"a frame while the band is dragged ({median(moving):.1f} ms, 95th percentile "
        f"{moving[int(0.95 * len(moving))]:.1f} ms) over an empty one ({median(still):.1f} ms), {what}",
        Ratio(median(ratios), min(ratios), max(ratios), ROUNDS),
        (Check(f"median redraw {median(moving):.1f} ms (allowed {ALLOWED_MS:.0f} ms)", median(moving) < ALLOWED_MS),),
    )


def _times(page: Page, still: bool) -> list[float]:
    times: list[float] = page.evaluate(TIME_A_DRAG, {"moves": MOVES, "still": still})
    return times
