"""Embeddings: of a few texts, of whole corpora, their coefficients, and what the band brush needs of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.data.corpora import Corpus
    from pages.cached.loaded import Embedder


def embeddings(embedder: Embedder, texts: tuple[str, ...]) -> np.ndarray:
    """Embeddings of a few texts, (n, d) float32."""
    return _embeddings(embedder.key, texts, embedder)


@st.cache_resource(max_entries=128, show_spinner=False)
def _embeddings(key: tuple, texts: tuple[str, ...], _embedder: Embedder) -> np.ndarray:
    array = _embedder.backbone.embed(texts, _embedder.prompt, layer=_embedder.layer)
    array.setflags(write=False)
    return array


def corpus_embeddings(embedder: Embedder, corpus: Corpus) -> np.ndarray | None:
    """Embeddings of a corpus, (n, d), where all of it is on disk, else None; absence is not remembered."""
    given = (embedder.key, corpus.id, embedder, corpus)
    found = _corpus_embeddings(*given)
    if found is None:
        _corpus_embeddings.clear(*given)
    return found


@st.cache_resource(max_entries=8, show_spinner=False)
def _corpus_embeddings(key: tuple, corpus_id: str, _embedder: Embedder, _corpus: Corpus) -> np.ndarray | None:
    from embfilter_core.embeddings.corpus_embeddings import stored_embeddings

    return stored_embeddings(_embedder.backbone, _corpus, _embedder.prompt, _embedder.layer)


def corpus_mean(embedder: Embedder, corpus: Corpus) -> np.ndarray | None:
    """Mean embedding of a corpus, (d,), where it was embedded, else None."""
    embedded = corpus_embeddings(embedder, corpus)
    return None if embedded is None else embedded.mean(axis=0)


def corpus_coefficients(embedder: Embedder, corpus: Corpus, centre: np.ndarray | None) -> np.ndarray | None:
    """Coefficients of an embedded corpus in the singular directions, (n, d) float64; None where it was not embedded.

    Args:
        embedder: What embeds.
        corpus: The corpus.
        centre: (d,) mean of the reference corpus to subtract first, or None; there is one for an embedder.
    """
    if corpus_embeddings(embedder, corpus) is None:
        return None
    return _corpus_coefficients(embedder.key, corpus.id, centre is not None, embedder, corpus, centre)


@st.cache_resource(max_entries=8, show_spinner=False)
def _corpus_coefficients(
    key: tuple, corpus_id: str, centred: bool, _embedder: Embedder, _corpus: Corpus, _centre: np.ndarray | None
) -> np.ndarray:
    embedded = corpus_embeddings(_embedder, _corpus)
    coefficients = _embedder.backbone.spectrum.coefficients(embedded if _centre is None else embedded - _centre)
    coefficients.setflags(write=False)
    return coefficients
