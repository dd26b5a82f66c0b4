"""JSON Lines: an object a line, its values texts, numbers, true, false or null."""

import json

from embfilter_core.data.tables.cells import Cell
from embfilter_core.errors import InputError


def read_json_object(where: str, line: str) -> dict[str, Cell]:
    """Return the cells of one line; a line that is only a text is its cell `text`.

    Args:
        where: File and line, for messages.
        line: The line.

    Raises:
        InputError: It is not JSON, no object, or a value is nested or no whole text.
    """
    try:
        value = json.loads(line, object_pairs_hook=_unrepeated)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not JSON.", 'Each line has to be an object such as {"text": "..."}.') from error
    value = {"text": value} if isinstance(value, str) else value
    if not isinstance(value, dict):
        raise InputError(f"{where} is no object.", 'Each line has to be an object such as {"text": "..."}.')
    for key, cell in value.items():
        if isinstance(cell, dict | list):
            raise InputError(f"{where}: {key!r} holds a nested value.", "Give texts, numbers, true or false.")
        if not all(_is_whole(text) for text in (key, cell) if isinstance(text, str)):
            raise InputError(f"{where}: half a character (a lone surrogate) in {key!r}.", "Write it as UTF-8.")
    return value


def _unrepeated(pairs: list[tuple[str, Cell]]) -> dict[str, Cell]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a key occurs twice")
    return value


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
