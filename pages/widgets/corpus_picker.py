"""The choice of a corpus: built in, pasted, uploaded, or from the hub; the same on every page that needs one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from embfilter_core.data.tables.problems import Problems
from embfilter_core.errors import EmbFilterError
from embfilter_core.quality.measuring import corpora_of
from pages.frame import frequency_reference, hosting, messages
from pages.frame.jobs.results import NotYet
from pages.frame.page_controls import CORPUS
from pages.frame.visit import files, keeping
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


@dataclass(frozen=True)
class _Brought:
    """A corpus of the visitor, and what it takes besides a text or a file to make it again."""

    corpus: Corpus
    made_of: Mapping[str, str] = field(default_factory=dict)


def pick() -> Corpus | None:
    """Draw the choice; returns the corpus, or None after saying what is missing or wrong."""
    left, right = st.columns(SHARES, vertical_alignment="center")
    with left:
        chosen = CORPUS.draw()
    try:
        if chosen not in _SOURCES:
            return _built_in(chosen, right)
        brought = _own(chosen)
    except NotYet:
        return None
    except EmbFilterError as problem:
        messages.error(problem)
        brought = None
    if brought is None:
        frequency_reference.forget(chosen)
    else:
        frequency_reference.remember(brought.corpus, {frequency_reference.SOURCE: chosen, **brought.made_of})
    keeping.catch_up()
    return None if brought is None else brought.corpus


def _built_in(name: str, beside: DeltaGenerator) -> Corpus:
    from embfilter_core.data.corpora import BUILT_IN

    corpus = BUILT_IN[name].load()
    beside.caption(f"{messages.literal(corpus.name)}. {messages.literal(corpus.source)}.")
    return corpus


def _own(name: str) -> _Brought | None:
    brought = _SOURCES[name]()
    if brought is None:
        return None
    corpus = brought.corpus
    if corpus.notes:
        messages.notes(list(corpus.notes))
    with st.expander(f"{len(corpus):,} texts, the first of them"):
        first = {"text": [text[:300] for text in corpus.texts[:PREVIEWED]]}
        if corpus.labels:
            first["label"] = list(corpus.labels[:PREVIEWED])
        st.dataframe(pd.DataFrame(first), hide_index=True)
    hosting.check_corpus(corpus)
    return brought


def _pasted() -> _Brought | None:
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

    return _Brought(pasted(text))


def _uploaded() -> _Brought | None:
    table = table_source.uploaded("A file with a text in every row", files.CORPUS)
    if table is None:
        return None
    brought = _of_table(table)
    files.made(files.CORPUS, brought.corpus.id)
    return brought


def _from_hub() -> _Brought | None:
    found = table_source.from_hub("corpus")
    if found is None:
        return None
    return _of_table(found) if isinstance(found, NamedTable) else _Brought(corpora_of(found)[-1])


def _of_table(table: NamedTable) -> _Brought:
    from embfilter_core.data.tables.corpus_table import corpus_from_table, text_columns
    from embfilter_core.data.tables.origin import guess_id_column

    names = list(table.frame.columns)
    problems = Problems()

    def choose(role: str, label: str, offered: list[str], usual: str, key: str, width: int) -> str:
        asked = table.about, f"corpus {role}", label, offered, usual, key, width
        return problems.attempt(file_choice.draw, *asked) or NONE

    with st.container(horizontal=True, gap="medium"):
        usual = (text_columns(table.frame) or names)[0]
        texts = choose("texts", "Column with the texts", names, usual, "corpus_column", 260)
        others = [NONE, *(other for other in names if other != texts)]
        labels = choose("labels", "Column with labels", others, NONE, "corpus_labels", 260)
        guessed = guess_id_column(table.frame, [texts, labels])
        ids = choose("ids", "Column with ids", others, guessed or NONE, "corpus_ids", 200)
    problems.refuse()
    columns = {role: name for role, name in (("labels", labels), ("ids", ids)) if name != NONE}
    corpus = corpus_from_table(table.frame, texts, table.name, columns.get("labels"), columns.get("ids"))
    corpus = replace(corpus, notes=(*table.notes, *corpus.notes))
    return _Brought(corpus, {"file": table.about, "texts": texts, **table.read_as, **columns})


_SOURCES = {"pasted": _pasted, "upload": _uploaded, "hub": _from_hub}
