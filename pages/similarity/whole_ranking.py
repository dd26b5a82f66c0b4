"""The whole ranking with baselines beside it, its downloads, and what an index costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import EmbFilterError
from embfilter_core.ranking.search import containing
from embfilter_core.spectral.baselines.registry import BASELINES
from embfilter_core.tables.rankings import ranking_table
from pages.frame import messages
from pages.frame.page_controls import COMPARED, RANKING_OPEN
from pages.similarity import cached
from pages.similarity.query import choose_query
from pages.widgets.download import table_button

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from pages.similarity.query import RankedCorpus

MOST_SHOWN = 500
COLUMNS = {
    "rank_unfiltered": st.column_config.NumberColumn("Rank unfiltered", width=110, help="By all directions"),
    "rank_filtered": st.column_config.NumberColumn("filtered", width=70, help="By the kept directions"),
    "change": st.column_config.NumberColumn("Gained", format="%+d", width=70),
    "text": st.column_config.TextColumn("Text", width=300),
    "cosine_unfiltered": st.column_config.NumberColumn("Cosine unfiltered", format="%.3f", width=125),
    "cosine_filtered": st.column_config.NumberColumn("filtered", format="%.3f", width=75),
    "near_tie": st.column_config.CheckboxColumn("Near-tie", width=60, help="Less than 0.0001 from a neighbour"),
    "flips": st.column_config.TextColumn("Flips at k", help="With the text that is nearest unfiltered"),
    "position": st.column_config.NumberColumn("No.", width=50, help="Place in the corpus"),
    "id": st.column_config.TextColumn("Id", width=90, help="As the file has it"),
    "row": st.column_config.NumberColumn("Row", format="%d", width=60, help="Of the file, from 1"),
    "copies": st.column_config.NumberColumn("Copies", width=65, help="How often the text is in the corpus"),
    "other_positions": None,  # for the downloads
    "other_ids": None,
}


@st.fragment
def draw(ranked: RankedCorpus) -> None:
    """Draw the search in the corpus, the table, its baselines and its downloads, once the block is opened."""
    block = RANKING_OPEN.draw_block()
    if block.open:
        with block:
            _ranking(ranked)


def _ranking(ranked: RankedCorpus) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        wanted = st.text_input("Find in the corpus", key="find", persist_state="session", max_chars=200, width=300)
        chosen = COMPARED.draw()
    baselines, texts = _baselines(ranked, chosen), ranked.corpus.texts

    def table(order: np.ndarray | None = None) -> pd.DataFrame:
        return ranking_table(ranked.ranking, ranked.folded, ranked.sweep.flips, baselines, order)

    listed = containing(texts, ranked.ranking.order, wanted)
    _caption(len(listed), len(texts), wanted)
    _rows(ranked, table(listed[:MOST_SHOWN]))
    with st.container(horizontal=True):
        for kind in ("csv", "jsonl"):
            table_button(f"Download all {len(texts):,} rows as {kind.upper()}", table, f"ranking.{kind}")


def _caption(listed: int, texts: int, wanted: str) -> None:
    found = f"{listed:,} of {texts:,} texts contain it. " if wanted else ""
    shown = f"The first {MOST_SHOWN} are listed. " if listed > MOST_SHOWN else ""
    st.caption(f"{found}{shown}Tick a row to make its text the query.")


def _rows(ranked: RankedCorpus, shown: pd.DataFrame) -> None:
    def choose() -> None:
        rows = st.session_state["ranking_rows"].selection.rows
        if rows and rows[0] < len(shown):
            choose_query(ranked.folded.whole, int(shown["position"].iloc[rows[0]]) - 1)
            st.session_state["take_query"] = True

    st.dataframe(
        shown,
        hide_index=True,
        column_config=COLUMNS | _baseline_columns(shown),
        key="ranking_rows",
        on_select=choose,
        selection_mode="single-row",
    )
    if st.session_state.pop("take_query", False):
        st.rerun()  # all of the page, not this block alone


def _baseline_columns(shown: pd.DataFrame) -> dict:
    made = {}
    for column in shown.columns.difference(list(COLUMNS), sort=False):
        name, _, kind = column.rpartition("_")
        made[column] = st.column_config.NumberColumn(
            f"{BASELINES[name].name}: {kind}", format="%d" if kind == "rank" else "%.3f"
        )
    return made


def _baselines(ranked: RankedCorpus, chosen: list[str]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    loaded, made = ranked.loaded, {}
    reference = None if loaded.mean is None else loaded.corpus
    for name in chosen:
        try:
            made[name] = cached.baseline_ranking(
                loaded, ranked.corpus, reference, ranked.embedding, name, len(loaded.kept)
            )
        except EmbFilterError as problem:
            messages.note(f"{BASELINES[name].name} is left out: {problem}")
    return made
