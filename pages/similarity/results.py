"""The Similarity page below its query and its corpus: the nearest texts, and how they move over k."""

from __future__ import annotations

import streamlit as st

from embfilter_core.figures.ranking import DEEPEST, DRAWN
from embfilter_core.ranking.search import k_in_family
from embfilter_core.tables.rankings import format_flips
from pages.band_brush import ranking_brush
from pages.band_brush.payload import RANKED, RankedText, TextFacts
from pages.similarity import cached, pairs, whole_ranking
from pages.similarity.index_cost import index_cost
from pages.similarity.query import RankedCorpus, choose_query
from pages.widgets.chart import PLOT


def draw(ranked: RankedCorpus) -> None:
    """Draw the blocks."""
    with st.container(border=True):
        _nearest(ranked)
    with st.container(border=True):
        _over_k(ranked)
    pairs.draw(ranked)
    whole_ranking.draw(ranked)
    with st.container(border=True):
        index_cost(ranked.loaded.kept)


def _nearest(ranked: RankedCorpus) -> None:
    first = ranked.corpus.texts[ranked.sweep.leaders[0]]
    st.subheader("Who is near?", anchor=False)
    st.caption(
        f"The {min(RANKED, len(ranked.corpus))} nearest of {len(ranked.corpus):,} texts by the kept directions; "
        "*Unfiltered* is by all directions. Drag the band: the table follows while you do. Click a text to make it the "
        f"query. *Flips at k*: how many directions of the {ranked.sweep.family} are kept where a text changes places "
        "with the one that is nearest unfiltered. ≈ marks a near-tie.",
        help=f"Nearest unfiltered: {' '.join(first[:200].split())}",
    )
    ranking, rows = ranked.ranking, []
    for i in ranking.order[: RANKED + 1].tolist():
        facts = TextFacts(
            i,
            int(ranking.ranks_unfiltered[i]),
            float(ranking.cosines_unfiltered[i]),
            format_flips(ranked.sweep.flips[i]),
        )
        rows.append(RankedText(ranked.corpus.texts[i], float(ranking.cosines_filtered[i]), facts))
    constant = cached.ranking_brush_data(ranked.loaded, ranked.corpus, ranked.query, ranked.sweep.family)
    ranking_brush(
        constant, ranked.loaded.kept, rows, lambda position: choose_query(ranked.corpus, position), "brush_rank"
    )


def _over_k(ranked: RankedCorpus) -> None:
    sweep = ranked.sweep
    st.subheader("How do the first places change over k?", anchor=False)
    st.caption(
        f"The {len(sweep.leaders)} texts nearest unfiltered, followed while fewer and fewer directions of the "
        f"{sweep.family} are kept, from left to right; the first five in colour. Ranks are those in the whole corpus; "
        f"from {DEEPEST} on they share the last line. About {DRAWN} steps of k are drawn: the exact k of "
        "every flip with the nearest text stand in the table above."
    )
    marked = k_in_family(ranked.loaded.kept, sweep.family)
    figure = cached.bump_figure(ranked.loaded, ranked.corpus, ranked.query, sweep.family, marked)
    alt = f"Ranks of {len(sweep.leaders)} texts over the number of kept directions"
    st.plotly_chart(figure, key="bump", config=PLOT, alt=alt)
