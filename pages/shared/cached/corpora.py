"""Embedded corpora: their coefficients, their shape, and what the band brush needs of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.data.datasets import Corpus
    from embfilter_core.spectral.geometry import Shape
    from pages.shared.live import Live


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


def corpus_shape(live: Live) -> Shape:
    """Shape of the embedded reference corpus, every direction kept."""
    key = (live.backbone.fingerprint, live.backbone.dtype, live.prompt, live.corpus.id, live.centre is not None)
    return _corpus_shape(*key, live)


@st.cache_resource(max_entries=8, show_spinner=False)
def _corpus_shape(fingerprint: str, dtype: str, prompt: Prompt, corpus_id: str, centred: bool, _live: Live) -> Shape:
    from embfilter_core.spectral.geometry import measure_shape

    return measure_shape(_live.corpus_coefficients)


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
