"""What the singular directions of a backbone say: spectroscopy and word frequencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.spectral.geometry import Shape
    from pages.cached.backbone import LoadedView


import hashlib
from typing import TYPE_CHECKING

import numpy as np

from pages.cached.backbones import vocabulary_zipf
from pages.cached.keys import KEYS

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.lens.token_counts import TokenCounts, TokenSet
    from embfilter_core.spectral.direction_tokens import DirectionTokens
    from embfilter_core.spectral.spectroscopy import AverageToken, Bias, ScoreTable
    from pages.cached.backbone import LoadedView

MOST_TOKENS = 1000


def zipf_by_block(backbone: Backbone) -> tuple[float, float, float]:
    """R^2 of Zipf, over known words, in the first, the middle and the last d / 16 directions."""
    return _zipf_by_block(backbone.fingerprint, backbone)


@st.cache_resource(max_entries=4, show_spinner="Reading word frequencies from the spectrum ...")
def _zipf_by_block(fingerprint: str, _backbone: Backbone) -> tuple[float, float, float]:
    from embfilter_core.spectral.spectroscopy import frequency_r_squared

    zipf, d = vocabulary_zipf(_backbone), _backbone.d
    known, block = np.where(zipf > 0, zipf, np.nan), max(1, d // 16)
    starts = (0, (d - block) // 2, d - block)
    weight, spectrum = _backbone.architecture.head.weight, _backbone.spectrum
    return tuple(frequency_r_squared(weight, spectrum, known, slice(start, start + block)) for start in starts)


def token_counts(loaded: LoadedView, source: str, pasted: str) -> TokenCounts:
    """Token counts of the reference corpus, of English words, or of a pasted text.

    Raises:
        InputError: The pasted text has no token.
    """
    return _token_counts(loaded.backbone.fingerprint, source, pasted if source == "pasted" else "", loaded)


@st.cache_resource(max_entries=16, show_spinner="Counting tokens ...")
def _token_counts(fingerprint: str, source: str, pasted: str, _loaded: LoadedView) -> TokenCounts:
    from embfilter_core.lens.token_counts import count_tokens, word_token_counts

    if source == "words":
        return word_token_counts(_loaded.backbone)
    if source == "pasted":
        return count_tokens(_loaded.backbone, [pasted], "your text")
    return count_tokens(_loaded.backbone, _loaded.corpus.texts, _loaded.corpus.name)


def spectroscopy(
    backbone: Backbone, counts: TokenCounts, source: str, bias: Bias, tokens: TokenSet
) -> tuple[AverageToken, ScoreTable]:
    """The average token of some counts, and the scores of every direction for every number of tokens up to 1,000."""
    digest = hashlib.sha256(counts.counts.tobytes()).hexdigest()
    return _spectroscopy(backbone.fingerprint, digest, source, bias, tokens, backbone, counts)


@st.cache_resource(max_entries=16, show_spinner="Fitting the average token ...")
def _spectroscopy(
    fingerprint: str, digest: str, source: str, bias: Bias, tokens: TokenSet, _backbone: Backbone, _counts: TokenCounts
) -> tuple[AverageToken, ScoreTable]:
    from embfilter_core.spectral.spectroscopy import average_token, score_table

    weight, spectrum = _backbone.architecture.head.weight, _backbone.spectrum
    average = average_token(weight, spectrum, _counts.log_frequencies(), _counts.padded, bias)
    return average, score_table(weight, spectrum, average, _counts.token_set(tokens, MOST_TOKENS))


@st.cache_resource(hash_funcs=KEYS, max_entries=4, show_spinner="Finding the tokens of every direction, once ...")
def direction_tokens(backbone: Backbone) -> DirectionTokens:
    """The tokens at both ends of every direction of a backbone."""
    return backbone.direction_tokens


def corpus_shape(loaded: LoadedView) -> Shape:
    """Shape of the embedded reference corpus, every direction kept."""
    return _corpus_shape(loaded.key, loaded.corpus.id, loaded)


@st.cache_resource(max_entries=8, show_spinner=False)
def _corpus_shape(key: tuple, corpus_id: str, _loaded: LoadedView) -> Shape:
    from embfilter_core.spectral.geometry import measure_shape

    return measure_shape(_loaded.corpus_coefficients)
