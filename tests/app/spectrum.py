"""What the Spectrum page shows, and the same numbers without any page."""

import re

import numpy as np
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone
from embfilter_core.data.corpora import lee_background
from embfilter_core.lens.token_counts import TokenCounts, count_tokens, word_token_counts
from embfilter_core.spectral import spectroscopy
from embfilter_core.spectral.geometry import edge_shares
from tests.app.reading import errors, figures, numbers, plain

SPECTRUM = "pages/2_Spectrum.py"


DISTANCES = ["Unfiltered", "Projected", "Reduced"]


ZIPF = "How common a word is (Zipf)"


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


def drawn(at: AppTest) -> list[np.ndarray]:
    """Singular values, Δπ and energies as they are drawn, each over all directions in order."""
    traces = figures(at)["panels"]["data"]
    for trace in traces:
        assert numbers(trace["x"]) == list(range(len(numbers(trace["x"]))))
    return [np.array(numbers(trace["y"])) for trace in traces]


def marked(at: AppTest) -> set[float]:
    return {shape["x0"] for shape in figures(at)["panels"]["layout"]["shapes"]}


def caption(at: AppTest, beginning: str) -> str:
    (found,) = (plain(text.value) for text in at.caption if text.value.startswith(beginning))
    return found


def sentences(at: AppTest) -> dict[str, str]:
    """The sentences below the curves, by what they are about."""
    (found,) = (text.value for text in at.markdown if text.value.startswith("- Energy of this text"))
    parts = (line.removeprefix("- ").partition(": " if "R²" not in line else " can ") for line in found.split("\n"))
    return {about: said for about, _, said in parts}


def percentages(sentence: str) -> list[str]:
    return re.findall(r"[\d.]+%", sentence)


def metrics(at: AppTest) -> dict[str, str]:
    assert errors(at) == []
    return {metric.label: metric.value for metric in at.metric}


def shares_in_words(shares: np.ndarray) -> list[str]:
    ends = edge_shares(shares)
    return [f"{part:.0%}" for part in (ends.first, ends.last, ends.very_last, 1 - ends.first - ends.last)]


def shown_direction(at: AppTest) -> int:
    return int(re.match(r"Tokens at both ends of direction (\d+), ", caption(at, "Tokens at both ends"))[1])
