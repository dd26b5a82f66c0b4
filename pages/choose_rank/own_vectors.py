"""Labelled data with vectors of one's own: uploaded, and judged without embedding; how well the backbone's W_U fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.data.tables.columns import RETRIEVAL_TABLES, ROLES, OneTableKind, TableKind
from embfilter_core.data.vectors.limits import ARRAY_FORMATS, is_array_file
from embfilter_core.errors import EmbFilterError, InputError
from pages.cached import corpora
from pages.cached.backbones import token_rates
from pages.cached.slots import make_once
from pages.choose_rank import cached
from pages.frame import hosting, messages
from pages.frame.explained import explained
from pages.frame.page_controls import LABEL_KIND
from pages.widgets import table_source

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.data.tasks import Task
    from embfilter_core.data.vectors.vector_table import VectorTable
    from embfilter_core.lens.vector_fit import VectorFit
    from pages.cached.loaded import LoadedView

SOURCE = "vectors"
"""Its name among the choices of labelled data."""
MOST_MEGABYTES = 200
NO_TEXT = "(none)"
PARQUET = ".parquet"


def pick() -> Task | None:
    """Draw the choice of files and columns; returns the task, or None while a file is missing.

    Raises:
        InputError: A file cannot be read, or its rows and vectors do not go together.
    """
    from embfilter_core.data.vectors.vector_task import sides_of, vector_task

    kind = LABEL_KIND.draw()
    if kind == "retrieval":
        return _retrieval()
    table = _table(f"A file with {LABEL_KIND.choices[kind]}", f"vectors_{kind}", sides_of(kind))
    if table is None:
        return None
    one: OneTableKind = "pairs" if kind == "pairs" else "labelled"
    return vector_task(table, one, _columns(table.frame, one))


def draw_fit(loaded: LoadedView, task: Task) -> None:
    """Draw how well the backbone's W_U fits the vectors of a task; vectors of another length end the run."""
    from embfilter_core.lens.vector_fit import describe_fit

    try:
        sentences = describe_fit(_fit(loaded, task))
    except EmbFilterError as problem:
        messages.error(problem)
        st.stop()
    with st.container(border=True):
        st.header("Does this W_U fit your vectors?", anchor=False)
        for number, sentence in enumerate(sentences):
            explained(sentence, f"fit_{number}")


def _fit(loaded: LoadedView, task: Task) -> VectorFit:
    from embfilter_core.embeddings.task_embeddings import own_embeddings
    from embfilter_core.lens.vector_fit import vector_fit

    own, rates = corpora.corpus_embeddings(loaded.embedder, loaded.corpus), token_rates(loaded.backbone, loaded.corpus)
    vectors = own_embeddings(loaded.backbone, task)[-1]
    return make_once(
        "fit",
        (*loaded.key, task.id, own is None),
        lambda: vector_fit(loaded.backbone, vectors, rates, own, loaded.corpus.name),
    )


def _retrieval() -> Task | None:
    from embfilter_core.data.vectors.vector_task import vector_retrieval

    with_vectors: list[VectorTable] = []
    columns: dict[str, str] = {}
    *searched, judged = RETRIEVAL_TABLES
    for part in searched:
        with st.container(border=True):
            table = _table(f"{part.capitalize()}: {_needs(part)}", f"vectors_{part}", sides=1)
            if table is not None:
                with_vectors.append(table)
                columns |= _columns(table.frame, part)
    with st.container(border=True):
        relevance = table_source.uploaded(f"{judged.capitalize()}: {_needs(judged)}", f"vectors_{judged}")
        if relevance is not None:
            columns |= _columns(relevance.frame, judged)
    if relevance is None or len(with_vectors) < len(searched):
        st.caption("Three tables are needed: queries and documents with a vector a row, and which answers which.")
        return None
    queries, documents = with_vectors
    return vector_retrieval(queries, documents, relevance.frame, columns, notes=relevance.notes)


def _needs(kind: TableKind) -> str:
    return f"a file with {', '.join(role.name.lower() for role in ROLES[kind] if role.needed)}"


def _table(label: str, key: str, sides: int) -> VectorTable | None:
    """Rows with their vectors: of a Parquet file alone, or of any table and a file of arrays beside it."""
    files = uploaded_files(f"{label}, and its vectors", key)
    return None if files is None else cached.vector_table(*files, sides)


def uploaded_files(label: str, key: str) -> tuple[tuple[str, bytes], tuple[tuple[str, bytes], ...]] | None:
    """Draw an uploader; returns a table and the files of arrays beside it, or None after saying what is missing.

    Raises:
        InputError: Several tables are given.
    """
    given = _uploaded(label, key)
    arrays = [(name, data) for name, data in given if is_array_file(name)]
    tables = [(name, data) for name, data in given if not is_array_file(name)]
    if len(tables) > 1:
        raise InputError(f"{len(tables)} tables are given.", "Give one, and the vectors of its rows.")
    if not tables or (not arrays and not tables[0][0].lower().endswith(PARQUET)):
        st.caption(
            "Give a Parquet file with a column of vectors, or a table together with a file of arrays "
            f"({', '.join(ARRAY_FORMATS)}) that has a vector for each of its rows."
        )
        return None
    return tables[0], tuple(sorted(arrays))


def _uploaded(label: str, key: str) -> list[tuple[str, bytes]]:
    """Draw an uploader of a table and of files of arrays, which are remembered while the session lasts."""
    from embfilter_core.data.tables.formats import FORMATS

    files = st.file_uploader(
        label,
        type=[ending.removeprefix(".") for ending in (*FORMATS, *ARRAY_FORMATS)],
        key=f"{key}_file",
        accept_multiple_files=True,
        max_upload_size=hosting.most_megabytes() if hosting.is_hosted() else MOST_MEGABYTES,
        help="Nothing is embedded: the vectors are judged as they are.",
    )
    kept = f"uploaded_{key}"
    if files:
        st.session_state[kept] = [(file.name, file.getvalue()) for file in files]
    given: list[tuple[str, bytes]] = st.session_state.get(kept, [])
    if given and not files:
        st.caption(f"{messages.literal(', '.join(name for name, _ in given))}, uploaded before.")
    return given


def _columns(frame: pd.DataFrame, kind: TableKind) -> dict[str, str]:
    """Draw a choice of column for each role, the usual names chosen already; texts may be missing."""
    from embfilter_core.data.tables.columns import guess_columns
    from embfilter_core.data.vectors.vector_task import OPTIONAL

    guessed, names = guess_columns(frame, kind), list(map(str, frame.columns))
    chosen = {}
    with st.container(horizontal=True, gap="medium"):
        for role in filter(lambda one: one.needed, ROLES[kind]):
            options = [NO_TEXT, *names] if role.id in OPTIONAL else names
            start = options.index(guessed[role.id]) if role.id in guessed else 0
            chosen[role.id] = st.selectbox(role.name, options, start, key=f"column_vectors_{role.id}", width=220)
    return {role: column for role, column in chosen.items() if column != NO_TEXT or column in names}
