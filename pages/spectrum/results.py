"""The blocks of the Spectrum page below the brush: three curves, the ends of a direction, shape and distances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.spectral.embed_filter import EmbedFilter
from embfilter_core.spectral.geometry import measure_shape, pair_distances
from pages.cached.loaded import LoadedView
from pages.frame.load import embed as embed_texts
from pages.spectrum import cached
from pages.spectrum.spectroscopy import draw_spectroscopy
from pages.widgets import embedding_offer

if TYPE_CHECKING:
    import numpy as np


SECOND_TEXT = "Interest rates were cut to support the economy."


def draw(loaded: LoadedView, embedding: np.ndarray) -> None:
    """Draw the blocks below the brush, for a text's embedding (d,)."""
    draw_spectroscopy(loaded, embedding)
    _shape(loaded)
    _distances(loaded, embedding)


def _shape(loaded: LoadedView) -> None:
    with st.container(border=True):
        st.subheader("Does the filter spread the embeddings?", anchor=False)
        corpus = loaded.corpus_coefficients
        if corpus is None:
            embedding_offer.offer(
                loaded.embedder, loaded.corpus, "To measure the shape of a corpus,", "spectrum_corpus"
            )
            return
        before, after = cached.corpus_shape(loaded), measure_shape(corpus[:, loaded.kept.indices])
        centred = "" if loaded.centre is None else ", centred"
        st.caption(f"The {len(loaded.corpus)} reference documents{centred}, before → after the filter.")
        columns = st.columns(3)
        columns[0].metric(
            "Anisotropy",
            f"{before.anisotropy:.3f} → {after.anisotropy:.3f}",
            help="Mean cosine over all pairs: 0 where directions are spread evenly, 1 where all are the same.",
        )
        columns[1].metric(
            "Effective rank",
            f"{before.effective_rank:.1f} → {after.effective_rank:.1f}",
            help="exp of the entropy of the singular values of the embeddings: how many directions are really used.",
        )
        columns[2].metric(
            "Uniformity",
            f"{before.uniformity:.2f} → {after.uniformity:.2f}",
            help="log of the mean of exp(-2 |x - y|²) over pairs of unit vectors: lower is more even.",
        )


def _distances(loaded: LoadedView, embedding: np.ndarray) -> None:
    with st.container(border=True):
        st.subheader("What happens to a distance?", anchor=False)
        other = st.text_input("Second text", SECOND_TEXT, key="second_text", persist_state="session", max_chars=2000)
        if not other.strip():
            st.caption("Type a second text to compare with.")
            return
        pair = embedding, embed_texts(loaded, (other,))[0]
        distances = pair_distances(EmbedFilter(loaded.backbone.spectrum, loaded.kept), *pair)
        columns = st.columns(3)
        columns[0].metric("Original", f"{distances.unfiltered:.3f}", help="Between the two embeddings, unfiltered.")
        columns[1].metric("Projected", f"{distances.projected:.3f}", help="Between h V_K V_Kᵀ of both, d numbers each.")
        columns[2].metric("Reduced", f"{distances.reduced:.3f}", help="Between h V_K of both, k numbers each.")
        st.caption(
            "Reducing loses nothing against projecting: the last two are equal. The original also holds what lies in "
            f"the {loaded.backbone.d - len(loaded.kept)} removed directions."
        )
