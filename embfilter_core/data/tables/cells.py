"""Cells of uploaded tables: what counts as missing, what is a number, how a value is written as a text."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

Cell = str | float | int | bool | None

_MISSING = frozenset(("nan", "NaN", "NULL", "<NA>", "#N/A", "N/A"))
# Leading zeros and long digits are codes, not numbers: 007, or an id that float64 would round.
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?|-?\.[0-9]+")
_EXACT = 2**53  # whole numbers below it are exact as float64


def read_cells(cells: list[str]) -> list[Cell]:
    """Cells of a text file as numbers where all of them are; None where one is empty or says it is missing."""
    known = [None if not cell.strip() or cell.strip() in _MISSING else cell for cell in cells]
    given = [cell.strip() for cell in known if cell is not None]
    if not given or not all(_NUMBER.fullmatch(cell) for cell in given):
        return [*known]
    return [None if cell is None else float(cell.strip()) for cell in known]


def series(cells: list[Cell]) -> "pd.Series":
    """Return a column of int64 or float64 where all present cells are numbers, else of texts; missing cells are NaN."""
    import pandas as pd

    present = [cell for cell in cells if cell is not None and cell == cell]
    if present and all(_is_number(cell) for cell in present):
        whole = len(present) == len(cells) and all(_is_whole(cell) for cell in present)
        return pd.Series(cells, dtype="int64" if whole else "float64")
    return pd.Series([None if cell is None or cell != cell else format_cell(cell) for cell in cells], dtype="str")


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
