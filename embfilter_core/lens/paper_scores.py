"""The spectroscopy scores behind the preset `quiet`: the paper's settings on the reference corpus."""

import numpy as np

from embfilter_core.backbones.backbone import Backbone
from embfilter_core.data.datasets import lee_background
from embfilter_core.lens.token_counts import count_tokens
from embfilter_core.spectral.spectroscopy import average_token, direction_scores

FREQUENT_TOKENS = 100


def paper_scores(backbone: Backbone) -> np.ndarray:
    """Dpi over the 100 most frequent tokens of the Lee background documents, b = 0, (d,) float64.

    Raises:
        AssetError: The offline assets are not installed.
    """
    corpus = lee_background()
    counts = count_tokens(backbone, corpus.texts, corpus.name)
    weight, spectrum = backbone.architecture.head.weight, backbone.spectrum
    average = average_token(weight, spectrum, counts.log_frequencies(), counts.padded, "zero")
    return direction_scores(weight, spectrum, average, counts.token_set("frequent", FREQUENT_TOKENS))
