"""Rows of a table by the text or the id beside their vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.data.tables.cells import format_cell, holds_numbers
from embfilter_core.data.tables.columns import guess_columns
from embfilter_core.data.tables.origin import guess_id_column, ids_of
from embfilter_core.data.vectors.vector_task import TEXT_ROLES
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.data.vectors.vector_table import VectorTable


@dataclass(frozen=True, eq=False)
class VectorRows:
    """Vectors with what stands beside them.

    Attributes:
        name: Of the file.
        vectors: (m, w) float32.
        texts: (m,) texts by column, each a column that may hold them; None where a cell is empty.
        id_column: The column of ids, or None.
        ids: (m,) of it, or None.
    """

    name: str
    vectors: np.ndarray
    texts: dict[str, list[str | None]]
    id_column: str | None
    ids: list[str] | None

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def columns_told(self) -> str:
        """What was looked at, as a sentence."""
        named = ", ".join(map(repr, self.texts)) or "none"
        ids = "" if self.id_column is None else f", and of ids {self.id_column!r}"
        return f"Its columns of text: {named}{ids}."

    def of_texts(self, texts: Sequence[str]) -> np.ndarray:
        """Return the first row of each text, (n,) int64, -1 where it has none: of the column that has most of them."""
        asked = [text.strip() for text in texts]
        found = [_first_rows(cells, asked) for cells in self.texts.values()]
        return max(found, key=lambda rows: int((rows >= 0).sum()), default=np.full(len(asked), -1))

    def of_ids(self, ids: Sequence[str]) -> np.ndarray:
        """Return the row of each id, (n,) int64, -1 where it has none."""
        return np.full(len(ids), -1) if self.ids is None else _first_rows(self.ids, ids)


def rows_with_vectors(table: VectorTable) -> VectorRows:
    """Return the rows of a table of vectors; of two vectors a row, those of the first texts and then of the second.

    Raises:
        InputError: A row has two vectors, and it cannot be told which columns are their texts.
    """
    frame = table.frame
    if len(table.vectors) == 1:
        likely = [column for column in frame.columns if not holds_numbers(frame[column])]
        texts = {str(column): _cells(frame, column) for column in likely}
        column = guess_id_column(frame)
        return VectorRows(
            table.name, table.vectors[0], texts, column, None if column is None else ids_of(frame, column)
        )
    guessed = guess_columns(frame, "pairs")
    if not all(role in guessed for role in TEXT_ROLES["pairs"]):
        raise InputError(
            f"The rows of {table.name} have two vectors, and it cannot be told whose.",
            "Name its columns of texts text1 and text2, or give one vector a row.",
        )
    columns = [guessed[role] for role in TEXT_ROLES["pairs"]]
    cells = [cell for column in columns for cell in _cells(frame, column)]
    return VectorRows(table.name, np.concatenate(table.vectors), {" and ".join(columns): cells}, None, None)


def _cells(frame: pd.DataFrame, column: str) -> list[str | None]:
    missing = frame[column].isna().tolist()
    written = (None if gone else format_cell(cell).strip() for gone, cell in zip(missing, frame[column], strict=True))
    return [text or None for text in written]


def _first_rows(cells: Sequence[str | None], asked: Sequence[str]) -> np.ndarray:
    first: dict[str, int] = {}
    for row, cell in enumerate(cells):
        if cell:
            first.setdefault(cell, row)
    return np.array([first.get(one, -1) for one in asked], dtype=np.int64)
