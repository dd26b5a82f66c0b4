"""The choice of a corpus: built in, pasted, uploaded, or from the hub; the same on every page that needs one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from embfilter_core.errors import EmbFilterError
from pages.shared import cached, hosting, say
from pages.shared.state import CORPORA

if TYPE_CHECKING:
    from embfilter_core.data.datasets import Corpus

PREVIEWED = 5
FILE_TYPES = ["csv", "tsv", "jsonl", "txt", "parquet"]
DELIMITERS = {"detect": None, "comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
ENCODINGS = {"detect": None, "utf-8": "utf-8", "utf-16": "utf-16", "latin-1": "latin-1", "cp1252": "cp1252"}
NO_LABELS = "(none)"


def pick() -> Corpus | None:
    """Draw the choice; returns the corpus, or None after saying what is missing or wrong."""
    chosen = st.selectbox(
        "Corpus",
        list(CORPORA),
        key="corpus",
        bind="query-params",
        help="  \n".join(f"**{name}**: {meaning}" for name, meaning in CORPORA.items()),
    )
    try:
        corpus = _own(chosen) if chosen in _SOURCES else _built_in(chosen)
        if corpus is not None:
            hosting.check_corpus(corpus)
    except EmbFilterError as problem:
        say.error(problem)
        return None
    return corpus


def _built_in(name: str) -> Corpus:
    from embfilter_core.data.datasets import BUILT_IN

    corpus = BUILT_IN[name]()
    st.caption(f"{say.literal(corpus.name)}. {say.literal(corpus.source)}.")
    return corpus


def _own(name: str) -> Corpus | None:
    corpus = _SOURCES[name]()
    if corpus is None:
        return None
    for remark in corpus.notes:
        say.note(remark)
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
    from embfilter_core.data.datasets import pasted

    return pasted(text)


def _uploaded() -> Corpus | None:
    file = st.file_uploader(
        "A file with a text in every row",
        type=FILE_TYPES,
        key="corpus_file",
        max_upload_size=hosting.most_megabytes(),
        help="CSV, TSV, JSON lines, plain text (one text a line) or Parquet.",
    )
    if file is not None:
        st.session_state["uploaded_corpus"] = (file.name, file.getvalue())
    if "uploaded_corpus" not in st.session_state:
        return None
    name, data = st.session_state["uploaded_corpus"]
    if file is None:
        st.caption(f"{say.literal(name)}, uploaded before.")
    return _read(name, data)


def _read(name: str, data: bytes) -> Corpus | None:
    from embfilter_core.data.uploads import corpus_from_table, text_columns

    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        delimiter = st.selectbox("Delimiter", list(DELIMITERS), key="corpus_delimiter", width=140)
        encoding = st.selectbox("Encoding", list(ENCODINGS), key="corpus_encoding", width=140)
        table = cached.uploaded_table(name, data, DELIMITERS[delimiter], ENCODINGS[encoding])
        columns = list(table.frame.columns)
        likely = text_columns(table.frame)
        first = columns.index(likely[0]) if likely else 0
        column = st.selectbox("Column with the texts", columns, index=first, key="corpus_column", width=220)
        others = [other for other in columns if other != column]
        label = st.selectbox("Column with labels", [NO_LABELS, *others], key="corpus_labels", width=220)
    for remark in table.notes:
        say.note(remark)
    return corpus_from_table(table.frame, column, name, None if label == NO_LABELS else label)


def _from_hub() -> Corpus | None:
    from embfilter_core.data.hub_datasets import HUB_CORPORA, hub_corpus

    name = st.selectbox(
        "Data set",
        list(HUB_CORPORA),
        key="hub",
        bind="query-params",
        accept_new_options=not hosting.is_hosted(),
        help="Choose one, or type the id of a data set on the Hugging Face hub. It is fetched once.",
    )
    if not st.button("Fetch", key="fetch_hub", icon=":material/download:") and not cached.is_fetched(name):
        return None
    with st.spinner(f"Fetching {say.literal(name)} ...", show_time=True):
        return cached.fetched(name, hub_corpus)


_SOURCES = {"pasted": _pasted, "upload": _uploaded, "hub": _from_hub}
