"""What a first visit waits for: the stored example must not wait for torch."""

import subprocess
import sys
from pathlib import Path

DRAW_THE_STORED_EXAMPLE = """
import sys

sys.modules["plotly"] = None  # Streamlit imports it where it is there; Home needs none of it
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.frame import load

load.load = lambda view: st.stop()  # all that a visitor sees before the backbone is loaded
at = AppTest.from_file("app.py", default_timeout=60).run()
assert not at.exception
drawn = [one.proto.component_name for one in at.get("bidi_component")]
assert drawn == ["instrument_data", "instrument", "evidence", "close_sidebar"], drawn
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
    )
    assert result.returncode == 0, result.stderr[-2000:]
    assert result.stdout.splitlines()[-1] == "[]"
