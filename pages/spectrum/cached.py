"""What the singular directions of a backbone say: spectroscopy, word frequencies, and the tokens at their ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.cached.backbones import vocabulary_zipf
from pages.cached.corpora import corpus_coefficients
from pages.cached.keys import KEYS, is_there

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.lens.token_counts import CountSource, TokenCounts, TokenSet
    from embfilter_core.spectral.direction_tokens import DirectionTokens
    from embfilter_core.spectral.geometry import Shape
    from embfilter_core.spectral.spectroscopy import AverageToken, Bias, ScoreTable
    from pages.cached.loaded import Embedder

MOST_TOKENS = 1000


@st.cache_resource(hash_funcs=KEYS, max_entries=4, show_spinner="Reading word frequencies from the spectrum ...")
def zipf_by_block(backbone: Backbone) -> tuple[float, float, float]:
    """Return R^2 of Zipf, over known words, in the first, the middle and the last d / 16 directions."""
    from embfilter_core.lens.spectroscopy_report import word_frequency_by_block

    return word_frequency_by_block(backbone.architecture.head.weight, backbone.spectrum, vocabulary_zipf(backbone))


@st.cache_resource(hash_funcs=KEYS, max_entries=16, show_spinner="Counting tokens ...")
def token_counts(backbone: Backbone, source: CountSource, corpus: Corpus, pasted: str) -> TokenCounts:
    """Return token counts of a corpus, of English words, or of a pasted text.

    Raises:
        InputError: The pasted text has no token.
    """
    from embfilter_core.lens.token_counts import counts_from

    return counts_from(backbone, source, corpus, pasted)


@st.cache_resource(hash_funcs=KEYS, max_entries=16, show_spinner="Fitting the average token ...")
def spectroscopy(
    backbone: Backbone, counts: TokenCounts, bias: Bias, tokens: TokenSet
) -> tuple[AverageToken, ScoreTable]:
    """Return the average token of some counts, and the scores of every direction for up to 1,000 tokens."""
    from embfilter_core.spectral.spectroscopy import average_token, score_table

    weight, spectrum = backbone.architecture.head.weight, backbone.spectrum
    average = average_token(weight, spectrum, counts.log_frequencies(), counts.padded, bias)
    return average, score_table(weight, spectrum, average, counts.token_set(tokens, MOST_TOKENS))


@st.cache_resource(hash_funcs=KEYS, max_entries=4, show_spinner="Finding the tokens of every direction, once ...")
def direction_tokens(backbone: Backbone) -> DirectionTokens:
    """Return the tokens at both ends of every direction of a backbone."""
    return backbone.direction_tokens


@st.cache_resource(hash_funcs=KEYS, max_entries=8, show_spinner=False, validate=is_there)
def corpus_shape(embedder: Embedder, corpus: Corpus, centre: np.ndarray | None) -> Shape | None:
    """Return the shape of a corpus, unfiltered; None where it was not embedded."""
    from embfilter_core.spectral.geometry import measure_shape

    coefficients = corpus_coefficients(embedder, corpus, centre)
    return None if coefficients is None else measure_shape(coefficients)
