"""Every pair of the nearest texts, before and after the filter, and two of them in detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from embfilter_core.figures.ranking import shared_scale, similarity_matrix
from embfilter_core.ranking.cosines import pair_cosines
from embfilter_core.spectral.selection import KeptDirections
from pages.frame.page_controls import PAIRS, PAIRS_OPEN
from pages.similarity import cached
from pages.widgets.chart import PLOT

if TYPE_CHECKING:
    from pages.similarity.query import RankedCorpus

SHOWN_CHARACTERS = 70


@st.fragment
def draw(ranked: RankedCorpus) -> None:
    """Draw the matrices and the two texts that are chosen, once opened: they would be drawn anew for every band."""
    block = PAIRS_OPEN.draw_block()
    if block.open:
        with block:
            _pairs(ranked)


def _pairs(ranked: RankedCorpus) -> None:
    if len(ranked.corpus) < 2:
        st.caption("A corpus of one text has no pair.")
        return
    near = ranked.ranking.order[: PAIRS.draw()]
    coefficients = cached.corpus_energies(ranked.loaded, ranked.corpus).coefficients[near]
    everything = KeptDirections.unfiltered(ranked.loaded.backbone.d)
    matrices = [pair_cosines(coefficients, kept) for kept in (everything, ranked.loaded.kept)]
    texts = [ranked.corpus.texts[i] for i in near]
    scale = shared_scale(matrices)
    for column, matrix, name in zip(st.columns(2), matrices, ("All directions", "Kept directions"), strict=True):
        with column:
            off_diagonal = matrix[~np.eye(len(near), dtype=bool)].mean()
            st.markdown(f"**{name}**, mean cosine {off_diagonal:.3f}")
            st.plotly_chart(
                similarity_matrix(matrix, texts, scale),
                key=f"matrix_{name[:3].lower()}",
                config=PLOT,
                alt=f"Cosines of {len(near)} texts with each other, {name.lower()}",
            )
    _two_texts(ranked, near, matrices)


def _two_texts(ranked: RankedCorpus, near: np.ndarray, matrices: list[np.ndarray]) -> None:
    def written(place: int) -> str:
        return f"{place + 1}: {' '.join(ranked.corpus.texts[near[place]].split())[:SHOWN_CHARACTERS]}"

    places = range(len(near))
    columns = st.columns(2)
    one = columns[0].selectbox("One text", places, format_func=written, key="pair_one")
    other = columns[1].selectbox("Another", places, index=1, format_func=written, key="pair_other")
    if one == other:
        st.caption("Choose two different texts.")
        return
    before, after = (matrix[one, other] for matrix in matrices)
    pair = int(near[one]), int(near[other])
    flips = cached.pair_flips(ranked.loaded, ranked.corpus, ranked.text, ranked.query, pair, ranked.sweep.family)
    columns = st.columns(3)
    columns[0].metric("Cosine of the pair", f"{before:.4f} → {after:.4f}", help="By all and by the kept directions.")
    ranking = ranked.ranking
    for column, place in zip(columns[1:], (one, other), strict=True):
        i = near[place]
        column.metric(
            f"Rank of text {place + 1}",
            f"{ranking.ranks_unfiltered[i]:,} → {ranking.ranks_filtered[i]:,}",
            help=f"Cosine to the query {ranking.cosines_unfiltered[i]:.4f} → {ranking.cosines_filtered[i]:.4f}.",
        )
    family = ranked.sweep.family
    if len(flips):
        st.write(f"As neighbours of the query they change places where the {family} keeps k = {_listed(flips)}.")
    else:
        st.write(f"As neighbours of the query they keep their order for every k of the {family}.")


def _listed(ks: np.ndarray, most: int = 30) -> str:
    shown = ", ".join(map(str, ks[:most].tolist()))
    return shown if len(ks) <= most else f"{shown} and {len(ks) - most} more"
