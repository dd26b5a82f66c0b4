"""What a first visit waits for: the stored example must not wait for torch."""

import subprocess
import sys
from pathlib import Path

DRAW_THE_STORED_EXAMPLE = """
import sys

sys.modules["plotly"] = None  # Streamlit imports it where it is there; Home needs none of it
from embfilter_core.instrument.stored import read_stored_example
from pages.frame import load, page, text_box
from pages.home import results

read_stored_example()
heavy = {"pandas", "scipy", "sklearn", "torch", "transformers", "umap", "wordfreq"}
print(sorted(heavy & set(sys.modules)))
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
