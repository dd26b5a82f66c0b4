"""What the Spectrum page shows, and the same numbers without any page."""

import io
import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone
from embfilter_core.data.corpora import lee_background
from embfilter_core.lens.token_counts import TokenCounts, count_tokens, word_token_counts
from embfilter_core.spectral import spectroscopy
from embfilter_core.spectral.geometry import edge_shares
from tests.app.reading import errors, figures, numbers, plain, prose

SPECTRUM = "pages/2_Spectrum.py"


DISTANCES = ["Unfiltered", "Projected", "Reduced"]


TEXT = "the cat sat on one sentence"


OTHER = "one dog sleeps in the word"


HOSTILE = ["<script>alert(1)</script>", "**y** $x$ :smile: {text}", "🐈‍⬛ \u202e שלום"]


def counts_of(backbone: Backbone, source: str = "corpus", pasted: str = "") -> TokenCounts:
    if source == "words":
        return word_token_counts(backbone)
    return count_tokens(backbone, [pasted] if source == "pasted" else lee_background().texts, source)


def fitted(backbone: Backbone, counts: TokenCounts, bias: str = "zero") -> spectroscopy.AverageToken:
    weight = backbone.architecture.head.weight
    return spectroscopy.average_token(weight, backbone.spectrum, counts.log_frequencies(), counts.padded, bias)


def scored(backbone: Backbone, counts: TokenCounts, tokens: str = "frequent", k: int = 100, bias: str = "zero"):
    average, ids = fitted(backbone, counts, bias), counts.token_set(tokens, k)
    return spectroscopy.direction_scores(backbone.architecture.head.weight, backbone.spectrum, average, ids)


def curves(downloads: Mapping[str, bytes]) -> pd.DataFrame:
    """All curves as they are downloaded, a row a direction."""
    return pd.read_csv(io.BytesIO(downloads["Download the curves as CSV"]))


def drawn_steps(at: AppTest) -> dict[str, tuple[list[float], list[float]]]:
    """Places and means of the curves as they are drawn, by the name of the trace."""
    return {trace["name"]: (numbers(trace["x"]), numbers(trace["y"])) for trace in figures(at)["curves"]["data"]}


def marked(at: AppTest) -> set[float]:
    return {shape["x0"] for shape in figures(at)["curves"]["layout"]["shapes"]}


def caption(at: AppTest, beginning: str) -> str:
    texts = [*(plain(text.value) for text in at.caption), *prose(at)]
    (found,) = (text for text in texts if text.startswith(beginning))
    return found


def said_below(at: AppTest) -> str:
    """The sentences below the curves."""
    (found,) = (text for text in prose(at) if text.startswith("Δπ of "))
    return found


def fit(at: AppTest) -> str:
    """What the page says of the fit, which is a warning where it fails."""
    texts = [*(plain(text.value) for text in at.warning), *prose(at)]
    (found,) = (text for text in texts if text.startswith("Frequencies from "))
    return found


def end_shares(at: AppTest) -> pd.DataFrame:
    """The table of the ends, shares in per cent, by curve."""
    assert errors(at) == []
    (table,) = (frame.value for frame in at.dataframe if "very_last" in frame.value)
    return table.set_index("of")


def metrics(at: AppTest) -> dict[str, str]:
    assert errors(at) == []
    return {metric.label: metric.value for metric in at.metric}


def shares_of(shares: np.ndarray) -> list[float]:
    """What a row of the table of the ends holds."""
    ends = edge_shares(shares)
    between = shares.sum() - ends.first - ends.last
    return [100 * part for part in (ends.first, between, ends.last, ends.very_last)]


def shown_direction(at: AppTest) -> int:
    return int(re.match(r"Direction (\d+), ", caption(at, "Direction "))[1])


def shown_ends(at: AppTest) -> pd.DataFrame:
    """The table of the tokens at both ends of a direction."""
    (table,) = (frame.value for frame in at.dataframe if "positive" in frame.value)
    return table
