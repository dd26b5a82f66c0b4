"""Takes the README's pictures from the running app: `make screenshots`."""

import os
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS, ROOT, Visitor, serve
from tests.browser.install_browser import find_browser

FOLDER = ROOT / ".docs"
PICTURES = {
    "home": ("", {}),
    "logit-lens": ("Logit_lens", {"top": 12}),
    "spectrum": ("Spectrum", {}),
    "similarity": ("Similarity", {}),
    "choose-rank": ("Choose_rank", {}),
    "compare": ("Compare", {}),
}
DRAWN = ":is(.instrument, .token-lists) li:visible, .instrument .ranking tr:visible, .st-key-quality .main-svg:visible"
SIZE = {"width": 1280, "height": 1000}


def main() -> None:
    """Open each page at the same size and keep what is seen without scrolling."""
    FOLDER.mkdir(exist_ok=True)
    os.environ["EMBFILTER_PREPARE"] = "0"  # no picture of a sidebar tells what a first visit works at
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder) / "log.txt") as server,
        sync_playwright() as player,
    ):
        browser = player.chromium.launch(executable_path=find_browser(), args=list(ARGUMENTS))
        for name, (path, params) in PICTURES.items():
            page = Visitor(browser.new_page(viewport=SIZE), server).go(path, **params)
            page.locator(DRAWN).first.wait_for()
            page.wait_for_timeout(1500)  # figures fade in
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
