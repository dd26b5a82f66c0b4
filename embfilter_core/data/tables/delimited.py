"""CSV and TSV: the delimiter is found by the rows agreeing with the header, and every row has to agree."""

import csv
import io
from collections import Counter
from typing import Literal

from embfilter_core.errors import InputError

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
ONE_COLUMN = "\x1f"  # stands for no delimiter: a character that no text file holds
_SAMPLE_CHARACTERS = 65_536
_SAMPLE_ROWS = 100

Rows = list[list[str]]


def read_delimited(
    name: str, text: str, delimiter: str | None, max_rows: int
) -> tuple[list[str], Rows, str | None, tuple[str, ...]]:
    """Return the header, the rows, the delimiter (None for one column) and notes.

    Args:
        name: The file's name, for messages.
        text: Its text.
        delimiter: One of `DELIMITERS`; by default it is found.
        max_rows: Reading stops with an error beyond as many rows.

    Raises:
        InputError: Names what is wrong and the first line that it is wrong in.
    """
    if delimiter is not None and delimiter not in DELIMITERS:
        raise InputError(f"{delimiter[:20]!r} is no delimiter.", f"Use one of {', '.join(DELIMITERS.values())}.")
    chosen = delimiter or _find(text)
    notes: tuple[str, ...] = ()
    try:
        header, rows = _parse(name, text, chosen, max_rows, csv.QUOTE_MINIMAL)
    except _Malformed as error:
        if chosen != "\t":
            raise
        # Tab-separated files often use no quoting at all: a quotation mark is then part of a text.
        try:
            header, rows = _parse(name, text, chosen, max_rows, csv.QUOTE_NONE)
        except _Malformed:
            raise error from None
        notes = ("Quotation marks do not enclose cells here: read as part of the texts.",)
    if delimiter is not None:
        _refuse_wrong_delimiter(name, text, header, delimiter)
    return header, rows, None if chosen == ONE_COLUMN else chosen, notes


class _Malformed(InputError):
    """Rows that cannot be told apart, under one way to read quotation marks."""


def _parse(name: str, text: str, delimiter: str, max_rows: int, quoting: Literal[0, 3]) -> tuple[list[str], Rows]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, quoting=quoting)
    header: list[str] = []
    rows: Rows = []
    begun = 1
    try:
        for row in reader:
            if not row:
                pass  # a blank line
            elif not header:
                header = row
            elif len(row) != len(header):
                raise _ragged(name, begun, len(row), len(header))
            elif len(rows) == max_rows:
                raise InputError(f"{name} has more than {max_rows:,} rows, which is the limit.", "Use a sample of it.")
            else:
                rows.append(row)
            begun = reader.line_num + 1
    except csv.Error as error:
        raise _explained(name, begun, error) from error
    return header, rows


def _ragged(name: str, line: int, cells: int, expected: int) -> _Malformed:
    return _Malformed(
        f"{name}, line {line:,}: {cells} {'cell' if cells == 1 else 'cells'}, but the header has {expected}.",
        "Put a text that holds the delimiter in quotation marks, or choose another delimiter.",
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


def _find(text: str) -> str:
    """The delimiter that cuts the header and most of the first rows into equally many cells."""
    agreement = {delimiter: _agreement(text, delimiter) for delimiter in DELIMITERS}
    best = max(agreement.values())
    if best[0] < 0.5:
        return ONE_COLUMN
    tied = [delimiter for delimiter, value in agreement.items() if value == best]
    return tied[0] if len(tied) == 1 else _sniffed(text, tied)


def _agreement(text: str, delimiter: str) -> tuple[float, int]:
    """Share of the first rows with as many cells as the header, and that number; nothing where it is one."""
    widths = _widths(text, delimiter)
    if not widths or widths[0] < 2:
        return 0.0, 0
    return Counter(widths)[widths[0]] / len(widths), widths[0]


def _widths(text: str, delimiter: str) -> list[int]:
    sample = text[:_SAMPLE_CHARACTERS]
    if len(sample) < len(text):
        sample = sample[: sample.rfind("\n") + 1] or sample
    widths: list[int] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if row:
                widths.append(len(row))
            if len(widths) == _SAMPLE_ROWS:
                break
    except csv.Error:  # a cell too long: the rows before it tell enough
        return widths
    return widths


def _sniffed(text: str, tied: list[str]) -> str:
    try:
        return csv.Sniffer().sniff(text[:8192], "".join(tied)).delimiter
    except csv.Error:
        return tied[0]


def _refuse_wrong_delimiter(name: str, text: str, header: list[str], delimiter: str) -> None:
    better = _find(text)
    if len(header) == 1 and better not in (delimiter, ONE_COLUMN):
        columns = _widths(text, better)[0]
        raise InputError(
            f"{name} has one column when cut at each {DELIMITERS[delimiter]}.",
            f"A {DELIMITERS[better]} gives {columns} columns: choose that.",
        )
