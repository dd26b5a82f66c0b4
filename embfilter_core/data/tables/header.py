"""The names of a table's columns: they do not always stand in its first row, and sometimes nowhere."""

from collections.abc import Sequence

from embfilter_core.data.tables.cells import is_number_text
from embfilter_core.data.tables.columns import is_usual

NO_NAMES = "The first row holds values and no names of columns: it is read as a row, and the columns are numbered."
_MOST_TITLES = 10


def count_titles(rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows, a title or a date, stand before the row with the names of the columns.

    They have one cell at most, and the row below them holds a name that is usual for a column.
    """
    for place, row in enumerate(rows[: _MOST_TITLES + 1]):
        filled = [cell for cell in row if cell.strip()]
        is_named = any(map(is_usual, filled))
        if is_named or len(filled) > 1:
            return place if is_named and len(filled) > 1 else 0
    return 0


def lacks_names(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row is one of the rows: it holds a number among numbers, or a value that comes again.

    Args:
        first: Cells of the first row.
        rows: The rows below it, as many cells each.
    """
    if len(first) < 2 or not rows or any(map(is_usual, first)) or list(first) in [list(row) for row in rows]:
        return False
    columns = zip(first, zip(*rows, strict=True), strict=True)
    return any(_is_one_of(cell, below) for cell, below in columns if cell.strip())


def _is_one_of(cell: str, below: Sequence[str]) -> bool:
    present = [one.strip() for one in below if one.strip()]
    if not is_number_text(cell):
        return cell.strip() in present
    if not present or not all(map(is_number_text, present)):
        return False
    numbers = [float(one.replace(",", ".")) for one in (cell.strip(), *present)]
    return min(numbers[1:]) <= numbers[0] <= max(numbers[1:])  # a year over a column of counts is a name
