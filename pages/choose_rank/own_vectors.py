"""Labelled data with vectors of one's own: uploaded, and judged without embedding; how well the backbone's W_U fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.data.tables.columns import RETRIEVAL_TABLES, ROLES, OneTableKind, TableKind
from embfilter_core.data.tables.problems import Problems
from embfilter_core.data.vectors.limits import ARRAY_FORMATS, is_array_file
from embfilter_core.errors import EmbFilterError, InputError
from embfilter_core.jobs.job import Task as Job
from pages.cached import corpora
from pages.cached.backbones import token_rates
from pages.choose_rank import cached
from pages.frame import hosting, messages
from pages.frame.explained import explained
from pages.frame.jobs.results import NotYet, wanted
from pages.frame.page_controls import LABEL_KIND
from pages.frame.visit import files
from pages.widgets import file_choice, table_source
from pages.widgets.uploader import Place, same_name

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.data.tasks import Task
    from embfilter_core.data.vectors.vector_table import VectorTable
    from embfilter_core.lens.vector_fit import VectorFit
    from embfilter_core.storage.visit import KeptFile
    from pages.cached.loaded import LoadedView
    from pages.cached.uploads import Upload

SOURCE = "vectors"
"""Its name among the choices of labelled data."""
MOST_MEGABYTES = 200
NO_TEXT = "(none)"
PARQUET = ".parquet"


@dataclass(frozen=True, eq=False)
class _Vectors:
    """Rows with their vectors, and what choices for them are about: the SHA-256 of the table's file."""

    read: VectorTable
    about: str


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
    task = vector_task(table.read, one, _columns(table.read.frame, table.about, one))
    files.made(f"vectors_{kind}", task.id)
    return task


def draw_fit(loaded: LoadedView, task: Task) -> None:
    """Draw how well the backbone's W_U fits the vectors of a task; vectors of another length end the run."""
    from embfilter_core.lens.vector_fit import describe_fit

    try:
        sentences = describe_fit(_fit(loaded, task))
    except NotYet:
        return
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
    return wanted(
        Job(
            "fit",
            (*loaded.key, task.id, own is None),
            "Fitting your vectors",
            lambda _: vector_fit(loaded.backbone, vectors, rates, own, loaded.corpus.name),
        )
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
                with_vectors.append(table.read)
                columns |= _columns(table.read.frame, table.about, part)
    with st.container(border=True):
        relevance = table_source.uploaded(f"{judged.capitalize()}: {_needs(judged)}", f"vectors_{judged}")
        if relevance is not None:
            columns |= _columns(relevance.frame, relevance.about, judged)
    if relevance is None or len(with_vectors) < len(searched):
        st.caption("Three tables are needed: queries and documents with a vector a row, and which answers which.")
        return None
    queries, documents = with_vectors
    task = vector_retrieval(queries, documents, relevance.frame, columns, notes=relevance.notes)
    for part in RETRIEVAL_TABLES:
        files.made(f"vectors_{part}", task.id)
    return task


def _needs(kind: TableKind) -> str:
    return f"a file with {', '.join(role.name.lower() for role in ROLES[kind] if role.needed)}"


def _table(label: str, key: str, sides: int) -> _Vectors | None:
    """Rows with their vectors: of a Parquet file alone, or of any table and a file of arrays beside it."""
    given = uploaded_files(f"{label}, and its vectors", key)
    return None if given is None else _Vectors(cached.vector_table(*given, sides), given[0].sha256)


def uploaded_files(label: str, key: str) -> tuple[Upload, tuple[Upload, ...]] | None:
    """Draw an uploader; returns a table and the files of arrays beside it, or None after saying what is missing.

    Raises:
        InputError: Several tables are given.
    """
    given = _uploaded(label, key)
    arrays = [upload for upload in given if is_array_file(upload.name)]
    tables = [upload for upload in given if not is_array_file(upload.name)]
    if len(tables) > 1:
        raise InputError(f"{len(tables)} tables are given.", "Give one, and the vectors of its rows.")
    if not tables or (not arrays and not tables[0].name.lower().endswith(PARQUET)):
        st.caption(
            "Give a Parquet file with a column of vectors, or a table together with a file of arrays "
            f"({', '.join(ARRAY_FORMATS)}) that has a vector for each of its rows."
        )
        return None
    return tables[0], tuple(sorted(arrays, key=lambda upload: upload.name))


def _uploaded(label: str, key: str) -> list[Upload]:
    """Draw a place for a table and files of arrays."""
    from embfilter_core.data.tables.formats import FORMATS

    most = hosting.most_megabytes() if hosting.is_hosted() else MOST_MEGABYTES
    about = "Nothing is embedded: the vectors are judged as they are."
    place = Place(key, label, (*FORMATS, *ARRAY_FORMATS), about, _merge, most_megabytes=most)
    return [given.upload for given in place.several()]


def _merge(there: tuple[KeptFile, ...], come: tuple[KeptFile, ...]) -> tuple[KeptFile, ...]:
    """A table takes the place of the one that is there; files of arrays come together by their names."""
    brings_table = any(not is_array_file(file.name) for file in come)
    return same_name(tuple(file for file in there if is_array_file(file.name) or not brings_table), come)


def _columns(frame: pd.DataFrame, about: str, kind: TableKind) -> dict[str, str]:
    """Draw a choice of column for each role, the usual names chosen already; texts may be missing."""
    from embfilter_core.data.tables.columns import guess_columns
    from embfilter_core.data.vectors.vector_task import OPTIONAL

    guessed, names = guess_columns(frame, kind), list(map(str, frame.columns))
    chosen, problems = {}, Problems()
    with st.container(horizontal=True, gap="medium"):
        for role in filter(lambda one: one.needed, ROLES[kind]):
            options = [NO_TEXT, *names] if role.id in OPTIONAL else names
            usual, key = guessed.get(role.id, options[0]), f"column_vectors_{role.id}"
            asked = about, f"column vectors {kind} {role.id}", role.name, options, usual, key, 220
            chosen[role.id] = problems.attempt(file_choice.draw, *asked)
    problems.refuse()
    return {role: column for role, column in chosen.items() if column and (column != NO_TEXT or column in names)}
