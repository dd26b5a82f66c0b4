"""How long the band brush takes to redraw while it is dragged, in headless Chromium."""

import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from tests.bench.measure import Check, Comparison, Ratio
from tests.browser.conftest import ARGUMENTS, Visitor, serve
from tests.browser.install_browser import find_browser

ALLOWED_MS = 33
MOVES, ROUNDS = 60, 3

# Each move is followed by the next frame: what lies between is the redraw and the painting.
TIME_A_DRAG = """async ({ moves, still }) => {
    const root = (function find(node) {
        const here = node.querySelector?.('.brush .plot')
        if (here) return here
        for (const child of node.querySelectorAll?.('*') ?? []) {
            const inside = child.shadowRoot && find(child.shadowRoot)
            if (inside) return inside
        }
    })(document)
    const box = root.getBoundingClientRect()
    const y = box.top + box.height / 2
    const send = (type, share) => root.dispatchEvent(new PointerEvent(type, {
        bubbles: true, pointerId: 1, button: 0, clientX: box.left + share * box.width, clientY: y,
    }))
    root.setPointerCapture = () => {}
    const frame = () => new Promise(requestAnimationFrame)
    send('pointerdown', 0.25)
    const times = []
    for (let i = 0; i < moves; i++) {
        const share = still ? 0.25 : 0.02 + 0.4 * Math.abs(Math.sin(i / 7))
        const start = performance.now()
        send('pointermove', share)
        await frame()
        await frame()
        times.push((performance.now() - start) / 2)
    }
    send('pointercancel', 0.25)
    return times
}"""


def compare_redraw() -> Iterator[Comparison]:
    """Frames while the band moves, over frames of the same loop while it stands still."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder) / "log.txt") as server,
        sync_playwright() as player,
    ):
        browser = player.chromium.launch(executable_path=find_browser(), args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        Visitor(page, server).go("Spectrum")
        page.locator(".brush .texts li").first.wait_for()
        rounds = [(_times(page, still=False), _times(page, still=True)) for _ in range(ROUNDS)]
        browser.close()
    moving, still = (sorted(chain.from_iterable(times)) for times in zip(*rounds, strict=True))
    ratios = [median(dragged) / median(empty) for dragged, empty in rounds]
    yield Comparison(
        f"a frame while the band is dragged ({median(moving):.1f} ms, 95th percentile "
        f"{moving[int(0.95 * len(moving))]:.1f} ms) over an empty one ({median(still):.1f} ms), d = 576, 300 texts",
        Ratio(median(ratios), min(ratios), max(ratios), ROUNDS),
        (Check(f"median redraw {median(moving):.1f} ms (allowed {ALLOWED_MS} ms)", median(moving) < ALLOWED_MS),),
    )


def _times(page: Page, still: bool) -> list[float]:
    return page.evaluate(TIME_A_DRAG, {"moves": MOVES, "still": still})
