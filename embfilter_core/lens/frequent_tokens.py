"""What the reference corpus says of tokens: rates, the average token, and the scores behind the preset `quiet`."""

import numpy as np

from embfilter_core.backbones.backbone import Backbone
from embfilter_core.data.corpora import lee_background
from embfilter_core.lens.token_counts import TokenCounts, count_tokens
from embfilter_core.lens.token_rates import TokenRates, token_rates
from embfilter_core.spectral.spectroscopy import AverageToken, average_token, direction_scores

SCORED_TOKENS = 100


def reference_token_rates(backbone: Backbone) -> TokenRates:
    """Return how frequent each token is in the Lee background documents.

    Raises:
        AssetError: The offline assets are not installed.
    """
    return token_rates(_counts(backbone))


def reference_average_token(backbone: Backbone) -> AverageToken:
    """Return the average token of the Lee background documents, b = 0.

    Raises:
        AssetError: The offline assets are not installed.
    """
    return _average_token(backbone, _counts(backbone))


def frequent_token_scores(backbone: Backbone) -> np.ndarray:
    """Return the scores over the 100 most frequent tokens of the Lee background documents, b = 0, (d,) float64.

    Raises:
        AssetError: The offline assets are not installed.
    """
    counts = _counts(backbone)
    frequent = counts.token_set("frequent", SCORED_TOKENS)
    return direction_scores(
        backbone.architecture.head.weight, backbone.spectrum, _average_token(backbone, counts), frequent
    )


def _counts(backbone: Backbone) -> TokenCounts:
    corpus = lee_background()
    return count_tokens(backbone, corpus.texts, corpus.name)


def _average_token(backbone: Backbone, counts: TokenCounts) -> AverageToken:
    weight = backbone.architecture.head.weight
    return average_token(weight, backbone.spectrum, counts.log_frequencies(), counts.padded, "zero")
