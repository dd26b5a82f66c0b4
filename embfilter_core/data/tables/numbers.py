"""Columns of scores and grades: numbers as people write them, with a decimal point or a decimal comma."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embfilter_core.data.tables.cells import texts_in
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_TRUTH = {"true": 1.0, "false": 0.0}
_SPACES = r"[\u00a0\u202f ]"
_DECIMAL = re.compile(rf"[-+]?(\d{{1,3}}((\.\d{{3}})+|({_SPACES}\d{{3}})+)|\d*),\d+")  # 4,5 and 1.234,5 and 1 234,5
_GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")  # 1,234.5
_EITHER = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")  # 1,234 is one number here and another there
_POINT = re.compile(r"[-+]?\d*\.\d+")


@dataclass(frozen=True)
class Numbers:
    """The numbers of a column.

    Attributes:
        values: One a row; None where the cell is missing or no finite number.
        unread: Row, counted from 1, and text of each cell that is no finite number.
        notes: How they had to be read, a sentence each.
    """

    values: tuple[float | None, ...]
    unread: tuple[tuple[int, str], ...]
    notes: tuple[str, ...] = ()


def numbers_in(table: pd.DataFrame, column: str) -> Numbers:
    """Return the finite numbers of a column; true and false are 1 and 0.

    Raises:
        InputError: Its commas can be decimal commas or thousands separators.
    """
    texts = texts_in(table[column])
    present = [text for text in texts if text is not None]
    cleaned, notes = _without_commas(column, present)
    read = {text: _finite(number) for text, number in zip(present, cleaned, strict=True)}
    values = [None if text is None else read[text] for text in texts]
    unread = [
        (row, text)
        for row, (text, value) in enumerate(zip(texts, values, strict=True), start=1)
        if text is not None and value is None
    ]
    return Numbers(tuple(values), tuple(unread), notes)


def _finite(text: str) -> float | None:
    if text.lower() in _TRUTH:
        return _TRUTH[text.lower()]
    try:
        number = float(text.replace("_", "?"))  # Python's own 1_000 is nobody's
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _without_commas(column: str, texts: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """The cells with decimal points, and how their commas were understood."""
    with_comma = [text for text in texts if "," in text]
    unclear = [text for text in with_comma if _EITHER.fullmatch(text)]
    clear = [text for text in with_comma if not _EITHER.fullmatch(text)]
    decimal = [text for text in clear if _DECIMAL.fullmatch(text)]
    grouped = [text for text in clear if _GROUPED.fullmatch(text)]
    points = [text for text in texts if "," not in text and _POINT.fullmatch(text)]
    if not decimal and (grouped or (unclear and points)):
        read = [text.replace(",", "") if _GROUPED.fullmatch(text) else text for text in texts]
        return read, (f"Commas in column {column!r} read as separators of thousands.",)
    if decimal and not grouped and not points:
        return [_decimal_point(text) for text in texts], (f"Decimal commas in column {column!r} read as points.",)
    if decimal or unclear:
        raise InputError(
            f"A comma in column {column!r}, as in {(unclear or decimal)[0][:40]!r}, can be a decimal comma or group "
            "thousands.",
            "Write decimal points, and no separators of thousands.",
        )
    return texts, ()


def _decimal_point(text: str) -> str:
    return re.sub(_SPACES, "", text.replace(".", "")).replace(",", ".") if _DECIMAL.fullmatch(text) else text
