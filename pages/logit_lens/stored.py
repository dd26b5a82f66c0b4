"""The Logit lens page for a stored backbone: its texts in every band, centring, and all of them in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.claims import LENS
from embfilter_core.instrument.look import TERMS
from pages.cached import stored_backbones as cached
from pages.frame.address_bar import choose
from pages.frame.explained import explained, words
from pages.frame.page_controls import STORED_TEXT, TYPICAL_TEXT
from pages.instrument import block
from pages.instrument import stored as stored_instrument
from pages.widgets import plain_lists

if TYPE_CHECKING:
    from pages.cached.stored_backbones import Stored
    from pages.frame.kept_controls import KeptChoice
    from pages.instrument.stored import StoredView

TABLE = "stored_texts"
ROW_HEIGHT, HEAD_HEIGHT = 30, 40
COLUMNS = {
    "number": st.column_config.NumberColumn("No.", width=45),
    "text": st.column_config.TextColumn("Text", width=230),
    "unfiltered": st.column_config.NumberColumn("Frequent unfiltered", width=135),
    "kept": st.column_config.NumberColumn("Frequent kept", width=110),
    "tokens_unfiltered": st.column_config.TextColumn("First tokens unfiltered", width=200),
    "tokens_kept": st.column_config.TextColumn("First tokens kept", width=220),
}
FIRST_TOKENS = 5


def draw(stored: Stored, choice: KeptChoice) -> None:
    """Draw the page for a stored backbone and what the sidebar keeps."""
    place = stored_instrument.choose_text(stored)
    view = stored_instrument.view_of(stored, place, choice)
    explained(f"{LENS} {view.lists}", "intro")
    noticed = st.container()
    block.notice(noticed, view.text, stored_instrument.draw(view, "lens"))
    words("instrument", *TERMS)
    with st.container(border=True):
        _centred(view)
    with st.container(border=True):
        _all_texts(view, choice)
    words("others", "kept directions", "centring")


def _centred(view: StoredView) -> None:
    st.header("And centring?", anchor=False)
    explained(
        "What all texts have in common is subtracted first: centred alone, and centred with the bulk of τ 2. Colours "
        "as above; bars of both lists are on one scale; bold: words of the text itself.",
        "centred",
        small=True,
    )
    lists = cached.text_of(view.stored, view.place).centred
    shown = {"Centred, unfiltered": lists["unfiltered"], "Centred, bulk τ 2": lists["kept"]}
    plain_lists.begin()
    plain_lists.draw(shown, plain_lists.longest_logit(*shown.values()), view.text)


def _all_texts(view: StoredView, choice: KeptChoice) -> None:
    import pandas as pd  # which the instrument is shown without

    st.header("All stored texts", anchor=False)
    stored, rows = view.stored, []
    for place, text in enumerate(stored.about.texts):
        lists = stored_instrument.view_of(stored, place, choice).committed()["lists"]
        tokens = {name: [token["token"] for token in lists[name][:FIRST_TOKENS]] for name in ("unfiltered", "kept")}
        rows.append(
            {
                "number": place + 1,
                "text": text.text,
                **{name: sum(token["frequent"] for token in lists[name]) for name in tokens},
                **{f"tokens_{name}": " ".join(first) for name, first in tokens.items()},
            }
        )
    of = len(view.committed()["lists"]["unfiltered"])
    st.caption(f"Frequent: how many of the first {of} tokens are among the most frequent. Tick a text to see it above.")
    st.dataframe(
        pd.DataFrame(rows)[list(COLUMNS)],
        hide_index=True,
        column_config=COLUMNS,
        key=TABLE,
        on_select=lambda: _choose(stored),
        selection_mode="single-row",
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * len(rows) + HEAD_HEIGHT,
    )


def _choose(stored: Stored) -> None:
    ticked = st.session_state[TABLE].selection.rows
    if ticked and ticked[0] < len(stored.about.texts):
        choose({STORED_TEXT: stored.text_ids[ticked[0]] if ticked[0] else TYPICAL_TEXT})
