"""Where the texts of a table come from: the ids that were written beside them, and the numbers of their rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from embfilter_core.data.tables.cells import format_cell

if TYPE_CHECKING:
    import pandas as pd

ID_NAMES = (
    "id",
    "_id",
    "doc_id",
    "docid",
    "document_id",
    "corpus-id",
    "corpus_id",
    "text_id",
    "sentence_id",
    "row_id",
    "pid",
    "qid",
    "uid",
    "uuid",
    "guid",
    "key",
)
"""What a column of ids is usually called, in lower case; the likelier name first."""


def row_numbers(frame: pd.DataFrame) -> list[int]:
    """Return the number of each row in its file, from 1: by the frame's index, so that rows left out still count."""
    if frame.index.dtype.kind in "iu" and frame.index.is_unique:
        return [int(row) + 1 for row in frame.index]
    return list(range(1, len(frame) + 1))


def guess_id_column(frame: pd.DataFrame, taken: Sequence[str] = ()) -> str | None:
    """Return the column that is called like one of ids and gives every row another one, or None.

    Args:
        frame: The table.
        taken: Columns that hold something else.
    """
    spelled = {str(column).strip().lower(): str(column) for column in reversed(frame.columns)}
    likely = [spelled[name] for name in ID_NAMES if name in spelled and spelled[name] not in taken]
    return next((column for column in likely if frame[column].notna().all() and frame[column].is_unique), None)


def origins(
    frame: pd.DataFrame, places: Sequence[int], taken: Sequence[str]
) -> tuple[tuple[str, ...] | None, tuple[int, ...]]:
    """Return the ids of some rows, where a column of ids can be told, and their numbers in the file.

    Args:
        frame: The table.
        places: The rows, by their place in the table from 0.
        taken: Columns that hold something else.
    """
    column, numbers = guess_id_column(frame, taken), row_numbers(frame)
    ids = None if column is None else tuple(ids_of(frame.iloc[list(places)], column))
    return ids, tuple(numbers[place] for place in places)


def ids_of(frame: pd.DataFrame, column: str) -> list[str]:
    """Return the ids of a column as they are written; an empty text where one is missing."""
    return [
        "" if missing else format_cell(cell) for cell, missing in zip(frame[column], frame[column].isna(), strict=True)
    ]
