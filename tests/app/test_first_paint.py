"""What a first visit waits for: the stored example must not wait for torch."""

import subprocess
import sys
from pathlib import Path

DRAW_THE_STORED_EXAMPLE = """
import sys
from embfilter_core.figures.logit_lens import shared_range, token_bars
from embfilter_core.figures.spectrum import kept_band
from pages.cached.backbones import stored_overview
from pages.frame import load, page, text_box
from pages.home import blocks

overview = stored_overview()
kept_band(overview.singular_values, overview.kept).to_json()
token_bars(overview.tokens, shared_range([overview.tokens]), "to").to_json()
print(sorted({"torch", "transformers", "scipy", "wordfreq", "umap"} & set(sys.modules)))
"""


def test_the_stored_example_is_drawn_without_any_heavy_import() -> None:
    result = subprocess.run(
        [sys.executable, "-c", DRAW_THE_STORED_EXAMPLE],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert result.stdout.strip() == "[]"
