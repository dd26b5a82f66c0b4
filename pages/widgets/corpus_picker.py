"""The choice of a corpus: built in, pasted, uploaded, or from the hub; the same on every page that needs one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from embfilter_core.data.tables.problems import Problems
from embfilter_core.errors import EmbFilterError
from embfilter_core.quality.measuring import corpora_of
from pages.frame import frequency_reference, hosting, messages
from pages.frame.page_controls import CORPUS
from pages.frame.visit import files
from pages.frame.visit.texts import CORPUS_TEXT
from pages.widgets import file_choice, table_source
from pages.widgets.table_source import NamedTable

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from embfilter_core.data.corpora import Corpus

PREVIEWED = 5
SHARES = 3, 7  # of the width, of the choice and of where a corpus comes from
NONE = "(none)"
KEPT = "They stay on this machine, for 30 days after their last use, and out of the address."
KEPT_HOSTED = "They stay on this server while your session lasts and in your browser's tab, and out of the address."
PLACE = "corpus"
"""For a file."""


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
        key=CORPUS_TEXT,
        persist_state="session",
        height=120,
        help=KEPT_HOSTED if hosting.is_hosted() else KEPT,
    )
    if not (text or "").strip():
        st.caption("Paste one text a line.")
        return None
    from embfilter_core.data.corpora import pasted

    return pasted(text)


def _uploaded() -> Corpus | None:
    table = table_source.uploaded("A file with a text in every row", PLACE)
    if table is None:
        return None
    corpus = _of_table(table)
    files.made(PLACE, corpus.id)
    return corpus


def _from_hub() -> Corpus | None:
    found = table_source.from_hub("corpus")
    if found is None:
        return None
    return _of_table(found) if isinstance(found, NamedTable) else corpora_of(found)[-1]


def _of_table(table: NamedTable) -> Corpus:
    from embfilter_core.data.tables.corpus_table import corpus_from_table, text_columns
    from embfilter_core.data.tables.origin import guess_id_column

    columns = list(table.frame.columns)
    likely = text_columns(table.frame) or columns
    problems = Problems()

    def choose(role: str, label: str, offered: list[str], usual: str, key: str, width: int) -> str:
        asked = table.about, f"corpus {role}", label, offered, usual, key, width
        return problems.attempt(file_choice.draw, *asked) or NONE

    with st.container(horizontal=True, gap="medium"):
        column = choose("texts", "Column with the texts", columns, likely[0], "corpus_column", 260)
        others = [NONE, *(other for other in columns if other != column)]
        label = choose("labels", "Column with labels", others, NONE, "corpus_labels", 260)
        guessed = guess_id_column(table.frame, [column, label])
        ids = choose("ids", "Column with ids", others, guessed or NONE, "corpus_ids", 200)
    problems.refuse()
    label_column, id_column = (None if other == NONE else other for other in (label, ids))
    corpus = corpus_from_table(table.frame, column, table.name, label_column, id_column)
    return replace(corpus, notes=(*table.notes, *corpus.notes))


_SOURCES = {"pasted": _pasted, "upload": _uploaded, "hub": _from_hub}
