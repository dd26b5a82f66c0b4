"""A table beside the vectors of its rows: from one Parquet file, or from a table and a file of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.data.tables.read_table import UploadedTable, read_table
from embfilter_core.data.vectors.limits import FEWEST_NUMBERS
from embfilter_core.data.vectors.parquet_vectors import read_vector_columns, vector_columns, without_vectors
from embfilter_core.errors import InputError
from embfilter_core.number_format import format_count

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class VectorTable:
    """Rows of a table with one vector each, or two where each row is a pair.

    Attributes:
        name: Of the file.
        frame: n rows; its index counts the rows of the file from 0.
        vectors: One array or two, (n, d) float32 each, all finite.
        notes: What was left out or guessed, a sentence each.
    """

    name: str
    frame: pd.DataFrame
    vectors: tuple[np.ndarray, ...]
    notes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Numbers of a vector, d."""
        return int(self.vectors[0].shape[1])


def read_vector_table(name: str, data: bytes, columns: Sequence[str] = (), sides: int = 1) -> VectorTable:
    """Read a Parquet file with columns of vectors.

    Args:
        name: Its name.
        data: Its content.
        columns: The columns of the vectors, one or two; by default those that are called like vectors.
        sides: How many vectors a row has: 2 for pairs.

    Raises:
        InputError: It cannot be read, the columns cannot be told, or no row has a vector.
    """
    chosen = list(columns) or guess_vector_columns(name, data, sides)
    if len(chosen) != sides:
        raise InputError(f"{format_count(len(chosen), 'column')} of vectors named.", _needed(sides))
    table = read_table(name.rpartition(".")[0] + ".parquet", without_vectors(name, data))
    return join_vectors(name, table, read_vector_columns(name, data, chosen))


def sides_in(name: str, data: bytes) -> int:
    """Return how many vectors a row of a Parquet file has: two where there are two columns of vectors, else one.

    Raises:
        InputError: It is no whole Parquet file.
    """
    return 2 if len(vector_columns(name, data)) == 2 else 1


def guess_vector_columns(name: str, data: bytes, sides: int = 1) -> list[str]:
    """Return the columns of vectors of a Parquet file where they can be told.

    Raises:
        InputError: There are too few, or so many that they have to be named.
    """
    found = vector_columns(name, data)
    if len(found) < sides or len(found) > sides > 1:
        listed = ", ".join(map(repr, found)) or "none"
        raise InputError(f"{name} has {format_count(len(found), 'column')} of vectors: {listed}.", _needed(sides))
    return found[:sides]


def join_vectors(name: str, table: UploadedTable, vectors: Sequence[np.ndarray]) -> VectorTable:
    """Return a table beside vectors that stand in the order of its rows; rows without a finite vector are left out.

    Args:
        name: Of the file, for messages.
        table: n rows.
        vectors: One array or two, (n, d) float32 each.

    Raises:
        InputError: They are not as many as the rows, too short, all the same, or none is finite.
    """
    rows, given = len(table.frame), len(vectors[0])
    if given != rows:
        raise InputError(
            f"{name} has {format_count(rows, 'row')}, and there are {format_count(given, 'vector')}.",
            "Give one for each row, in the same order.",
        )
    finite = np.logical_and.reduce([np.isfinite(side).all(axis=1) & (side.shape[1] > 0) for side in vectors])
    if not finite.any():
        raise InputError(f"No row of {name} has a vector of finite numbers.", "Save the vectors again as float32.")
    if vectors[0].shape[1] < FEWEST_NUMBERS:
        raise InputError(
            f"The vectors of {name} have {format_count(vectors[0].shape[1], 'number')}.",
            f"Give vectors of {FEWEST_NUMBERS} or more.",
        )
    kept = tuple(side[finite] for side in vectors)
    notes = [*table.notes]
    if not finite.all():
        notes.append(f"{format_count(int((~finite).sum()), 'row')} without a vector of finite numbers left out.")
    zeros = sum(int((~side.any(axis=1)).sum()) for side in kept)
    if zeros:
        notes.append(f"{format_count(zeros, 'vector')} of zeros alone: every cosine with one counts as 0.")
    return VectorTable(name, table.frame[finite], kept, tuple(notes))


def _needed(sides: int) -> str:
    return "Name the column of the vectors." if sides == 1 else "Name two, that of the first texts and of the second."
