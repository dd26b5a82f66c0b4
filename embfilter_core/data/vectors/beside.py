"""Vectors of another model for the texts of labelled data, of any length: found by their letters or by their ids."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.data.corpora import content_id
from embfilter_core.data.task_parts import Places, ids_of_texts, part_of, texts_of
from embfilter_core.data.tasks import LabelledTask, PairTask, RetrievalTask, Task, read_only
from embfilter_core.data.vectors.vector_rows import VectorRows, rows_with_vectors
from embfilter_core.errors import InputError
from embfilter_core.number_format import format_count

if TYPE_CHECKING:
    from embfilter_core.data.vectors.vector_table import VectorTable

TEXT, ID = "text", "id"
CORPORA = {PairTask: ("texts",), LabelledTask: ("texts",), RetrievalTask: ("queries", "documents")}


@dataclass(frozen=True, eq=False)
class BesideVectors:
    """Vectors of another model for labelled data, or for what of it they are there for.

    Attributes:
        id: Made from the content.
        name: Of the file.
        task: The labelled data.
        part: What of it has vectors; the task itself where all has.
        places: Where the texts of the part stand among those of the task.
        vectors: Of the texts of the part, (n, w) float32, one array a corpus.
        notes: How they were found and what was left out, a sentence each.
    """

    id: str
    name: str
    task: Task
    part: Task
    places: Places
    vectors: tuple[np.ndarray, ...]
    notes: tuple[str, ...]

    @property
    def width(self) -> int:
        """Numbers of a vector, w."""
        return int(self.vectors[0].shape[1])

    @property
    def is_whole(self) -> bool:
        """Whether all of the labelled data has vectors."""
        return self.part is self.task

    @property
    def extent(self) -> str:
        """What both have: `all 1,500 pairs`, or `120 of the 1,500 pairs`."""
        unit = "pairs" if isinstance(self.task, PairTask) else "texts"
        counted = [(len(self.part), len(self.task), "queries" if isinstance(self.task, RetrievalTask) else unit)]
        if isinstance(self.task, RetrievalTask) and isinstance(self.part, RetrievalTask):
            counted.append((len(self.part.documents), len(self.task.documents), "documents"))
        return " and ".join(
            f"all {whole:,} {what}" if some == whole else f"{some:,} of the {whole:,} {what}"
            for some, whole, what in counted
        )


def match_vectors(task: Task, tables: Sequence[VectorTable]) -> BesideVectors:
    """Return the vectors of tables for the texts of labelled data.

    A text has the vector of the first row with the same letters, outer spaces aside, or with its id where that finds
    more; texts of pairs have no ids. A row of two vectors has two texts.

    Args:
        task: Labelled data.
        tables: One, or of queries and documents one each.

    Raises:
        InputError: They are too many, differ in length or not at all, or a corpus finds none; says by what it was
            looked for.
    """
    corpora = texts_of(task)
    _check_tables(task, tables)
    read = [rows_with_vectors(table) for table in tables]
    of_corpora = [read[at if len(read) > 1 else 0] for at in range(len(corpora))]
    known = ids_of_texts(task) if len(read) == len(corpora) else _told_apart(ids_of_texts(task))
    found = [
        _found(task, what, texts, ids, rows)
        for what, texts, ids, rows in zip(CORPORA[type(task)], corpora, known, of_corpora, strict=True)
    ]
    part, places = part_of(task, [one.rows >= 0 for one in found])
    vectors = tuple(
        read_only(rows.vectors[one.rows[at]], np.float32)
        for rows, one, at in zip(of_corpora, found, places, strict=True)
    )
    digest = hashlib.sha256(b"".join(one.tobytes() for one in vectors)).hexdigest()
    name = " and ".join(table.name for table in tables)
    notes = [note for table in tables for note in table.notes]
    for rows in read:
        used = np.concatenate([one.rows for one, its in zip(found, of_corpora, strict=True) if its is rows])
        notes += _left_over(rows, used)
    made = content_id("beside", part.id, [at.tolist() for at in places], digest)
    return BesideVectors(made, name, task, part, places, vectors, (*(one.note for one in found), *notes))


def _check_tables(task: Task, tables: Sequence[VectorTable]) -> None:
    names = CORPORA[type(task)]
    if len(tables) not in (1, len(names)):
        raise InputError(
            f"{format_count(len(tables), 'table')} of vectors for {' and '.join(names)}.",
            "Give one." if len(names) == 1 else "Give one for both, or one for each.",
        )
    if len({table.width for table in tables}) > 1:
        raise InputError("The vectors of the two tables differ in length.", "Give vectors of one model.")
    for table in tables:
        if all((side == table.vectors[0][0]).all() for side in table.vectors):
            raise InputError(f"All vectors of {table.name} are the same, so every cosine is 1.", "Give others.")


def _told_apart(ids: tuple[tuple[str, ...] | None, ...]) -> tuple[tuple[str, ...] | None, ...]:
    """The ids of corpora that share a table, where no query has that of a document."""
    queries, documents = (set(one or ()) for one in ids)
    return ids if queries.isdisjoint(documents) else (None, None)


@dataclass(frozen=True, eq=False)
class _Found:
    """Where each text of a corpus has its vector, (n,) int64, -1 for nowhere; and how it was found, a sentence."""

    rows: np.ndarray
    note: str


def _found(task: Task, what: str, texts: Sequence[str], ids: Sequence[str] | None, rows: VectorRows) -> _Found:
    by = {TEXT: rows.of_texts(texts)}
    if ids is not None:
        by[ID] = rows.of_ids(ids)
    mode = max(by, key=lambda one: int((by[one] >= 0).sum()))  # by their letters where both find as many
    there = int((by[mode] >= 0).sum())
    if not there:
        looked = "text or id" if ID in by and rows.id_column is not None else "text"
        raise InputError(
            f"None of the {len(texts):,} {what} of {task.name} has a vector in {rows.name}: no {looked} of it is the "
            f"same. {rows.columns_told} The first looked for is {texts[0][:60]!r}.",
            "Give vectors of the same texts.",
        )
    return _Found(by[mode], f"{there:,} of the {len(texts):,} {what} have a vector in {rows.name}, found by {mode}.")


def _left_over(rows: VectorRows, used: np.ndarray) -> list[str]:
    """A note on the vectors that were of no use."""
    left = len(rows) - len(np.unique(used[used >= 0]))
    if not left:
        return []
    return [f"{format_count(left, 'vector')} of {rows.name} left out: of no text here, or of one that had a vector."]
