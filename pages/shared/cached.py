"""Every Streamlit cache of the app, bounded; arrays handed to sessions are read-only.

What depends on a backbone is keyed by its fingerprint and dtype; arguments with a
leading underscore are not part of a key. Torch is imported by the first backbone
that is loaded, not by this module.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from embfilter_core.overview import Overview, read_stored_overview

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.data.datasets import Corpus
    from embfilter_core.lens.token_counts import TokenCounts, TokenSet
    from embfilter_core.spectral.geometry import Shape
    from embfilter_core.spectral.spectroscopy import AverageToken, Bias, ScoreTable
    from pages.shared.live import Live

MOST_TOKENS = 1000

_loaded: set[tuple[str, str]] = set()


def is_loaded(spec: str, dtype: str) -> bool:
    """Whether a backbone was loaded by this process before, so that using it needs no long wait."""
    return (spec, dtype) in _loaded


@st.cache_resource(max_entries=1, show_spinner=False)
def stored_overview() -> Overview:
    """The stored example of Home."""
    return read_stored_overview()


@st.cache_resource(max_entries=2, show_spinner=False)
def backbone(spec: str, dtype: str) -> Backbone:
    """A loaded backbone with its spectrum; two at most stay in memory."""
    from embfilter_core import load_backbone

    loaded = load_backbone(spec, dtype)
    _ = loaded.spectrum
    _loaded.add((spec, dtype))
    return loaded


def embeddings(loaded: Backbone, texts: tuple[str, ...], prompt: Prompt) -> np.ndarray:
    """Embeddings of a few texts, (n, d) float32."""
    return _embeddings(loaded.fingerprint, loaded.dtype, prompt, texts, loaded)


@st.cache_resource(max_entries=128, show_spinner=False)
def _embeddings(
    fingerprint: str, dtype: str, prompt: Prompt, texts: tuple[str, ...], _backbone: Backbone
) -> np.ndarray:
    array = _backbone.embed(texts, prompt)
    array.setflags(write=False)
    return array


def head_error(loaded: Backbone, text: str, prompt: Prompt) -> float:
    """Largest absolute error of our head against the model's own logits on a text."""
    return _head_error(loaded.fingerprint, loaded.dtype, prompt, text, loaded)


@st.cache_resource(max_entries=512, show_spinner=False)
def _head_error(fingerprint: str, dtype: str, prompt: Prompt, text: str, _backbone: Backbone) -> float:
    return _backbone.head_error_on(text, prompt)


def corpus_embeddings(loaded: Backbone, corpus: Corpus, prompt: Prompt) -> np.ndarray | None:
    """Embeddings of a corpus, (n, d), where they are on disk, else None; absence is not remembered."""
    key = (loaded.fingerprint, loaded.dtype, prompt, corpus.id, loaded, corpus)
    found = _corpus_embeddings(*key)
    if found is None:
        _corpus_embeddings.clear(*key)
    return found


@st.cache_resource(max_entries=8, show_spinner=False)
def _corpus_embeddings(
    fingerprint: str, dtype: str, prompt: Prompt, corpus_id: str, _backbone: Backbone, _corpus: Corpus
) -> np.ndarray | None:
    from embfilter_core.data.corpus_embeddings import stored_embeddings

    return stored_embeddings(_backbone, _corpus, prompt)


def vocabulary_zipf(loaded: Backbone) -> np.ndarray:
    """Zipf frequency of every token, (|V|,); more than 0 for known English words."""
    return _vocabulary_zipf(loaded.fingerprint, loaded)


@st.cache_resource(max_entries=4, show_spinner="Looking up the words of the vocabulary ...")
def _vocabulary_zipf(fingerprint: str, _backbone: Backbone) -> np.ndarray:
    from embfilter_core.lens.token_frequency import vocabulary_zipf as look_up

    return look_up(_backbone.token_texts, _backbone.vocab_size)


def zipf_by_block(loaded: Backbone) -> tuple[float, float, float]:
    """R^2 of Zipf, over known words, in the first, the middle and the last d / 16 directions."""
    return _zipf_by_block(loaded.fingerprint, loaded)


@st.cache_resource(max_entries=4, show_spinner="Reading word frequencies from the spectrum ...")
def _zipf_by_block(fingerprint: str, _backbone: Backbone) -> tuple[float, float, float]:
    from embfilter_core.spectral.spectroscopy import frequency_r_squared

    zipf, d = vocabulary_zipf(_backbone), _backbone.d
    known, block = np.where(zipf > 0, zipf, np.nan), max(1, d // 16)
    starts = (0, (d - block) // 2, d - block)
    weight, spectrum = _backbone.architecture.head.weight, _backbone.spectrum
    return tuple(frequency_r_squared(weight, spectrum, known, slice(start, start + block)) for start in starts)


def corpus_mean(loaded: Backbone, corpus: Corpus, prompt: Prompt) -> np.ndarray | None:
    """Mean embedding of a corpus, (d,), where it was embedded, else None."""
    embedded = corpus_embeddings(loaded, corpus, prompt)
    return None if embedded is None else embedded.mean(axis=0)


def corpus_coefficients(loaded: Backbone, corpus: Corpus, prompt: Prompt, centred: bool) -> np.ndarray:
    """Coefficients of an embedded corpus in the singular directions, (n, d) float64, its mean subtracted or not."""
    return _corpus_coefficients(loaded.fingerprint, loaded.dtype, prompt, corpus.id, centred, loaded, corpus)


@st.cache_resource(max_entries=8, show_spinner=False)
def _corpus_coefficients(
    fingerprint: str, dtype: str, prompt: Prompt, corpus_id: str, centred: bool, _backbone: Backbone, _corpus: Corpus
) -> np.ndarray:
    embedded = corpus_embeddings(_backbone, _corpus, prompt)
    coefficients = _backbone.spectrum.coefficients(embedded - embedded.mean(axis=0) if centred else embedded)
    coefficients.setflags(write=False)
    return coefficients


def brush_data(live: Live, text: str, state: np.ndarray) -> dict:
    """What the band brush needs for a text, whatever band is kept."""
    backbone, corpus = live.backbone, live.corpus if live.mean is not None else None
    key = (backbone.fingerprint, backbone.dtype, live.prompt, text, live.centre is not None, corpus and corpus.id)
    return _brush_data(*key, live, state)


@st.cache_resource(max_entries=32, show_spinner=False)
def _brush_data(
    fingerprint: str,
    dtype: str,
    prompt: Prompt,
    text: str,
    centred: bool,
    corpus_id: str | None,
    _live: Live,
    _state: np.ndarray,
) -> dict:
    from embfilter_core.lens.band_preview import preview_neighbours, preview_tokens
    from pages.shared.band_brush import constant_data

    tokens, near, texts = preview_tokens(_live.backbone, _state), None, ()
    if corpus_id is not None:
        query = _live.backbone.spectrum.coefficients(_state[None])[0]
        near = preview_neighbours(query, _live.corpus_coefficients)
        texts = _live.corpus.texts
    return constant_data(_live.backbone.spectrum, tokens, near, texts)


def paper_scores(loaded: Backbone) -> np.ndarray:
    """Spectroscopy scores behind the preset `quiet`, (d,)."""
    return _paper_scores(loaded.fingerprint, loaded)


@st.cache_resource(max_entries=4, show_spinner=False)
def _paper_scores(fingerprint: str, _backbone: Backbone) -> np.ndarray:
    from embfilter_core.lens.paper_scores import paper_scores as compute

    return compute(_backbone)


def token_counts(live: Live, source: str, pasted: str) -> TokenCounts:
    """Token counts of the reference corpus, of English words, or of a pasted text.

    Raises:
        InputError: The pasted text has no token.
    """
    return _token_counts(live.backbone.fingerprint, source, pasted if source == "pasted" else "", live)


@st.cache_resource(max_entries=16, show_spinner="Counting tokens ...")
def _token_counts(fingerprint: str, source: str, pasted: str, _live: Live) -> TokenCounts:
    from embfilter_core.lens.token_counts import count_tokens, word_token_counts

    if source == "words":
        return word_token_counts(_live.backbone)
    if source == "pasted":
        return count_tokens(_live.backbone, [pasted], "your text")
    return count_tokens(_live.backbone, _live.corpus.texts, _live.corpus.name)


def spectroscopy(
    loaded: Backbone, counts: TokenCounts, source: str, bias: Bias, tokens: TokenSet
) -> tuple[AverageToken, ScoreTable]:
    """The average token of some counts, and the scores of every direction for every number of tokens up to 1,000."""
    digest = hashlib.sha256(counts.counts.tobytes()).hexdigest()
    return _spectroscopy(loaded.fingerprint, digest, source, bias, tokens, loaded, counts)


@st.cache_resource(max_entries=16, show_spinner="Fitting the average token ...")
def _spectroscopy(
    fingerprint: str, digest: str, source: str, bias: Bias, tokens: TokenSet, _backbone: Backbone, _counts: TokenCounts
) -> tuple[AverageToken, ScoreTable]:
    from embfilter_core.spectral.spectroscopy import average_token, score_table

    weight, spectrum = _backbone.architecture.head.weight, _backbone.spectrum
    average = average_token(weight, spectrum, _counts.log_frequencies(), _counts.padded, bias)
    return average, score_table(weight, spectrum, average, _counts.token_set(tokens, MOST_TOKENS))


def corpus_shape(live: Live) -> Shape:
    """Shape of the embedded reference corpus, every direction kept."""
    key = (live.backbone.fingerprint, live.backbone.dtype, live.prompt, live.corpus.id, live.centre is not None)
    return _corpus_shape(*key, live)


@st.cache_resource(max_entries=8, show_spinner=False)
def _corpus_shape(fingerprint: str, dtype: str, prompt: Prompt, corpus_id: str, centred: bool, _live: Live) -> Shape:
    from embfilter_core.spectral.geometry import measure_shape

    return measure_shape(_live.corpus_coefficients)
