"""Cells of uploaded tables: what counts as missing, and how a value is written as a text.

A cell of a text file stays the text that was written, for 3.10 is not 3.1 where it is a
label or an id; `numbers.py` reads the columns that have to be numbers.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

Cell = str | float | int | bool | None

_MISSING = frozenset(("nan", "NaN", "NULL", "<NA>", "#N/A", "N/A"))
# Leading zeros and long digits are codes, not numbers: 007, or an id that float64 would round.
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})([.,][0-9]+)?([eE][+-]?[0-9]{1,3})?|-?\.[0-9]+")
_EXACT = 2**53  # whole numbers below it are exact as float64


def written_cells(cells: Iterable[str]) -> list[Cell]:
    """Cells of a text file as they were written; None where one is empty or says that it is missing."""
    return [None if not cell.strip() or cell.strip() in _MISSING else cell for cell in cells]


def is_number_text(text: str) -> bool:
    """Whether a cell of a text file is written as a number, with a decimal point or comma; 007 is a code."""
    return _NUMBER.fullmatch(text.strip()) is not None


def holds_numbers(column: "pd.Series") -> bool:
    """Whether a column holds numbers (or truth values) only, stored as such or written as texts."""
    if column.dtype.kind in "iufb":
        return True
    present = column.dropna()
    return len(present) > 0 and all(is_number_text(str(cell)) for cell in present)


def series(cells: list[Cell]) -> "pd.Series":
    """Return a column of int64 or float64 where all present cells are numbers, else of texts; missing cells are NaN."""
    import pandas as pd

    present = [cell for cell in cells if cell is not None and cell == cell]
    if present and all(_is_number(cell) for cell in present):
        whole = len(present) == len(cells) and all(_is_whole(cell) for cell in present)
        return pd.Series(cells, dtype="int64" if whole else "float64")
    return pd.Series([None if cell is None or cell != cell else format_cell(cell) for cell in cells], dtype="str")


def texts_in(column: "pd.Series") -> list[str | None]:
    """Return the cells of a column as texts without white space around them; None where one is missing or empty."""
    missing = column.isna().tolist()
    texts = (None if gone else format_cell(cell).strip() for gone, cell in zip(missing, column.tolist(), strict=True))
    return [text or None for text in texts]


def format_cell(cell: Cell) -> str:
    """Return a value as a text: a whole number without a decimal point, whatever its type, and true or false."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _is_whole(cell: Cell) -> bool:
    return isinstance(cell, int | float) and abs(cell) < _EXACT and cell == int(cell)


def _is_number(cell: Cell) -> bool:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return False
    return isinstance(cell, float) or abs(cell) < _EXACT
