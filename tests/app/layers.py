"""What the tests of the Layers page share."""

import io
from collections.abc import Mapping

import pandas as pd
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone
from embfilter_core.lens.layers.states import LayerStates, layer_states
from tests.app.reading import plain

LAYERS = "pages/6_Layers.py"
TEXT = "the cat sat on one sentence"
SHORT = {"prompt": "plain-last"}  # few positions
CELLS, LINES = "Download the cells as CSV", "Download the lines as CSV"
CURVES, SCORES = "Download the curves as CSV", "Download the scores as CSV"


def said(at: AppTest, beginning: str) -> str:
    """The sentences that begin so, without formatting."""
    kinds = [element.value for kind in ("markdown", "caption") for element in at.get(kind)]
    (found,) = (text for text in kinds if text.startswith(beginning))
    return plain(found).replace("**", "").replace("*", "")


def downloaded(downloads: Mapping[str, bytes], label: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(downloads[label].decode("utf-8-sig"), newline=""), keep_default_na=False)


def states_of(tiny: Backbone, text: str = TEXT, prompt: str = "plain-last") -> LayerStates:
    return layer_states(tiny, text, prompt)
