"""The choice of a corpus: built in, pasted, uploaded, or from the hub; the same on every page that needs one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from embfilter_core.errors import EmbFilterError
from embfilter_core.quality.measuring import corpora_of
from pages.frame import frequency_reference, hosting, messages
from pages.frame.page_controls import CORPUS
from pages.widgets import table_source
from pages.widgets.table_source import NamedTable

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from embfilter_core.data.corpora import Corpus

PREVIEWED = 5
SHARES = 3, 7  # of the width, of the choice and of where a corpus comes from
NONE = "(none)"


def pick() -> Corpus | None:
    """Draw the choice; returns the corpus, or None after saying what is missing or wrong."""
    left, right = st.columns(SHARES, vertical_alignment="center")
    with left:
        chosen = CORPUS.draw()
    try:
        corpus = _own(chosen) if chosen in _SOURCES else _built_in(chosen, right)
        if corpus is not None:
            hosting.check_corpus(corpus)
            if chosen in _SOURCES:
                frequency_reference.remember(corpus)
    except EmbFilterError as problem:
        messages.error(problem)
        return None
    return corpus


def _built_in(name: str, beside: DeltaGenerator) -> Corpus:
    from embfilter_core.data.corpora import BUILT_IN

    corpus = BUILT_IN[name].load()
    beside.caption(f"{messages.literal(corpus.name)}. {messages.literal(corpus.source)}.")
    return corpus


def _own(name: str) -> Corpus | None:
    corpus = _SOURCES[name]()
    if corpus is None:
        return None
    if corpus.notes:
        messages.notes(list(corpus.notes))
    with st.expander(f"{len(corpus):,} texts, the first of them"):
        first = {"text": [text[:300] for text in corpus.texts[:PREVIEWED]]}
        if corpus.labels:
            first["label"] = list(corpus.labels[:PREVIEWED])
        st.dataframe(pd.DataFrame(first), hide_index=True)
    return corpus


def _pasted() -> Corpus | None:
    text = st.text_area(
        "Your texts, one a line",
        key="corpus_text",
        persist_state="session",
        height=120,
        help="They stay on this server while your session lasts, and out of the address.",
    )
    if not (text or "").strip():
        st.caption("Paste one text a line.")
        return None
    from embfilter_core.data.corpora import pasted

    return pasted(text)


def _uploaded() -> Corpus | None:
    table = table_source.uploaded("A file with a text in every row", "corpus")
    return None if table is None else _of_table(table)


def _from_hub() -> Corpus | None:
    found = table_source.from_hub("corpus")
    if found is None:
        return None
    return _of_table(found) if isinstance(found, NamedTable) else corpora_of(found)[-1]


def _of_table(table: NamedTable) -> Corpus:
    from embfilter_core.data.tables.corpus_table import corpus_from_table, text_columns
    from embfilter_core.data.tables.origin import guess_id_column

    columns = list(table.frame.columns)
    likely = text_columns(table.frame)
    with st.container(horizontal=True, gap="medium"):
        column = st.selectbox(
            "Column with the texts", columns, columns.index(likely[0]) if likely else 0, key="corpus_column", width=260
        )
        others = [NONE, *(other for other in columns if other != column)]
        label = st.selectbox("Column with labels", others, key="corpus_labels", width=260)
        guessed = guess_id_column(table.frame, [column, label])
        ids = st.selectbox(
            "Column with ids", others, others.index(guessed) if guessed in others else 0, key="corpus_ids", width=200
        )
    label_column, id_column = (None if other == NONE else other for other in (label, ids))
    corpus = corpus_from_table(table.frame, column, table.name, label_column, id_column)
    return replace(corpus, notes=(*table.notes, *corpus.notes))


_SOURCES = {"pasted": _pasted, "upload": _uploaded, "hub": _from_hub}
