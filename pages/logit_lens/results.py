"""The results of the Logit lens page: one fragment, so that its own controls redraw nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from embfilter_core.lens.comparison import compare_logits
from embfilter_core.spectral.embed_filter import EmbedFilter
from embfilter_core.tables.lens import LISTS, difference_table, lens_table
from embfilter_core.tables.lens_summary import summarise_lists, summary_table
from embfilter_core.vocabulary.logit_lens import lens_logits
from embfilter_core.vocabulary.token_frequency import COUNTED_TOKENS
from pages.cached import backbones
from pages.cached.loaded import LoadedView
from pages.frame.page_controls import COMPARE, KNOWN_WORDS, TOP
from pages.frame.values import value_of
from pages.widgets import embedding_offer, token_lists
from pages.widgets.download import table_button

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.lens.comparison import LensComparison
    from embfilter_core.lens.token_rates import TokenRates

SHOWN = "lens_text"
ROW_HEIGHT, HEAD_HEIGHT = 30, 40

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
    **token_lists.FREQUENCY_COLUMNS,
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


def shown_text(texts: tuple[str, ...]) -> int:
    """Return which text, from 0, is shown in detail: the one that is ticked in the table of several, else the first."""
    ticked: int = st.session_state.get(SHOWN, 0)
    return ticked if ticked < len(texts) else 0


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
    pair, written = _read(loaded, embeddings, view), loaded.backbone.token_texts
    rates = backbones.token_rates(loaded.backbone, loaded.counted)
    counted = compare_logits(pair.first, pair.second, written, COUNTED_TOKENS)
    if len(texts) > 1:
        _all_texts(counted, texts, pair.names, rates)
    shown = shown_text(texts)
    allowed = backbones.vocabulary_zipf(loaded.backbone) > 0 if words_only else None
    with st.container(border=True):
        st.header(f"Text {shown + 1}" if len(texts) > 1 else "Tokens", anchor=False)
        token_lists.frequency_numbers(summarise_lists(counted, shown, pair.names, written, rates))
        error = backbones.head_error(loaded.backbone, texts[shown], loaded.prompt)
        reading = replace(loaded.reading, centred=False) if view == "centring" else loaded.reading
        token_lists.exactness_badge(reading, error, loaded.backbone.dtype, pair.names)
        if view == "difference":
            table = difference_table(pair.first, pair.second, written, rates, top, allowed)
            _difference(table[table["text"] == shown + 1])
        else:
            compared = compare_logits(pair.first, pair.second, written, top, allowed)
            table = lens_table(compared, written, rates, pair.names)
            token_lists.two_token_lists(table[table["text"] == shown + 1], pair.titles, "lens")
    _table_and_download(table, len(texts))


def _controls() -> tuple[str, int, bool]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        return COMPARE.draw(then=_note_change), TOP.draw(), KNOWN_WORDS.draw()


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


def _all_texts(counted: LensComparison, texts: tuple[str, ...], names: tuple[str, str], rates: TokenRates) -> None:
    """All texts in one table; a text that is ticked is shown in detail, above in the instrument and below."""
    frequent = f"how many of the top {COUNTED_TOKENS} are among the {rates.most_frequent:,} most frequent tokens"
    columns = {
        "number": st.column_config.NumberColumn("No.", width=45),
        "text": st.column_config.TextColumn("Text", width=190),
        "frequent_first": st.column_config.NumberColumn(f"Frequent {names[0]}", width=135),
        "frequent_second": st.column_config.NumberColumn(f"Frequent {names[1]}", width=135),
        "entered": st.column_config.NumberColumn(
            "New", width=50, help="Tokens of the second list that are not in the first"
        ),
        "tokens_first": st.column_config.TextColumn(f"First tokens {names[0]}", width=160),
        "tokens_second": st.column_config.TextColumn(f"First tokens {names[1]}", width=150),
    }
    chance = f"{COUNTED_TOKENS * rates.chance:.1f}"
    st.caption(f"Frequent: {frequent} (by chance {chance}). Tick a text to see it above and below.")
    table = summary_table(counted, texts, rates)
    ticked = st.dataframe(
        table, hide_index=True, column_config=columns, key="lens_texts", on_select="rerun",
        selection_mode="single-row", row_height=ROW_HEIGHT, height=ROW_HEIGHT * len(table) + HEAD_HEIGHT,
    ).selection.rows  # fmt: skip
    chosen = ticked[0] if ticked and ticked[0] < len(texts) else 0
    if chosen != st.session_state.get(SHOWN, 0):
        st.session_state[SHOWN] = chosen
        st.rerun()  # the instrument stands above this fragment


def _difference(changes: pd.DataFrame) -> None:
    st.caption(
        "Tokens whose logit changed most by the filter, against the mean logit: what the removed directions had "
        "been pushing up (left) and holding down (right). Numbers tell the rank unfiltered and filtered."
    )
    token_lists.two_difference_lists(changes, ("Fell most", "Rose most"), "lens_difference")


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
