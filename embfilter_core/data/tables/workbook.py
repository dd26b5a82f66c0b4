"""Excel workbooks (.xlsx): one sheet of values, read by calamine once it is known how much they hold."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from embfilter_core.data.tables.archive import read_archive
from embfilter_core.data.tables.cells import Cell, format_cell
from embfilter_core.data.tables.columns import number_columns
from embfilter_core.data.tables.formats import UploadLimits
from embfilter_core.data.tables.header import NO_NAMES, count_titles, lacks_names
from embfilter_core.data.tables.workbook_size import check_workbook_size
from embfilter_core.errors import InputError, first_line
from embfilter_core.number_format import format_count

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook


@dataclass(frozen=True)
class Workbook:
    """A sheet of a workbook.

    Attributes:
        columns: Its cells by column: texts, numbers as the workbook keeps them, truth values, None where empty.
        sheet: Its name.
        sheets: The names of all sheets that have rows.
        notes: What was chosen or left out, a sentence each.
    """

    columns: dict[str, list[Cell]]
    sheet: str
    sheets: tuple[str, ...]
    notes: tuple[str, ...]


def read_workbook(name: str, data: bytes, limits: UploadLimits, sheet: str | None = None) -> Workbook:
    """Return a sheet: the one that is named, else the first with rows.

    Args:
        name: The file's name, for messages.
        data: Its bytes.
        limits: How large the sheet may be.
        sheet: Name of the sheet.

    Raises:
        InputError: The workbook is damaged or holds too much, or has no such sheet or no rows.
    """
    parts = read_archive(name, data, lambda path: path.lower().endswith((".xml", ".rels")))
    check_workbook_size(name, parts, limits)
    try:
        rows_of = _sheets(parts)
    except Exception as error:  # a damaged file makes its reader raise nearly anything
        raise InputError(f"{name} is not a whole Excel workbook: {first_line(error)}", "Export it again.") from error
    if not rows_of:
        raise InputError(f"{name} has no sheet with rows.", "Add a row a text.")
    if sheet is not None and sheet not in rows_of:
        raise InputError(f"{name} has no sheet {sheet[:80]!r} with rows.", f"It has {', '.join(map(repr, rows_of))}.")
    chosen = sheet or next(iter(rows_of))
    notes = []
    if sheet is None and len(rows_of) > 1:
        others = ", ".join(repr(other) for other in rows_of if other != chosen)
        notes.append(f"Sheet {chosen!r} is read, the first with rows; there {_are(len(rows_of) - 1)} also {others}.")
    columns, more = _columns(name, rows_of[chosen], limits)
    return Workbook(columns, chosen, tuple(rows_of), (*notes, *more))


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _sheets(parts: dict[str, bytes]) -> dict[str, list[list[Any]]]:
    """The rows of every sheet that has any below its first."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    # Packed again, for a reader that trusts the sizes that an archive tells of itself.
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, content in parts.items():
            archive.writestr(path, content)
    packed.seek(0)
    workbook: CalamineWorkbook = CalamineWorkbook.from_filelike(packed)
    worksheets = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    read = {name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=True) for name in worksheets}
    return {name: rows for name, rows in read.items() if len(rows) > 1}


def _columns(name: str, rows: list[list[Any]], limits: UploadLimits) -> tuple[dict[str, list[Cell]], list[str]]:
    """The cells by column, and notes on rows that are no rows of the table."""
    written = [["" if cell == "" else format_cell(cell) for cell in row] for row in rows]
    titles = count_titles(written)
    notes = []
    if titles:
        notes.append(f"{format_count(titles, 'row')} before the names of the columns left out.")
    header, below = written[titles], rows[titles + 1 :]
    if lacks_names(header, written[titles + 1 :]):
        header, below = [""] * len(header), rows[titles:]
        notes.append(NO_NAMES)
    if len(below) > limits.rows:
        raise InputError(f"{name} has {len(below):,} rows; the limit is {limits.rows:,}.", "Use a sample of it.")
    names = [cell.strip() or number for cell, number in zip(header, number_columns(len(header)), strict=True)]
    if len(set(names)) < len(names):
        twice = next(one for one in names if names.count(one) > 1)
        raise InputError(f"{name} has several columns named {twice[:80]!r}.", "Rename them.")
    cells = zip(*below, strict=True) if below else ([] for _ in names)
    return {column: [_cell(value) for value in values] for column, values in zip(names, cells, strict=True)}, notes


def _cell(value: Any) -> Cell:  # noqa: ANN401
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return value if isinstance(value, str | int | float) else str(value)  # dates and times are texts
