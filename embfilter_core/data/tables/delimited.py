"""CSV and TSV: the delimiter is found by the rows agreeing with the header, and every row has to agree."""

import csv
import io
import re
from itertools import pairwise
from typing import Literal

from embfilter_core.data.tables.columns import number_columns
from embfilter_core.data.tables.delimiters import DELIMITERS, ONE_COLUMN, find_delimiter, first_rows
from embfilter_core.data.tables.header import NO_NAMES, lacks_names
from embfilter_core.data.tables.preamble import find_preamble, unfitting_first_line
from embfilter_core.data.tables.problems import some_of
from embfilter_core.errors import InputError
from embfilter_core.number_format import format_count

Rows = list[list[str]]
_SPLIT = "Decimal commas cut its numbers in two.", "Write decimal points, or use semicolons between cells."


def read_delimited(
    name: str, text: str, delimiter: str | None, max_rows: int, usual: str | None = None
) -> tuple[list[str], Rows, str | None, tuple[str, ...]]:
    """Return the names of the columns, the rows, the delimiter (None for one column) and notes.

    Args:
        name: The file's name, for messages.
        text: Its text.
        delimiter: One of `DELIMITERS`; by default it is found.
        max_rows: Reading stops with an error beyond as many rows.
        usual: The delimiter of such files, taken wherever the header holds it.

    Raises:
        InputError: Names what is wrong and the lines that it is wrong in.
    """
    if delimiter is not None and delimiter not in DELIMITERS:
        raise InputError(f"{delimiter[:20]!r} is no delimiter.", f"Use one of {', '.join(DELIMITERS.values())}.")
    before = find_preamble(name, text, delimiter)
    body = "\n".join(text.split("\n", before.lines)[before.lines :])
    asked = delimiter or before.delimiter or (usual if usual and usual in body.partition("\n")[0] else None)
    chosen = asked or find_delimiter(body)
    file = _File(name, body, before.lines, max_rows)
    header, rows, notes = _parsed(file, chosen)
    if delimiter is not None:
        _refuse_wrong_delimiter(name, body, header, delimiter)
    if chosen == ONE_COLUMN:
        _refuse_decimal_commas(name, body)
        notes += unfitting_first_line(body)
    if lacks_names(header, rows):
        rows, header, notes = [header, *rows], number_columns(len(header)), (*notes, NO_NAMES)
    names = [cell.strip() or number for cell, number in zip(header, number_columns(len(header)), strict=True)]
    return names, rows, None if chosen == ONE_COLUMN else chosen, (*before.notes, *notes)


class _File:
    """A file's name, its text from the header on, how many lines stand before it, and the limit of its rows."""

    def __init__(self, name: str, text: str, before: int, max_rows: int) -> None:
        self.name, self.text, self.before, self.max_rows = name, text, before, max_rows


class _Malformed(InputError):
    """Rows that cannot be told apart, under one way to read quotation marks."""


def _parsed(file: _File, delimiter: str) -> tuple[list[str], Rows, tuple[str, ...]]:
    try:
        return *_parse(file, delimiter, csv.QUOTE_MINIMAL), ()
    except _Malformed as error:
        if delimiter != "\t":
            raise
        # Tab-separated files often use no quoting at all: a quotation mark is then part of a text.
        try:
            header, rows = _parse(file, delimiter, csv.QUOTE_NONE)
        except _Malformed:
            raise error from None
        return header, rows, ("Quotation marks do not enclose cells here: read as part of the texts.",)


def _parse(file: _File, delimiter: str, quoting: Literal[0, 3]) -> tuple[list[str], Rows]:
    reader = csv.reader(io.StringIO(file.text, newline=""), delimiter=delimiter, strict=True, quoting=quoting)
    header: list[str] = []
    rows: Rows = []
    ragged: list[tuple[int, list[str]]] = []
    begun = file.before + 1
    try:
        for row in reader:
            if not row:
                pass  # a blank line
            elif not header:
                header = row
            elif len(rows) == file.max_rows:
                raise InputError(
                    f"{file.name} has more than {file.max_rows:,} rows, which is the limit.", "Use a sample of it."
                )
            else:
                rows.append(_fitted(row, len(header)))
                if len(rows[-1]) != len(header):
                    ragged.append((begun, row))
            begun = file.before + reader.line_num + 1
    except csv.Error as error:
        raise _explained(file.name, begun, error) from error
    if ragged:
        raise _ragged(file.name, ragged, len(header), delimiter)
    return header, rows


def _fitted(row: list[str], width: int) -> list[str]:
    """A row without empty cells beyond the header; one that is empty throughout has as many as the header."""
    filled = max((place for place, cell in enumerate(row, start=1) if cell.strip()), default=0)
    if not filled:
        return [""] * width
    return row[:width] if filled <= width < len(row) else row


def _ragged(name: str, ragged: list[tuple[int, list[str]]], expected: int, delimiter: str) -> _Malformed:
    line, row = ragged[0]
    what = f"{name}, line {line:,}: {format_count(len(row), 'cell')}, but the header has {expected}."
    if len(ragged) > 1:
        others = some_of([f"{line:,}" for line, _ in ragged[1:]])
        what += f" {format_count(len(ragged) - 1, 'more row does', 'more rows do')} not fit: {others}."
    if delimiter == "," and all(_has_split_number(row, expected) for _, row in ragged):
        return _Malformed(f"{what} {_SPLIT[0]}", _SPLIT[1])
    return _Malformed(what, "Put a text that holds the delimiter in quotation marks, or choose another delimiter.")


def _refuse_decimal_commas(name: str, text: str) -> None:
    """Refuse rows that no delimiter fits since each has a cell more than the header, by a number cut in two."""
    rows = first_rows(text, ",")
    expected = len(rows[0][1]) if rows else 0
    if expected > 1 and len(rows) > 1 and all(_has_split_number(row, expected) for _, row in rows[1:]):
        raise InputError(f"{name}: the header has {expected} cells, the rows {expected + 1}. {_SPLIT[0]}", _SPLIT[1])


def _has_split_number(row: list[str], expected: int) -> bool:
    return len(row) == expected + 1 and any(
        re.fullmatch(r"-?\d+", whole.strip()) and re.fullmatch(r"\d+", part.strip()) for whole, part in pairwise(row)
    )


def _explained(name: str, line: int, error: csv.Error) -> _Malformed:
    if "unexpected end" in str(error) or "field larger" in str(error):
        long = f", or a cell of more than {csv.field_size_limit():,} characters" if "larger" in str(error) else ""
        return _Malformed(
            f"{name}: the row that begins in line {line:,} has a quotation mark that is never closed{long}.",
            "Close it; a quotation mark inside a quoted text is written twice.",
        )
    return _Malformed(
        f"{name}, line {line:,}: there is text after a closing quotation mark.",
        "A quotation mark inside a quoted text is written twice.",
    )


def _refuse_wrong_delimiter(name: str, text: str, header: list[str], delimiter: str) -> None:
    better = find_delimiter(text)
    if len(header) == 1 and better not in (delimiter, ONE_COLUMN):
        columns = len(first_rows(text, better)[0][1])
        raise InputError(
            f"{name} has one column when cut at each {DELIMITERS[delimiter]}.",
            f"A {DELIMITERS[better]} gives {columns} columns: choose that.",
        )
