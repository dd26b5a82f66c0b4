"""The Similarity page below its query and its corpus: the nearest texts, and how they move over k."""

from __future__ import annotations

import streamlit as st

from embfilter_core.data.folding import describe_folding
from embfilter_core.figures.ranking import DEEPEST, DRAWN
from embfilter_core.instrument.lengths import RANKED
from embfilter_core.instrument.ranking import ranked_data
from embfilter_core.ranking.search import k_in_family
from pages.frame.explained import explained
from pages.instrument import block
from pages.similarity import cached, pairs, whole_ranking
from pages.similarity.index_cost import index_cost
from pages.similarity.query import RankedCorpus, choose_query
from pages.widgets.chart import PLOT


def draw(ranked: RankedCorpus) -> None:
    """Draw the ranking on the instrument, and the blocks below it."""
    _nearest(ranked)
    with st.container(border=True):
        _over_k(ranked)
    pairs.draw(ranked)
    whole_ranking.draw(ranked)
    with st.container(border=True):
        index_cost(ranked.loaded.kept)


def _nearest(ranked: RankedCorpus) -> None:
    loaded, corpus = ranked.loaded, ranked.corpus
    first = corpus.texts[ranked.sweep.leaders[0]]
    block.draw_ranking(
        loaded,
        cached.instrument_data(loaded, ranked.folded, ranked.query, ranked.sweep.family),
        ranked_data(ranked.folded, ranked.ranking, ranked.sweep),
        lambda position: choose_query(corpus, position),
    )
    explained(
        f"The {min(RANKED, len(corpus))} nearest of {len(corpus):,} texts. Click one to make it the query. Flips at k: "
        f"how many directions of the {ranked.sweep.family} are kept where a text changes places with the one that is "
        f"nearest unfiltered. ≈ marks a near-tie. {describe_folding(ranked.folded)}".rstrip(),
        "nearest",
        small=True,
        about=f"Nearest unfiltered: {' '.join(first[:200].split())}",
    )


def _over_k(ranked: RankedCorpus) -> None:
    sweep = ranked.sweep
    st.header("How do the first places change over k?", anchor=False)
    explained(
        f"The {len(sweep.leaders)} texts nearest unfiltered, followed while fewer and fewer directions of the "
        f"{sweep.family} are kept, from left to right; the first five in colour. Ranks are those in the whole corpus; "
        f"from {DEEPEST} on they share the last line. About {DRAWN} steps of k are drawn: the exact k of "
        "every flip with the nearest text stand in the table above.",
        "over_k",
        small=True,
    )
    marked = k_in_family(ranked.loaded.kept, sweep.family)
    figure = cached.bump_figure(ranked.loaded, ranked.corpus, ranked.query, sweep.family, marked)
    alt = f"Ranks of {len(sweep.leaders)} texts over the number of kept directions"
    st.plotly_chart(figure, key="bump", config=PLOT, alt=alt)
