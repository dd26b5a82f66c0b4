"""Tables from files of other people: CSV, TSV, JSON Lines, plain lines and Parquet.

Nothing in such a file is run, and every way it can be broken gets one clear line.
What had to be guessed or left out is said in a note.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from embfilter_core.data.tables.cells import Cell, read_cells, series
from embfilter_core.data.tables.delimited import read_delimited
from embfilter_core.data.tables.formats import FORMAT_NAMES, FORMATS, LIMITS, UploadLimits
from embfilter_core.data.tables.json_lines import read_json_object
from embfilter_core.data.tables.parquet import read_parquet
from embfilter_core.data.tables.text_encoding import decode
from embfilter_core.errors import InputError
from embfilter_core.number_format import format_count, format_megabytes

if TYPE_CHECKING:
    import pandas as pd

# What a file begins with when it is something else than its name says.
_SIGNATURES = {
    b"PAR1": "a Parquet file",
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"\x1f\x8b": "compressed by gzip",
    b"%PDF": "a PDF file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x80\x04\x95": "a Python pickle, which can run code when it is read",
}

Columns = tuple[dict[str, list[Cell]], str | None, tuple[str, ...]]  # cells by column, delimiter, notes


@dataclass(frozen=True, eq=False)
class UploadedTable:
    """A table as it was read.

    Attributes:
        frame: Columns of text (missing cells are NaN) or of numbers.
        format: One of the values of `FORMATS`.
        encoding: Its encoding, or None for Parquet.
        delimiter: What separates its cells, or None where there is nothing to separate.
        notes: What was guessed, changed or left out, a sentence each.
    """

    frame: "pd.DataFrame"
    format: str
    encoding: str | None = None
    delimiter: str | None = None
    notes: tuple[str, ...] = ()


def read_table(
    name: str,
    data: bytes,
    delimiter: str | None = None,
    encoding: str | None = None,
    limits: UploadLimits = LIMITS,
) -> UploadedTable:
    """Read a file that somebody gave.

    Args:
        name: Its name, whose ending tells the format (`formats.FORMATS`).
        data: Its content.
        delimiter: One of `delimited.DELIMITERS`; by default it is found.
        encoding: One of `text_encoding.ENCODINGS`; by default it is found.
        limits: How large it may be.

    Raises:
        InputError: It is broken, too large, or not what its name says.
    """
    format = _format(name, data, limits)
    if format == "Parquet":
        columns, notes = read_parquet(name, data, limits.rows, limits.columns)
        return UploadedTable(_frame(name, columns), format, notes=notes)
    text, encoding, notes = decode(name, data, encoding)
    if not text.strip():
        raise InputError(f"{name} has no text: it is empty.", "Choose another file.")
    columns, delimiter, more = _READERS[format](name, text, delimiter, limits)
    return UploadedTable(_frame(name, columns), format, encoding, delimiter, (*notes, *more))


def _format(name: str, data: bytes, limits: UploadLimits) -> str:
    format = FORMATS.get(PurePath(name).suffix.lower())
    if format is None:
        raise InputError(f"{name} has a format that is not read here.", f"Give one of {', '.join(FORMATS)}.")
    if len(data) > limits.bytes:
        raise InputError(
            f"{name} has {format_megabytes(len(data), 1)}; the limit is {format_megabytes(limits.bytes, 1)}.",
            "Use a part of it.",
        )
    if not data:
        raise InputError(f"{name} is empty.", "Choose another file.")
    content = next((what for signature, what in _SIGNATURES.items() if data.startswith(signature)), None)
    if content and (format, content) != ("Parquet", "a Parquet file"):
        raise InputError(f"{name} is {content} by its content.", f"Give {FORMAT_NAMES}, named so.")
    if format == "Parquet" and content is None:
        raise InputError(f"{name} is no Parquet file by its content.", "Name it for what it is, or export it again.")
    return format


def _lines(name: str, text: str, _: str | None, limits: UploadLimits) -> Columns:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    filled = [line.strip() for line in lines if line.strip()]
    _check_rows(name, len(filled), limits)
    empty = len(lines) - len(filled)
    notes = (f"{format_count(empty, 'empty line')} left out.",) if empty else ()
    return {"text": [*filled]}, None, notes


def _tab_separated(name: str, text: str, delimiter: str | None, limits: UploadLimits) -> Columns:
    usual = "\t" if "\t" in text.partition("\n")[0] else None
    return _delimited(name, text, delimiter or usual, limits)


def _delimited(name: str, text: str, delimiter: str | None, limits: UploadLimits) -> Columns:
    if text.lstrip().startswith("{") and '":' in text.partition("\n")[0]:
        raise InputError(f"{name} holds JSON Lines by its content.", "Name it .jsonl.")
    header, rows, used, notes = read_delimited(name, text, delimiter, limits.rows)
    names = [cell.strip() or f"column {i}" for i, cell in enumerate(header, start=1)]
    _check_names(name, names, limits)
    if not rows:
        raise InputError(f"{name} has a header and no rows.", "Add a row a text.")
    cells = zip(*rows, strict=True)
    return {column: read_cells(list(values)) for column, values in zip(names, cells, strict=True)}, used, notes


def _json_lines(name: str, text: str, _: str | None, limits: UploadLimits) -> Columns:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    _check_rows(name, len(lines), limits)
    objects = [read_json_object(f"{name}, line {number:,}", line) for number, line in lines]
    names = list(dict.fromkeys(key for entry in objects for key in entry))
    _check_names(name, names, limits)
    return {key: [entry.get(key) for entry in objects] for key in names}, None, ()


_READERS = {"CSV": _delimited, "TSV": _tab_separated, "JSONL": _json_lines, "TXT": _lines}


def _check_rows(name: str, rows: int, limits: UploadLimits) -> None:
    if rows > limits.rows:
        raise InputError(f"{name} has {rows:,} rows; the limit is {limits.rows:,}.", "Use a sample of it.")


def _check_names(name: str, names: Sequence[str], limits: UploadLimits) -> None:
    if len(names) > limits.columns:
        raise InputError(
            f"{name} has {len(names):,} columns; the limit is {limits.columns:,}.", "Keep those that you need."
        )
    column, times = Counter(names).most_common(1)[0] if names else ("", 0)
    if times > 1:
        raise InputError(f"{name} has {times} columns named {column[:80]!r}.", "Rename them.")


def _frame(name: str, columns: dict[str, list[Cell]]) -> "pd.DataFrame":
    import pandas as pd

    frame = pd.DataFrame({column: series(cells) for column, cells in columns.items()})
    if frame.empty:
        raise InputError(f"{name} has no rows.", "Add a row a text.")
    return frame
