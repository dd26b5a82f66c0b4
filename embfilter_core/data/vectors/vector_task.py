"""Labelled data that brings its own vectors: a task like any other, but with nothing to embed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.data.corpora import check_limits, content_id
from embfilter_core.data.tables.cells import format_cell
from embfilter_core.data.tables.columns import OneTableKind, TableKind, guess_columns, listed_columns, role_ids
from embfilter_core.data.tables.retrieval_tables import RetrievalColumns, retrieval_from_tables
from embfilter_core.data.tables.task_tables import task_from_table
from embfilter_core.data.tasks import RetrievalTask, Task, read_only
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.data.vectors.vector_table import VectorTable

TEXT_ROLES: dict[OneTableKind, tuple[str, ...]] = {"pairs": ("text1", "text2"), "labelled": ("text",)}
"""Columns that may be missing where there are vectors, in the order of the vectors of a row."""
OPTIONAL = {*TEXT_ROLES["pairs"], *TEXT_ROLES["labelled"], "query", "document", "title"}
"""Roles of texts."""


def sides_of(kind: str) -> int:
    """Return how many vectors a row of a kind of labelled data has."""
    return len(TEXT_ROLES["pairs"]) if kind == "pairs" else 1


def kind_of_columns(columns: Mapping[str, str], vectors: int) -> OneTableKind:
    """Return what is labelled in a table: by the roles that are named, else by how many vectors a row has.

    Args:
        columns: Column of each role that is named.
        vectors: How many a row has.
    """
    named = next((kind for kind in TEXT_ROLES if set(columns) & set(role_ids(kind))), None)
    return named or ("pairs" if vectors > 1 else "labelled")


def vector_columns_of(frame: pd.DataFrame, kind: TableKind, named: Mapping[str, str]) -> dict[str, str]:
    """Return the column of each role of a kind of table with vectors: as named, else guessed; texts may be missing.

    Raises:
        InputError: A role other than a text has no column.
    """
    mine = {role: column for role, column in named.items() if role in role_ids(kind)}
    others = frame.drop(columns=[column for column in mine.values() if column in frame.columns])
    chosen = {**guess_columns(others, kind), **mine}
    missing = [role for role in role_ids(kind) if role not in chosen and role not in OPTIONAL]
    if missing:
        raise InputError(
            f"There is no column for {', '.join(missing)} among {listed_columns(frame)}.",
            f"Name {', '.join(missing)}.",
        )
    return chosen


def vector_task(table: VectorTable, kind: OneTableKind, columns: Mapping[str, str], source: str = "Uploaded") -> Task:
    """Return scored pairs or labelled texts with the vectors of their rows.

    Texts are known by letters and vector together: one text with two vectors is two. Without a column of texts every
    vector stands for itself.

    Args:
        table: The rows and their vectors: two arrays for pairs, one for labelled texts.
        kind: What is labelled.
        columns: Column of each role; those of texts may be left out.
        source: Where it comes from.

    Raises:
        InputError: A row has too few vectors, the table is unfit, or all vectors are the same.
    """
    roles = TEXT_ROLES[kind]
    if len(table.vectors) != len(roles):
        raise InputError(
            f"{table.name} has {len(table.vectors)} vectors a row; {kind} have {len(roles)}.", "Give one for each text."
        )
    keyed = _Keyed()
    frame, chosen = table.frame, dict(columns)
    for role, vectors in zip(roles, table.vectors, strict=True):
        frame, chosen[role] = keyed.put(frame, columns.get(role), role, vectors)
    task = task_from_table(frame, kind, chosen, table.name, source, table.notes)
    assert not isinstance(task, RetrievalTask)
    texts, vectors = keyed.take(task.texts)
    return replace(task, id=_id(task, texts, vectors), texts=texts, vectors=(vectors,))


def vector_retrieval(
    queries: VectorTable,
    documents: VectorTable,
    relevance: pd.DataFrame,
    columns: Mapping[str, str],
    source: str = "Uploaded",
    notes: Sequence[str] = (),
) -> RetrievalTask:
    """Return queries, documents and relevance with the vectors of queries and documents.

    Args:
        queries: A vector a query.
        documents: A vector a document, of the same length.
        relevance: Judgements.
        columns: Column of each role; `query` and `document`, the texts, may be left out.
        source: Where they come from.
        notes: What was left out of the relevance.

    Raises:
        InputError: The vectors differ in length or are all the same, or a table is unfit.
    """
    if queries.width != documents.width:
        raise InputError(
            f"A query's vector has {queries.width} numbers, a document's {documents.width}.",
            "Give vectors of one length.",
        )
    asked, searched = _Keyed(), _Keyed()
    first, query = asked.put(queries.frame, columns.get("query"), "query", queries.vectors[0])
    second, document = searched.put(documents.frame, columns.get("document"), "document", documents.vectors[0])
    named = {role: column for role, column in columns.items() if role != "title"}
    chosen = RetrievalColumns(**named | {"query": query, "document": document})
    remarks = (*queries.notes, *documents.notes, *notes)
    task = retrieval_from_tables(first, second, relevance, chosen, queries.name, source, remarks)
    (texts, of_queries), (passages, of_documents) = asked.take(task.queries), searched.take(task.documents)
    made = _id(task, (*texts, *passages), of_queries, of_documents)
    return replace(task, id=made, queries=texts, documents=passages, vectors=(of_queries, of_documents))


class _Keyed:
    """Texts with their vectors, told apart by a key that stands in for the text while a task is made of a table."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, bytes], str] = {}
        self._vectors: list[np.ndarray] = []
        self._texts: list[str] = []

    def put(self, frame: pd.DataFrame, column: str | None, role: str, vectors: np.ndarray) -> tuple[pd.DataFrame, str]:
        """Return a table with a column of keys in place of its texts, and that column's name."""
        cells = [None] * len(frame) if column is None else self._cells(frame, column)
        keys = []
        for row, text, vector in zip(frame.index, cells, vectors, strict=True):
            given = _stand_in(int(row) + 1, role) if column is None else text
            keys.append(None if given is None else self._key(given, vector))
        name = f"{role} and vector" if column is None else column
        return frame.assign(**{name: keys}), name

    def take(self, keys: Sequence[str]) -> tuple[tuple[str, ...], np.ndarray]:
        """Return the texts that keys stand for, and their vectors, (n, d)."""
        places = [int(key) for key in keys]
        texts = tuple(self._texts[place] for place in places)
        check_limits(texts)
        vectors = read_only(np.stack([self._vectors[place] for place in places]), np.float32)
        if (vectors == vectors[0]).all():
            raise InputError(f"All {len(vectors):,} vectors are the same, so every cosine is 1.", "Give others.")
        return texts, vectors

    def _cells(self, frame: pd.DataFrame, column: str) -> list[str | None]:
        if column not in frame.columns:
            raise InputError(f"There is no column {column!r}.", f"There are {', '.join(map(repr, frame.columns))}.")
        missing = frame[column].isna().tolist()
        written = (
            None if gone else format_cell(cell).strip() for gone, cell in zip(missing, frame[column], strict=True)
        )
        return [text or None for text in written]

    def _key(self, text: str, vector: np.ndarray) -> str:
        known = self._keys.setdefault((text, vector.tobytes()), str(len(self._texts)))
        if int(known) == len(self._texts):
            self._texts.append(text)
            self._vectors.append(vector)
        return known


def _id(task: Task, texts: Sequence[str], *vectors: np.ndarray) -> str:
    digest = hashlib.sha256()
    for part in vectors:
        digest.update(part.tobytes())
    return content_id("own vectors", task.id, list(texts), digest.hexdigest())


def has_texts(texts: Sequence[str]) -> bool:
    """Return whether a text is there, and not only what stands for the texts of vectors that came without them."""
    return not all(_STAND_IN.fullmatch(text) for text in texts)


def _stand_in(row: int, role: str) -> str:
    return f"row {row}, {role}"


_STAND_IN = re.compile(r"row \d+, \w+")
