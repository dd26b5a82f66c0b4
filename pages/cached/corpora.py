"""Embeddings: of a few texts, of whole corpora, and their coefficients in the singular directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.cached.keys import KEYS, is_there, read_only

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.data.corpora import Corpus
    from pages.cached.loaded import Embedder


@st.cache_resource(hash_funcs=KEYS, max_entries=128, show_spinner=False)
def embeddings(embedder: Embedder, texts: tuple[str, ...]) -> np.ndarray:
    """Return the embeddings of a few texts, (n, d) float32."""
    return read_only(embedder.backbone.embed(texts, embedder.prompt, layer=embedder.layer))


@st.cache_resource(hash_funcs=KEYS, max_entries=8, show_spinner=False, validate=is_there)
def corpus_embeddings(embedder: Embedder, corpus: Corpus) -> np.ndarray | None:
    """Return the embeddings of a corpus, (n, d), where all of it is on disk, else None."""
    from embfilter_core.embeddings.corpus_embeddings import stored_embeddings

    return stored_embeddings(embedder.backbone, corpus, embedder.prompt, embedder.layer)


def corpus_mean(embedder: Embedder, corpus: Corpus) -> np.ndarray | None:
    """Return the mean embedding of a corpus, (d,), where it was embedded, else None."""
    embedded = corpus_embeddings(embedder, corpus)
    return None if embedded is None else embedded.mean(axis=0)


@st.cache_resource(hash_funcs=KEYS, max_entries=8, show_spinner=False, validate=is_there)
def corpus_coefficients(embedder: Embedder, corpus: Corpus, centre: np.ndarray | None) -> np.ndarray | None:
    """Return the coefficients of a corpus in the singular directions, (n, d) float64; None where it was not embedded.

    Args:
        embedder: What embeds.
        corpus: The corpus.
        centre: (d,) mean of the reference corpus to subtract first, or None.
    """
    embedded = corpus_embeddings(embedder, corpus)
    if embedded is None:
        return None
    return read_only(embedder.backbone.spectrum.coefficients(embedded if centre is None else embedded - centre))
