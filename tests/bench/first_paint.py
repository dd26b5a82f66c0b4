"""How long the first visitor of a cold server waits until the stored example is drawn, bars and lists included."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from playwright.sync_api import Browser, sync_playwright

from tests.bench.measure import Check, Comparison, Ratio
from tests.bench.repaint import BARE_APP
from tests.browser.conftest import ARGUMENTS, ROOT, WAIT_MS, serve
from tests.browser.install_browser import find_browser

STARTS = 5
AIM_S = 2.0
DRAWN = ".instrument section[data-list=kept] li i"
# Asked in every frame: a locator asks every half second, which is more than what is measured.
IS_SEEN = """selector => {
    const shadows = [...document.querySelectorAll('*')].map((it) => it.shadowRoot).filter(Boolean)
    const found = [document, ...shadows].map((root) => root.querySelector(selector)).find(Boolean)
    const box = found?.getBoundingClientRect()
    return Boolean(box && box.width > 0 && box.height > 0)
}"""


def compare_first_paint() -> Iterator[Comparison]:
    """The first page of a server that has just been started, over the same of a bare app."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE_APP)
        browser = player.chromium.launch(executable_path=find_browser(), args=list(ARGUMENTS))
        ways = {"home": (str(ROOT / "app.py"), DRAWN), "bare": (str(bare), "[data-testid=stSlider]")}
        times: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(STARTS):
            for way, (script, drawn) in ways.items():
                times[way].append(_first_paint(browser, Path(folder) / "log.txt", script, drawn))
        browser.close()
    ratios = [home / floor for home, floor in zip(times["home"], times["bare"], strict=True)]
    typical = median(times["home"])
    yield Comparison(
        f"a cold server's first page until the lists and bars of the stored example are drawn ({typical:.2f} s, "
        f"{min(times['home']):.2f} to {max(times['home']):.2f}) over a bare app's ({median(times['bare']):.2f} s)",
        Ratio(median(ratios), min(ratios), max(ratios), STARTS),
        (Check(f"median {typical:.2f} s (allowed {AIM_S:g} s)", typical <= AIM_S),),
    )


def _first_paint(browser: Browser, log: Path, script: str, drawn: str) -> float:
    """Seconds from asking for the page until an element of it is seen; every visit is of a new server and browser."""
    with serve(log, script) as server:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        page = context.new_page()
        begin = perf_counter()
        page.goto(server.address)
        page.wait_for_function(IS_SEEN, arg=drawn, polling="raf", timeout=WAIT_MS)
        seconds = perf_counter() - begin
        context.close()
    return seconds
