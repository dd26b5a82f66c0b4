"""The results of the Logit lens page: one fragment, so that its own controls redraw nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from embfilter_core.lens.comparison import compare_logits
from embfilter_core.spectral.embed_filter import EmbedFilter
from embfilter_core.tables.lens import LISTS, difference_table, lens_table
from embfilter_core.tables.lens_summary import summary_table
from embfilter_core.vocabulary.logit_lens import lens_logits
from pages.cached import backbones
from pages.cached.loaded import LoadedView
from pages.frame.page_controls import COMPARE, KNOWN_WORDS, TOP
from pages.frame.state import value_of
from pages.widgets import embedding_offer, token_lists
from pages.widgets.download import table_button

if TYPE_CHECKING:
    import numpy as np

TOKEN_COLUMNS = {
    "text": st.column_config.NumberColumn("Text", width=50),
    "list": st.column_config.TextColumn("List", width=90),
    "rank": st.column_config.NumberColumn("Rank", width=50),
    "token": st.column_config.TextColumn("Token", width=130),
    "token_id": st.column_config.NumberColumn("Id", format="%d", width=70),
    "logit": st.column_config.NumberColumn("Logit", format="%.3f"),
    "other_rank": st.column_config.NumberColumn("Other rank", help="Rank in the other list, whole vocabulary"),
    "other_logit": st.column_config.NumberColumn("Other logit", format="%.3f"),
    "change": st.column_config.NumberColumn("Places gained", help="From the first list to the second"),
    "status": st.column_config.TextColumn("Status", help="Entered, left or stayed in the list"),
    "zipf": token_lists.ZIPF_COLUMN,
    "difference": st.column_config.NumberColumn("Logit change", format="%.3f", help="Against the mean logit"),
    "rank_unfiltered": st.column_config.NumberColumn("Rank unfiltered"),
    "rank_filtered": st.column_config.NumberColumn("Rank filtered"),
}


@dataclass(frozen=True)
class LensPair:
    """Two readings of the same texts to compare.

    Attributes:
        names: What each is called in tables and sentences.
        titles: What each is called above its list.
        first: Lens logits of the first, (n, |V|).
        second: Lens logits of the second, (n, |V|).
    """

    names: tuple[str, str]
    titles: tuple[str, str]
    first: np.ndarray
    second: np.ndarray


def draw(loaded: LoadedView, texts: tuple[str, ...], embeddings: np.ndarray, wants_centre: bool) -> None:
    """Draw the controls of the page and the comparison that they ask for."""
    if loaded.mean is None and (wants_centre or value_of(COMPARE) == "centring"):
        # Outside of the fragment, where a click can cancel what is running.
        embedding_offer.offer(loaded.embedder, loaded.corpus, "To centre,", "lens_corpus")
    _compare(loaded, texts, embeddings)


@st.fragment
def _compare(loaded: LoadedView, texts: tuple[str, ...], embeddings: np.ndarray) -> None:
    view, top, words_only = _controls()
    if loaded.mean is None and st.session_state.pop("view_changed", False):
        st.rerun()  # the offer stands above this fragment
    if loaded.mean is None and view == "centring":
        return
    pair = _read(loaded, embeddings, view)
    allowed = backbones.vocabulary_zipf(loaded.backbone) > 0 if words_only else None
    written = loaded.backbone.token_texts
    tokens = lens_table(compare_logits(pair.first, pair.second, written, top, allowed), written, pair.names)
    shown = 1 if len(texts) == 1 else _summary(tokens, texts, pair.names)
    mine = tokens[tokens["text"] == shown]
    with st.container(border=True):
        st.header(f"Text {shown}" if len(texts) > 1 else "Tokens", anchor=False)
        token_lists.frequency_numbers(mine)
        error = backbones.head_error(loaded.backbone, texts[shown - 1], loaded.prompt)
        reading = replace(loaded.reading, centred=False) if view == "centring" else loaded.reading
        token_lists.exactness_badge(reading, error, loaded.backbone.dtype, pair.names)
        if view == "difference":
            table = difference_table(pair.first, pair.second, written, top, allowed)
            _difference(table[table["text"] == shown])
        else:
            table = tokens
            token_lists.two_token_lists(mine, pair.titles, "lens")
    _table_and_download(table, len(texts))


def _controls() -> tuple[str, int, bool]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        return COMPARE.draw(on_change=_note_change), TOP.draw(), KNOWN_WORDS.draw()


def _note_change() -> None:
    st.session_state["view_changed"] = True


def _read(loaded: LoadedView, embeddings: np.ndarray, view: str) -> LensPair:
    """Read the embeddings in both ways that the view compares."""
    if view == "centring":
        names, also = ("not centred", "centred"), ", unfiltered"
        states = embeddings, embeddings - loaded.mean
    else:
        names, also = LISTS, "" if loaded.centre is None else ", centred"
        unfiltered = loaded.centred(embeddings)
        states = unfiltered, EmbedFilter(loaded.backbone.spectrum, loaded.kept).project(unfiltered)
    first, second = (lens_logits(loaded.backbone.architecture.head, state) for state in states)
    return LensPair(names, (names[0].capitalize() + also, names[1].capitalize() + also), first, second)


def _summary(tokens: pd.DataFrame, texts: tuple[str, ...], names: tuple[str, str]) -> int:
    """All texts in one table, and the choice of the one that is shown in detail; returns its number."""
    columns = {
        "number": st.column_config.NumberColumn("No.", width=50),
        "text": st.column_config.TextColumn("Text", width="medium"),
        "zipf_first": st.column_config.NumberColumn(f"Mean Zipf {names[0]}", format="%.2f"),
        "zipf_second": st.column_config.NumberColumn(names[1], format="%.2f"),
        "frequent_first": st.column_config.NumberColumn(f"Frequent {names[0]}", format="percent"),
        "frequent_second": st.column_config.NumberColumn(names[1], format="percent"),
        "entered": st.column_config.NumberColumn("Entered", help="Tokens of the second list that are not in the first"),
    }
    st.dataframe(summary_table(tokens, texts), hide_index=True, column_config=columns)

    def name(number: int) -> str:
        return f"{number}: {texts[number - 1][:60]}"

    return st.selectbox("Text shown in detail", range(1, len(texts) + 1), format_func=name)


def _difference(changes: pd.DataFrame) -> None:
    st.caption(
        "Tokens whose logit changed most by the filter, against the mean logit: what the removed directions had "
        "been holding down (left) and pushing up (right). Numbers tell the rank unfiltered and filtered."
    )
    token_lists.two_difference_lists(changes, ("Rose most", "Fell most"), "lens_difference")


def _table_and_download(table: pd.DataFrame, texts: int) -> None:
    with st.expander("All numbers"):
        shown = table if texts > 1 else table.drop(columns="text")
        st.dataframe(shown, hide_index=True, column_config=TOKEN_COLUMNS)
        table_button(
            "Download as CSV",
            lambda: table,
            "logit-lens.csv",
            "The same rows and numbers as this table, of all texts. A cell that a spreadsheet would run as a formula "
            "gets an apostrophe in front.",
        )
