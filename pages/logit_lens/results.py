"""The results of the Logit lens page: one fragment, so that its own controls redraw nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from embfilter_core.lens.comparison import compare_logits
from embfilter_core.spectral.embed_filter import EmbedFilter
from embfilter_core.tables.lens import difference_table, lens_table, summary_table
from embfilter_core.vocabulary.logit_lens import lens_logits
from pages.cached import backbones
from pages.cached.loaded import LoadedView
from pages.frame.controls import CONTROLS, VIEWS
from pages.frame.state import value_of
from pages.widgets import embedding_offer, token_lists
from pages.widgets.download import table_button

if TYPE_CHECKING:
    import numpy as np

TOKEN_COLUMNS = {
    "text": st.column_config.NumberColumn("Text", width=50),
    "list": st.column_config.TextColumn("List", width=70),
    "rank": st.column_config.NumberColumn("Rank", width=50),
    "token": st.column_config.TextColumn("Token", width=130),
    "token_id": st.column_config.NumberColumn("Id", format="%d", width=70),
    "logit": st.column_config.NumberColumn("Logit", format="%.3f"),
    "other_rank": st.column_config.NumberColumn("Other rank", help="Rank in the other list, whole vocabulary"),
    "other_logit": st.column_config.NumberColumn("Other logit", format="%.3f"),
    "change": st.column_config.NumberColumn("Places gained", help="From the first list to the second"),
    "status": st.column_config.TextColumn("Status", help="Entered, left or stayed in the list"),
    "zipf": st.column_config.NumberColumn("Zipf", format="%.2f", help="0: no known word; empty: not alphabetic"),
    "difference": st.column_config.NumberColumn("Logit change", format="%.3f", help="Against the average token"),
    "rank_before": st.column_config.NumberColumn("Rank before"),
    "rank_after": st.column_config.NumberColumn("Rank after"),
}
SUMMARY_COLUMNS = {
    "number": st.column_config.NumberColumn("No.", width=50),
    "text": st.column_config.TextColumn("Text", width="medium"),
    "zipf_before": st.column_config.NumberColumn("Mean Zipf before", format="%.2f"),
    "zipf_after": st.column_config.NumberColumn("after", format="%.2f"),
    "frequent_before": st.column_config.NumberColumn("Frequent before", format="percent"),
    "frequent_after": st.column_config.NumberColumn("after", format="percent"),
    "entered": st.column_config.NumberColumn("Entered", help="Tokens of the second list that are not in the first"),
}


@dataclass(frozen=True)
class LensPair:
    """Two readings of the same texts to compare.

    Attributes:
        titles: What each is called.
        words: What each is called inside a sentence.
        before: Lens logits of the first, (n, |V|).
        after: Lens logits of the second, (n, |V|).
    """

    titles: tuple[str, str]
    words: tuple[str, str]
    before: np.ndarray
    after: np.ndarray


def draw(loaded: LoadedView, texts: tuple[str, ...], embeddings: np.ndarray, wants_centre: bool) -> None:
    """Draw the controls of the page and the comparison that they ask for."""
    if loaded.mean is None and (wants_centre or value_of("view") == "centring"):
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
    tokens = lens_table(
        compare_logits(loaded.backbone, pair.before, pair.after, top, allowed), loaded.backbone.token_texts
    )
    shown = 1 if len(texts) == 1 else _summary(tokens, texts)
    mine = tokens[tokens["text"] == shown]
    with st.container(border=True):
        st.subheader(f"Text {shown}" if len(texts) > 1 else "Tokens", anchor=False)
        token_lists.frequency_numbers(mine, pair.words)
        token_lists.exactness_badge(
            backbones.head_error(loaded.backbone, texts[shown - 1], loaded.prompt), loaded.backbone.dtype
        )
        if view == "difference":
            table = difference_table(loaded.backbone, pair.before, pair.after, top, allowed)
            _difference(table[table["text"] == shown])
        else:
            table = tokens
            token_lists.two_token_lists(mine, pair.titles, "lens")
    _table_and_download(table, len(texts))


def _controls() -> tuple[str, int, bool]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        view = st.segmented_control(
            "Compare",
            list(VIEWS),
            default="filter",
            required=True,
            key="view",
            bind="query-params",
            on_change=_note_change,
            help="  \n".join(f"**{name}**: {meaning}" for name, meaning in VIEWS.items()),
        )
        top = st.slider(
            "Tokens in each list", 5, 50, CONTROLS["top"].default, key="top", bind="query-params", width=220
        )
        words_only = st.toggle(
            "Only known words",
            key="words",
            bind="query-params",
            help="Lists only tokens that are English words known to wordfreq. Ranks stay those among the whole "
            "vocabulary.",
        )
    return view, top, words_only


def _note_change() -> None:
    st.session_state["view_changed"] = True


def _read(loaded: LoadedView, embeddings: np.ndarray, view: str) -> LensPair:
    if view == "centring":
        titles = ("As it is, no filter", "Centred, no filter")
        return LensPair(titles, ("as it is", "centred"), *_logits(loaded, embeddings, embeddings - loaded.mean))
    base = loaded.centred(embeddings)
    filtered = EmbedFilter(loaded.backbone.spectrum, loaded.kept).project(base)
    centred = "" if loaded.centre is None else ", centred"
    titles = (f"Every direction{centred}", f"Kept directions only{centred}")
    return LensPair(titles, ("before", "after"), *_logits(loaded, base, filtered))


def _logits(loaded: LoadedView, *states: np.ndarray) -> list[np.ndarray]:
    return [lens_logits(loaded.backbone, state) for state in states]


def _summary(tokens: pd.DataFrame, texts: tuple[str, ...]) -> int:
    """All texts in one table, and the choice of the one that is shown in detail; returns its number."""
    st.dataframe(summary_table(tokens, texts), hide_index=True, column_config=SUMMARY_COLUMNS)
    name: Callable[[int], str] = lambda number: f"{number}: {texts[number - 1][:60]}"  # noqa: E731
    return st.selectbox("Text shown in detail", range(1, len(texts) + 1), format_func=name)


def _difference(changes: pd.DataFrame) -> None:
    st.caption(
        "Tokens whose logit changed most by the filter, against the average token: what the removed directions had "
        "been holding down (left) and pushing up (right). Numbers tell the rank before and after."
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
