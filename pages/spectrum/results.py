"""The blocks of the Spectrum page below the brush: three curves, the ends of a direction, shape and distances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.spectral.embed_filter import EmbedFilter
from embfilter_core.spectral.geometry import SHAPE_MEASURES, describe_distances, measure_shape, pair_distances
from pages.cached.loaded import LoadedView
from pages.frame.explained import explained, words
from pages.frame.load import embed as embed_texts
from pages.frame.visit.texts import SECOND_TEXT, TEXTS
from pages.spectrum import cached
from pages.spectrum.spectroscopy import draw_spectroscopy
from pages.widgets import embedding_offer

if TYPE_CHECKING:
    import numpy as np


def draw(loaded: LoadedView, embedding: np.ndarray) -> None:
    """Draw the blocks below the brush, for a text's embedding (d,)."""
    draw_spectroscopy(loaded, embedding)
    _shape(loaded)
    _distances(loaded, embedding)


def _shape(loaded: LoadedView) -> None:
    with st.container(border=True):
        st.header("Does the filter spread the embeddings?", anchor=False)
        corpus = loaded.corpus_coefficients
        if corpus is None:
            embedding_offer.offer(
                loaded.embedder, loaded.corpus, "To measure the shape of a corpus,", "spectrum_corpus"
            )
            return
        unfiltered = cached.corpus_shape(loaded.embedder, loaded.corpus, loaded.centre)
        filtered = measure_shape(corpus[:, loaded.kept.indices])
        centred = "" if loaded.centre is None else ", centred"
        explained(f"The {len(loaded.corpus)} reference documents{centred}, unfiltered → filtered.", "shape", small=True)
        for column, (field, measure) in zip(st.columns(3), SHAPE_MEASURES.items(), strict=True):
            values = measure.compare(getattr(unfiltered, field), getattr(filtered, field))
            column.metric(measure.name, values, help=measure.explanation)
        words("measures", "anisotropy", "effective rank", "uniformity")


def _distances(loaded: LoadedView, embedding: np.ndarray) -> None:
    with st.container(border=True):
        st.header("What happens to a distance?", anchor=False)
        st.session_state.setdefault(SECOND_TEXT, TEXTS[SECOND_TEXT].usual())
        longest = TEXTS[SECOND_TEXT].longest
        other = st.text_input("Second text", key=SECOND_TEXT, persist_state="session", max_chars=longest)
        if not other.strip():
            st.caption("Type a second text to compare with.")
            return
        pair = embedding, embed_texts(loaded, (other,))[0]
        distances = pair_distances(EmbedFilter(loaded.backbone.spectrum, loaded.kept), *pair)
        columns = st.columns(3)
        columns[0].metric("Unfiltered", f"{distances.unfiltered:.3f}", help="Between the two embeddings as they are.")
        columns[1].metric("Projected", f"{distances.projected:.3f}", help="Between h V_K V_Kᵀ of both, d numbers each.")
        columns[2].metric("Reduced", f"{distances.reduced:.3f}", help="Between h V_K of both, k numbers each.")
        explained(describe_distances(loaded.backbone.d - len(loaded.kept)), "distances", small=True)
        words("forms", "projected", "reduced")
