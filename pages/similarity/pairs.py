"""Every pair of the nearest texts, unfiltered and filtered, and two of them in detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.figures.ranking import shared_scale, similarity_matrix
from embfilter_core.number_format import COSINE, format_change
from embfilter_core.ranking.cosines import mean_pair_cosine, pair_cosines
from embfilter_core.ranking.flips import describe_flips
from embfilter_core.spectral.selection import KeptDirections
from pages.frame.page_controls import PAIRS, PAIRS_OPEN
from pages.similarity import cached
from pages.widgets.chart import PLOT

if TYPE_CHECKING:
    import numpy as np

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
    selections = KeptDirections.unfiltered(ranked.loaded.backbone.d), ranked.loaded.kept
    matrices = [pair_cosines(coefficients, kept) for kept in selections]
    texts = [ranked.corpus.texts[i] for i in near]
    scale = shared_scale(matrices)
    for column, matrix, name in zip(st.columns(2), matrices, ("Unfiltered", "Filtered"), strict=True):
        with column:
            st.markdown(f"**{name}**, mean cosine {mean_pair_cosine(matrix):{COSINE}}")
            st.plotly_chart(
                similarity_matrix(matrix, texts, scale),
                key=f"matrix_{name.lower()}",
                config=PLOT,
                alt=f"Cosines of {len(near)} texts with each other, {name.lower()}",
            )
    _two_texts(ranked, near, matrices)


def _two_texts(ranked: RankedCorpus, near: np.ndarray, matrices: list[np.ndarray]) -> None:
    def shown(place: int) -> str:
        return f"{place + 1}: {' '.join(ranked.corpus.texts[near[place]].split())[:SHOWN_CHARACTERS]}"

    places = range(len(near))
    columns = st.columns(2)
    one = columns[0].selectbox("One text", places, format_func=shown, key="pair_one")
    other = columns[1].selectbox("Another", places, index=1, format_func=shown, key="pair_other")
    if one == other:
        st.caption("Choose two different texts.")
        return
    unfiltered, filtered = (matrix[one, other] for matrix in matrices)
    pair = int(near[one]), int(near[other])
    flips = cached.pair_flips(ranked.loaded, ranked.corpus, ranked.query, pair, ranked.sweep.family)
    cosine, *rank_of = st.columns(3)
    cosine.metric("Cosine of the pair", format_change(unfiltered, filtered, COSINE), help="Unfiltered and filtered.")
    ranking = ranked.ranking
    for column, place in zip(rank_of, (one, other), strict=True):
        i = near[place]
        to_query = ranking.cosines_unfiltered[i], ranking.cosines_filtered[i]
        column.metric(
            f"Rank of text {place + 1}",
            f"{ranking.ranks_unfiltered[i]:,} → {ranking.ranks_filtered[i]:,}",
            help=f"Cosine to the query {format_change(*to_query, COSINE)}.",
        )
    st.write(describe_flips(flips, ranked.sweep.family))
