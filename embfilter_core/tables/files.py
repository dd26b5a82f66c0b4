"""Tables as files: CSV that spreadsheets read rightly and do not run, and JSON lines."""

from __future__ import annotations

import json

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_jsonl(table: pd.DataFrame) -> bytes:
    """Return a table as UTF-8 JSON lines, one object a row, texts to the letter and numbers in full."""
    rows = json.loads(table.to_json(orient="records", double_precision=15))
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8", "replace")


def to_csv(table: pd.DataFrame) -> bytes:
    """Return a table as UTF-8 CSV with a byte-order mark, so that spreadsheets read it rightly.

    A cell that a spreadsheet would take for a formula (it begins with = + - @, tab or
    return) gets an apostrophe in front.
    """
    safe = table.copy()
    for column in safe.columns[[not pd.api.types.is_numeric_dtype(dtype) for dtype in safe.dtypes]]:
        safe[column] = [escape_formula(cell) for cell in safe[column]]
    # Only characters of the line end are quoted: with "\n" alone, a return inside a cell would break its row.
    written: str = safe.to_csv(index=False, lineterminator="\r\n")
    return written.encode("utf-8-sig")


def escape_formula(cell: object) -> object:
    """Put an apostrophe before a text that a spreadsheet would run as a formula."""
    return "'" + cell if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
