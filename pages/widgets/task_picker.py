"""The choice of labelled data: built in, uploaded in one of three shapes, or from the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import EmbFilterError, InputError
from embfilter_core.quality.measuring import corpora_of
from pages.frame import hosting, messages
from pages.frame.page_controls import LABEL_KIND, TASK
from pages.widgets import table_source
from pages.widgets.table_source import NamedTable

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.data.tasks import Task

ROLES = {
    "text1": "First text",
    "text2": "Second text",
    "score": "Score",
    "text": "Text",
    "label": "Label",
    "query_id": "Query id",
    "query": "Query",
    "document_id": "Document id",
    "document": "Document",
    "judged_query": "Query id",
    "judged_document": "Document id",
    "grade": "Grade",
}
ROLES_OF = {
    "pairs": ("text1", "text2", "score"),
    "labelled": ("text", "label"),
    "queries": ("query_id", "query"),
    "documents": ("document_id", "document"),
    "relevance": ("judged_query", "judged_document", "grade"),
}


def pick() -> Task | None:
    """Draw the choice; returns the task, or None after saying what is missing or wrong."""
    chosen = TASK.draw()
    try:
        task = {"upload": _uploaded, "hub": _from_hub}.get(chosen, lambda: _built_in(chosen))()
        if task is not None:
            for corpus in corpora_of(task):
                hosting.check_corpus(corpus)
    except EmbFilterError as problem:
        messages.error(problem)
        return None
    if task is not None:
        _describe(task)
    return task


def _describe(task: Task) -> None:
    demo = " A demo: no score on it is a benchmark." if task.demo else ""
    st.caption(f"{messages.literal(task.name)}. {messages.literal(task.source)}.{demo}")
    for remark in task.notes:
        messages.note(remark)


def _built_in(name: str) -> Task:
    from embfilter_core.data.built_in_tasks import BUILT_IN

    return BUILT_IN[name].load()


def _uploaded() -> Task | None:
    kind = LABEL_KIND.draw()
    if kind == "retrieval":
        return _uploaded_retrieval()
    table = table_source.uploaded(f"A file with {LABEL_KIND.choices[kind]}", f"task_{kind}")
    return None if table is None else _of_table(table, kind)


def _uploaded_retrieval() -> Task | None:
    from embfilter_core.data.tables.retrieval_tables import RetrievalColumns, retrieval_from_tables

    tables, columns = {}, {}
    for part in ("queries", "documents", "relevance"):
        with st.container(border=True):
            needs = ", ".join(ROLES[role].lower() for role in ROLES_OF[part])
            table = table_source.uploaded(f"{part.capitalize()}: a file with {needs}", f"task_{part}")
            if table is not None:
                tables[part] = table
                columns |= _columns(table.frame, part)
    if len(tables) < 3:
        st.caption("Three files are needed: queries, documents, and which document is relevant to which query.")
        return None
    frames = (tables[part].frame for part in ("queries", "documents", "relevance"))
    notes = [note for table in tables.values() for note in table.notes]
    return retrieval_from_tables(*frames, RetrievalColumns(**columns), tables["queries"].name, "Uploaded", notes)


def _from_hub() -> Task | None:
    found = table_source.from_hub("task")
    if not isinstance(found, NamedTable):
        return found
    kind = LABEL_KIND.draw(("pairs", "labelled"))
    return _of_table(found, kind)


def _of_table(table: NamedTable, kind: str) -> Task:
    from embfilter_core.data.tables.task_tables import labelled_from_table, pairs_from_table

    build = pairs_from_table if kind == "pairs" else labelled_from_table
    return build(table.frame, **_columns(table.frame, kind), name=table.name, notes=table.notes)


def _columns(frame: pd.DataFrame, kind: str) -> dict[str, str]:
    """Draw a choice of column for each role, the usual names chosen already."""
    from embfilter_core.data.tables.columns import guess_columns

    guessed, names = guess_columns(frame, kind), list(map(str, frame.columns))
    if len(names) < len(ROLES_OF[kind]):
        raise InputError(
            f"The file has {len(names)} columns; {len(ROLES_OF[kind])} are needed.",
            f"Give {', '.join(ROLES[role].lower() for role in ROLES_OF[kind])}.",
        )
    chosen = {}
    with st.container(horizontal=True, gap="medium"):
        for place, role in enumerate(ROLES_OF[kind]):
            start = names.index(guessed[role]) if role in guessed else place
            chosen[role] = st.selectbox(ROLES[role], names, start, key=f"column_{kind}_{role}", width=220)
    return chosen
