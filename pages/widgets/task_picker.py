"""The choice of labelled data: built in, uploaded in one of three shapes, or from the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.data.beir import LAID_OUT, USUAL_SPLIT, splits_of
from embfilter_core.data.tables.columns import RETRIEVAL_TABLES, ROLES, OneTableKind, TableKind, guess_columns
from embfilter_core.data.tables.problems import Problems
from embfilter_core.errors import EmbFilterError, InputError
from embfilter_core.number_format import format_count
from embfilter_core.quality.measuring import corpora_of
from embfilter_core.quality.scorable import check_scorable
from pages.cached import uploads
from pages.frame import hosting, messages
from pages.frame.jobs.results import NotYet
from pages.frame.page_controls import LABEL_KIND
from pages.frame.visit import files
from pages.widgets import file_choice, table_source
from pages.widgets.table_source import NamedTable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from embfilter_core.data.tasks import Task
    from pages.cached.uploads import Upload

NO_COLUMN = "(none)"
COLLECTION = "task_collection"


def pick(chosen: str, more: Mapping[str, Callable[[], Task | None]]) -> Task | None:
    """Draw what a choice of labelled data needs; returns the task, or None after saying what is missing or wrong.

    Args:
        chosen: One of the choices of `TASK`.
        more: What the page offers besides, by its name among the choices: draws its own controls, returns a task.
    """
    sources = {"upload": _uploaded, "hub": _from_hub, **more}
    try:
        task = sources.get(chosen, lambda: _built_in(chosen))()
        if task is not None:
            check_scorable(task)
            for corpus in corpora_of(task):
                hosting.check_corpus(corpus)
    except NotYet:
        return None
    except EmbFilterError as problem:
        messages.error(problem)
        return None
    if task is not None:
        _describe(task)
    return task


def _describe(task: Task) -> None:
    demo = " A demo: no score on it is a benchmark." if task.demo else ""
    st.caption(f"{messages.literal(task.name)}. {messages.literal(task.source)}.{demo}")
    if task.notes:
        messages.notes(list(task.notes))


def _built_in(name: str) -> Task:
    from embfilter_core.data.built_in_tasks import BUILT_IN

    return BUILT_IN[name].load()


def _uploaded() -> Task | None:
    kind = LABEL_KIND.draw()
    if kind == "retrieval":
        return _uploaded_retrieval()
    table = table_source.uploaded(f"A file with {LABEL_KIND.choices[kind]}", f"task_{kind}")
    return None if table is None else _made(_of_table(table, kind), f"task_{kind}")


def _made(task: Task, *places: str) -> Task:
    """The task, which goes when a file of these places is removed."""
    for place in places:
        files.made(place, task.id)
    return task


def _uploaded_retrieval() -> Task | None:
    together = table_source.uploaded_together(
        "All files of a collection together",
        COLLECTION,
        f"As BEIR publishes them: {LAID_OUT}, or a .zip of these; of several splits {USUAL_SPLIT} comes first.",
    )
    return _made(_collection(together), COLLECTION) if together else _three_files()


def _collection(given: tuple[Upload, ...]) -> Task:
    name = given[0].name if len(given) == 1 else f"{given[0].name} and {len(given) - 1} more"
    splits = list(splits_of(uploads.uploaded_collection(given)))
    split = None
    if len(splits) > 1:
        usual = USUAL_SPLIT if USUAL_SPLIT in splits else splits[0]
        split = file_choice.draw(files.together(given), "split", "Split", splits, usual, "task_split", 220)
    return uploads.collection_task(name, given, split)


def _three_files() -> Task | None:
    from embfilter_core.data.tables.retrieval_tables import RetrievalColumns, retrieval_from_tables

    tables: dict[TableKind, NamedTable] = {}
    columns: dict[str, str] = {}
    problems = Problems()
    for part in RETRIEVAL_TABLES:
        with st.container(border=True):
            needs = ", ".join(role.name.lower() for role in ROLES[part] if role.needed)
            table = problems.attempt(table_source.uploaded, f"{part.capitalize()}: a file with {needs}", f"task_{part}")
            if table is not None:
                tables[part] = table
                columns |= problems.attempt(_columns, table, part) or {}
    problems.refuse()
    if len(tables) < len(RETRIEVAL_TABLES):
        st.caption("Three files are needed: queries, documents, and which document is relevant to which query.")
        return None
    queries, documents, relevance = (tables[part] for part in RETRIEVAL_TABLES)
    notes = [f"{table.name}: {note}" for table in tables.values() for note in table.notes]
    task = retrieval_from_tables(
        queries.frame,
        documents.frame,
        relevance.frame,
        RetrievalColumns(**columns),
        queries.name,
        notes=notes,
    )
    return _made(task, *(f"task_{part}" for part in RETRIEVAL_TABLES))


def _from_hub() -> Task | None:
    found = table_source.from_hub("task")
    if not isinstance(found, NamedTable):
        return found
    kind = LABEL_KIND.draw(("pairs", "labelled"))
    return _of_table(found, kind)


def _of_table(table: NamedTable, kind: str) -> Task:
    from embfilter_core.data.tables.task_tables import task_from_table

    one: OneTableKind = "pairs" if kind == "pairs" else "labelled"
    return task_from_table(table.frame, one, _columns(table, one), table.name, notes=table.notes)


def _columns(table: NamedTable, kind: TableKind) -> dict[str, str]:
    """Draw a choice of column for each role, the usual names chosen already."""
    guessed, names = guess_columns(table.frame, kind), list(map(str, table.frame.columns))
    needed = [role.name.lower() for role in ROLES[kind] if role.needed]
    if len(names) < len(needed):
        raise InputError(
            f"The file has {format_count(len(names), 'column')}; {len(needed)} are needed.",
            f"Give {', '.join(needed)}.",
        )
    chosen, problems = {}, Problems()
    with st.container(horizontal=True, gap="medium"):
        for place, role in enumerate(ROLES[kind]):
            offered = names if role.needed else [NO_COLUMN, *names]
            usual = guessed.get(role.id, names[place] if role.needed else NO_COLUMN)
            key, about = f"column_{kind}_{role.id}", (table.about, f"column {kind} {role.id}")
            column = problems.attempt(file_choice.draw, *about, role.name, offered, usual, key, 220)
            if column is not None and (role.needed or column != NO_COLUMN):
                chosen[role.id] = column
    problems.refuse()
    return chosen
