"""JSON: an object a line, an array of objects, or an object of columns; values are texts, numbers, true or false.

Numbers stay as they were written, for an id 3.10 is not 3.1.
"""

import json
from collections.abc import Iterable
from typing import Any

from embfilter_core.data.tables.cells import Cell
from embfilter_core.data.tables.problems import Problems, some_of
from embfilter_core.errors import InputError
from embfilter_core.number_format import format_count

Json = Any
"""What JSON holds: texts, true, false, null, lists and objects of them; numbers as texts."""
Objects = list[dict[str, Json]]

_LINES = 'Each line has to be an object such as {"text": "..."}.'
_SHAPES = 'Give an array of objects such as [{"text": "..."}], or an object of columns such as {"text": ["..."]}.'
_BROKEN = object()
_NOT_JSON, _NO_OBJECT = ("is not JSON", "are not JSON"), ("is no object", "are no objects")
_HALF = ("has half a character (a lone surrogate)", "have half a character (a lone surrogate)")


def read_json_lines(name: str, text: str) -> Objects:
    """Return the object of each line that is not blank; a line that is only a text is its value `text`.

    Raises:
        InputError: Names the lines that are no JSON, no objects, or hold a text that is not whole.
    """
    lines = ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())
    return _objects(name, "line", ((number, _parse(line)) for number, line in lines), _LINES)


def read_json(name: str, text: str) -> Objects:
    """Return the rows of a file of JSON: an array of objects, an object of columns, or JSON Lines under that name.

    Raises:
        InputError: It is not JSON, or no table.
    """
    value = _parse(text)
    first, _, more = text.strip().partition("\n")
    if value is _BROKEN and more and isinstance(_parse(first), dict):
        return read_json_lines(name, text)
    if value is _BROKEN:
        raise InputError(f"{name} is not JSON, or a key occurs twice in it.", _SHAPES)
    if isinstance(value, dict) and len(value) == 1:  # {"data": [{...}, ...]}
        (only,) = value.values()
        value = only if isinstance(only, list) and any(isinstance(row, dict) for row in only) else value
    if isinstance(value, dict):
        value = _rows_of_columns(name, value)
    if not isinstance(value, list):
        raise InputError(f"{name} holds no table.", _SHAPES)
    return _objects(name, "row", enumerate(value, start=1), _SHAPES)


def plain_columns(objects: Objects) -> tuple[dict[str, list[Cell]], tuple[str, ...], tuple[str, ...]]:
    """Return the columns of plain values, the names of columns of nested ones, and notes on what is left out."""
    columns: dict[str, list[Cell]] = {}
    nested, notes = [], []
    for key in dict.fromkeys(key for entry in objects for key in entry):
        values = [entry.get(key) for entry in objects]
        unfit = sum(isinstance(value, dict | list) for value in values)
        if unfit and unfit == sum(value is not None for value in values):
            nested.append(key)
            continue
        columns[key] = [None if isinstance(value, dict | list) else value for value in values]
        if unfit:
            notes.append(f"{format_count(unfit, 'nested value')} in column {key!r} left out.")
    if nested:
        notes.insert(0, f"Columns that hold neither text nor numbers left out: {', '.join(nested)}.")
    return columns, tuple(nested), tuple(notes)


class _Number(str):
    """A number as it was written; unlike a text it is no row by itself."""


def _parse(text: str) -> Json:
    """The value, or `_BROKEN`."""
    try:
        return json.loads(
            text, object_pairs_hook=_unrepeated, parse_int=_Number, parse_float=_Number, parse_constant=_constant
        )
    except (ValueError, RecursionError):
        return _BROKEN


def _constant(name: str) -> str | None:
    return None if name == "NaN" else name


def _unrepeated(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a key occurs twice")
    return value


def _objects(name: str, unit: str, values: Iterable[tuple[int, Json]], advice: str) -> Objects:
    """The values as objects; every one that is none is named."""
    rows: Objects = []
    unfit: dict[tuple[str, str], list[int]] = {}
    for number, value in values:
        row = {"text": value} if isinstance(value, str) and not isinstance(value, _Number) else value
        reason = _why_unfit(row)
        if reason:
            unfit.setdefault(reason, []).append(number)
        else:
            rows.append(row)
    problems = Problems()
    for (one, many), numbers in unfit.items():
        named = some_of([f"{number:,}" for number in numbers])
        problems.add(f"{name}, {unit}{'s' if numbers[1:] else ''} {named} {many if numbers[1:] else one}.", advice)
    problems.refuse()
    return rows


def _why_unfit(row: Json) -> tuple[str, str] | None:
    if row is _BROKEN:
        return _NOT_JSON
    if not isinstance(row, dict):
        return _NO_OBJECT
    texts = (text for pair in row.items() for text in pair if isinstance(text, str))
    return None if all(map(_is_whole, texts)) else _HALF


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _rows_of_columns(name: str, columns: dict[str, Json]) -> Objects:
    """The rows of `{"text": ["a", "b"]}`, or of `{"text": {"0": "a", "1": "b"}}` as pandas writes it."""
    lists = {key: list(cells.values()) if isinstance(cells, dict) else cells for key, cells in columns.items()}
    unfit = [key for key, cells in lists.items() if not isinstance(cells, list)]
    if unfit:
        raise InputError(f"{name} holds no table: {some_of([repr(key[:40]) for key in unfit])} is no column.", _SHAPES)
    lengths = {key: len(cells) for key, cells in lists.items()}
    if len(set(lengths.values())) > 1:
        told = some_of([f"{key[:40]!r} has {length:,}" for key, length in lengths.items()])
        raise InputError(f"{name} has columns of different lengths: {told}.", "Give each a value a row.")
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
