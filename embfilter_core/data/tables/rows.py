"""Which rows of a table can be used: those that have a value in every column that is needed; the others are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embfilter_core.data.tables.cells import texts_in
from embfilter_core.data.tables.columns import require_columns
from embfilter_core.data.tables.numbers import Numbers, numbers_in
from embfilter_core.data.tables.problems import some_of
from embfilter_core.errors import InputError
from embfilter_core.number_format import format_count

if TYPE_CHECKING:
    import pandas as pd

EMPTY = "empty"
"""Why a row without any cell is left out."""


@dataclass(frozen=True)
class UsableRows:
    """The rows of a table that can be used.

    Attributes:
        texts: Cells as they were written, of each column of texts, by column.
        numbers: Cells of the column of numbers; empty where none was asked for.
        rows: Number of each row in the table, counted from 1.
        notes: What was left out or read in a way of its own, a sentence each.
    """

    texts: Mapping[str, tuple[str, ...]]
    numbers: tuple[float, ...]
    rows: tuple[int, ...]
    notes: tuple[str, ...]


def usable_rows(
    table: pd.DataFrame,
    texts: Sequence[tuple[str, str]],
    number: tuple[str, str] | None = None,
    what: str = "The table",
) -> UsableRows:
    """Return the rows with a value in every column that is needed.

    Args:
        table: The table.
        texts: The columns of texts, and what each of them holds: `("sentence1", "text")`.
        number: A column of numbers and what it holds: `("score", "score")`.
        what: What the table is, for messages.

    Raises:
        InputError: A column is missing, its numbers cannot be understood, or no row can be used.
    """
    require_columns(table, [column for column, _ in (*texts, *([number] if number else ()))])
    cells = {column: texts_in(table[column]) for column, _ in texts}
    numbers = numbers_in(table, number[0]) if number else None
    missing = {EMPTY: table.isna().all(axis=1).tolist()}
    for column, held in texts:
        missing[f"without {held} in column {column!r}"] = [value is None for value in cells[column]]
    if number and numbers:
        missing |= _without_number(numbers, *number)
    kept, notes = _sorted_out(len(table), missing)
    if not kept:
        raise InputError(
            f"{what} has no row that can be used. {' '.join(notes)}", "Choose other columns, or fill them."
        )
    return UsableRows(
        {column: tuple(values[row] or "" for row in kept) for column, values in cells.items()},
        tuple(numbers.values[row] or 0.0 for row in kept) if numbers else (),
        tuple(row + 1 for row in kept),
        (*(numbers.notes if numbers else ()), *notes),
    )


def count_left_out(number: int, what: str) -> str:
    """Return a note on rows, such as `2 rows without text in column 'text' left out`."""
    return f"{format_count(number, 'row')} {what} left out."


def _without_number(numbers: Numbers, column: str, name: str) -> dict[str, list[bool]]:
    """Which rows have no number, and which have something else there, by reason."""
    unread = dict(numbers.unread)
    examples = some_of([f"{text[:40]!r} in row {row}" for row, text in numbers.unread])
    return {
        f"without {name} in column {column!r}": [
            value is None and row not in unread for row, value in enumerate(numbers.values, start=1)
        ],
        f"whose {name} is no number ({examples})": [row in unread for row in range(1, len(numbers.values) + 1)],
    }


def _sorted_out(rows: int, missing: Mapping[str, Sequence[bool]]) -> tuple[list[int], list[str]]:
    """Positions of the rows that miss nothing, and how many others there are, each under its first reason."""
    reasons = [next((reason for reason, those in missing.items() if those[row]), None) for row in range(rows)]
    counted = Counter(reason for reason in reasons if reason is not None)
    notes = [
        f"{format_count(times, 'empty row')} left out." if reason == EMPTY else count_left_out(times, reason)
        for reason, times in counted.items()
    ]
    return [row for row, reason in enumerate(reasons) if reason is None], notes
