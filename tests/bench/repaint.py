"""How long the Similarity page takes to follow a band that is let go, over the least that Streamlit takes."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.measure import Check, Comparison, Timings
from tests.browser.conftest import ARGUMENTS, Server, Visitor, serve
from tests.browser.install_browser import find_browser
from tests.browser.instrument import band, place_of, take

ALLOWED = 4
REPEATS = 15
BARE_APP = """import streamlit as st

st.write(f"The value is {st.slider('Value', 0, 1000, 500)}.")
"""
STARTS = (36, 50, 82, 144, 200, 216)
"""Where the band begins in turn: every commit is of another band than the one before."""

# Times are those of the page's own clock, in milliseconds: from the event that the visitor causes to the frame after
# the one in which a thing has changed; last, from the event until nothing runs. The instrument lives in a shadow root,
# which a query of the document does not enter.
WATCH = """() => {
    const shadows = [...document.querySelectorAll('*')].map((it) => it.shadowRoot)
    const roots = [document, ...shadows.filter((it) => it?.querySelector('.instrument'))]
    const written = (it) => it.dataset.value ?? it.getAttribute('href') ?? it.textContent
    const all = (selector) => roots.flatMap((it) => [...it.querySelectorAll(selector)]).map(written).join()
    const seen = (thing) => (thing === 'address' ? location.search : all(thing))
    const frame = () => new Promise(requestAnimationFrame)
    const ended = () => document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'
    window.watch = (event, things) => {
        window.watched = new Promise((resolve) => addEventListener(event, async ({ timeStamp }) => {
            await frame()
            const before = things.map(seen) // of the rows, the browser's preview: the server's numbers differ from it
            const times = things.map(() => null)
            let changed = []
            while (times.includes(null) || !ended()) {
                await frame()
                changed.forEach((i) => (times[i] ??= performance.now() - timeStamp))
                const now = things.map(seen)
                changed = [...times.keys()].filter((i) => now[i] && now[i] !== before[i])
            }
            resolve([...times, performance.now() - timeStamp])
        }, { capture: true, once: true }))
    }
}"""
ROWS, ADDRESS, LAST = ".instrument .ranking td.cosine", "address", "[data-testid=stMetricValue]"


def compare_repaint() -> Iterator[Comparison]:
    """A band let go on the Similarity page, over a key at the only slider of a bare app."""
    with tempfile.TemporaryDirectory() as folder:
        bare_app = Path(folder) / "bare.py"
        bare_app.write_text(BARE_APP)
        with (
            serve(Path(folder) / "bare.txt", str(bare_app)) as bare,
            serve(Path(folder) / "log.txt") as server,
            sync_playwright() as player,
        ):
            browser = player.chromium.launch(executable_path=find_browser(), args=list(ARGUMENTS))
            step, commit = _open_bare(browser, bare), _open_similarity(browser, server)
            steps, commits = zip(*((_step(step), _commit(commit, turn)) for turn in range(REPEATS + 1)), strict=True)
            browser.close()
    yield from _compared(steps[1:], commits[1:])  # the first of each warms up


def _compared(steps: list[list[float]], commits: list[list[float]]) -> Iterator[Comparison]:
    floor, rows = [text for text, _ in steps], [rows for rows, *_ in commits]
    whole = [max(times) for times in commits]
    timings = Timings({"bare": floor, "rows": rows, "whole": whole}, {})
    table, page = timings.ratio("rows", "bare"), timings.ratio("whole", "bare")
    over = f"over a key at the slider of a bare app until its text has changed ({median(floor):.0f} ms)"
    yield Comparison(
        f"the band let go until the 20 rows show the server's numbers ({median(rows):.0f} ms; 300 texts, d = 576), "
        f"{over}",
        table,
        (),
    )
    yield Comparison(
        f"the band let go until the address and the size of an index, last on the page, hold it, too, and the run has "
        f"ended ({median(whole):.0f} ms), {over}",
        page,
        (Check(f"at most {ALLOWED} times the bare app: {page.median:.2f}", page.median <= ALLOWED),),
    )


def _open_bare(browser: Browser, server: Server) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(server.address)
    page.get_by_role("slider").focus()
    page.evaluate(WATCH)
    return page


def _step(page: Page) -> list[float]:
    page.bring_to_front()
    page.evaluate("watch('keydown', ['[data-testid=stMarkdown]'])")
    page.keyboard.press("ArrowRight")
    return page.evaluate("watched")


def _open_similarity(browser: Browser, server: Server) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    Visitor(page, server).go("Similarity")
    page.locator(LAST).wait_for()
    page.evaluate(WATCH)
    return page


def _commit(page: Page, turn: int) -> list[float]:
    page.bring_to_front()
    take(page, band(page)[0])
    page.mouse.move(*place_of(page, STARTS[turn % len(STARTS)]), steps=8)
    page.evaluate("things => watch('pointerup', things)", [ROWS, ADDRESS, LAST])
    page.mouse.up()
    times: list[float] = page.evaluate("watched")
    return times
