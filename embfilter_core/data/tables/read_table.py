"""Tables from files of other people: CSV, TSV, JSON, plain lines, Parquet and Excel.

Nothing in such a file is run, and every way it can be broken gets one clear message.
What had to be guessed or left out is said in a note. Cells of text files stay the
texts that were written, numbers too.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embfilter_core.data.tables.cells import Cell, series, written_cells
from embfilter_core.data.tables.delimited import read_delimited
from embfilter_core.data.tables.formats import LIMITS, UploadLimits
from embfilter_core.data.tables.json_tables import Objects, plain_columns, read_json, read_json_lines
from embfilter_core.data.tables.parquet import read_parquet
from embfilter_core.data.tables.signatures import format_of
from embfilter_core.data.tables.text_encoding import decode
from embfilter_core.data.tables.workbook import read_workbook
from embfilter_core.errors import InputError
from embfilter_core.number_format import format_count

if TYPE_CHECKING:
    import pandas as pd

Columns = tuple[dict[str, list[Cell]], str | None, tuple[str, ...]]  # cells by column, delimiter, notes


@dataclass(frozen=True, eq=False)
class UploadedTable:
    """A table as it was read.

    Attributes:
        frame: Columns of text (missing cells are NaN), or of numbers where the file keeps numbers (Parquet, Excel).
            A row's place is its place in the file: none is left out yet.
        format: One of the values of `FORMATS`.
        encoding: Its encoding, or None where it is no text file.
        delimiter: What separates its cells, or None where there is nothing to separate.
        notes: What was guessed, changed or left out, a sentence each.
        sheet: The sheet that was read, of a workbook.
        sheets: All sheets of the workbook that have rows.
    """

    frame: "pd.DataFrame"
    format: str
    encoding: str | None = None
    delimiter: str | None = None
    notes: tuple[str, ...] = ()
    sheet: str | None = None
    sheets: tuple[str, ...] = ()


def read_table(
    name: str,
    data: bytes,
    delimiter: str | None = None,
    encoding: str | None = None,
    limits: UploadLimits = LIMITS,
    sheet: str | None = None,
) -> UploadedTable:
    """Read a file that somebody gave.

    Args:
        name: Its name, whose ending tells the format (`formats.FORMATS`).
        data: Its content.
        delimiter: One of `delimiters.DELIMITERS`; by default it is found.
        encoding: One of `text_encoding.ENCODINGS`; by default it is found.
        limits: How large it may be.
        sheet: The sheet of a workbook; by default the first with rows.

    Raises:
        InputError: It is broken, too large, or not what its name says.
    """
    format = format_of(name, data, limits)
    if format == "Parquet":
        columns, notes = read_parquet(name, data, limits.rows, limits.columns)
        return UploadedTable(_frame(name, columns), format, notes=notes)
    if format == "Excel":
        read = read_workbook(name, data, limits, sheet)
        _check_names(name, list(read.columns), limits)
        return UploadedTable(_frame(name, read.columns), format, notes=read.notes, sheet=read.sheet, sheets=read.sheets)
    text, encoding, notes = decode(name, data, encoding)
    if not text.strip():
        raise InputError(f"{name} has no text: it is empty.", "Choose another file.")
    columns, delimiter, more = _READERS[format](name, text, delimiter, limits)
    return UploadedTable(_frame(name, columns), format, encoding, delimiter, (*notes, *more))


def _lines(name: str, text: str, _: str | None, limits: UploadLimits) -> Columns:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    filled = [line.strip() for line in lines if line.strip()]
    _check_rows(name, len(filled), limits)
    empty = len(lines) - len(filled)
    notes = (f"{format_count(empty, 'empty line')} left out.",) if empty else ()
    return {"text": [*filled]}, None, notes


def _tab_separated(name: str, text: str, delimiter: str | None, limits: UploadLimits) -> Columns:
    return _delimited(name, text, delimiter, limits, usual="\t")


def _delimited(name: str, text: str, delimiter: str | None, limits: UploadLimits, usual: str | None = None) -> Columns:
    if text.lstrip().startswith("{") and '":' in text.partition("\n")[0]:
        raise InputError(f"{name} holds JSON Lines by its content.", "Name it .jsonl.")
    names, rows, used, notes = read_delimited(name, text, delimiter, limits.rows, usual)
    _check_names(name, names, limits)
    if not rows:
        raise InputError(f"{name} has a header and no rows.", "Add a row a text.")
    cells = zip(*rows, strict=True)
    return {column: written_cells(values) for column, values in zip(names, cells, strict=True)}, used, notes


def _json_lines(name: str, text: str, _: str | None, limits: UploadLimits) -> Columns:
    return _json(name, read_json_lines(name, text), limits)


def _json_file(name: str, text: str, _: str | None, limits: UploadLimits) -> Columns:
    return _json(name, read_json(name, text), limits)


def _json(name: str, objects: Objects, limits: UploadLimits) -> Columns:
    _check_rows(name, len(objects), limits)
    columns, nested, notes = plain_columns(objects)
    _check_names(name, list(columns), limits)
    if nested and not columns:
        raise InputError(f"{name} has no column of text or numbers, only {', '.join(nested)}.", "Add one of text.")
    return columns, None, notes


_READERS = {"CSV": _delimited, "TSV": _tab_separated, "JSONL": _json_lines, "JSON": _json_file, "TXT": _lines}


def _check_rows(name: str, rows: int, limits: UploadLimits) -> None:
    if rows > limits.rows:
        raise InputError(f"{name} has {rows:,} rows; the limit is {limits.rows:,}.", "Use a sample of it.")


def _check_names(name: str, names: Sequence[str], limits: UploadLimits) -> None:
    if len(names) > limits.columns:
        raise InputError(
            f"{name} has {len(names):,} columns; the limit is {limits.columns:,}.", "Keep those that you need."
        )
    repeated = [f"{times} columns named {column[:80]!r}" for column, times in Counter(names).items() if times > 1]
    if repeated:
        raise InputError(f"{name} has {', '.join(repeated)}.", "Rename them.")


def _frame(name: str, columns: dict[str, list[Cell]]) -> "pd.DataFrame":
    import pandas as pd

    frame = pd.DataFrame({column: series(cells) for column, cells in columns.items()})
    if frame.empty:
        raise InputError(f"{name} has no rows.", "Add a row a text.")
    return frame
