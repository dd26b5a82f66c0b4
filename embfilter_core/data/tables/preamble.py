"""What stands before the header of a text file: the delimiter by name, comments, a title."""

import re
from dataclasses import dataclass

from embfilter_core.data.tables.columns import is_usual
from embfilter_core.data.tables.delimiters import DELIMITERS, ONE_COLUMN, agreeing, find_delimiter, first_rows
from embfilter_core.data.tables.header import count_titles
from embfilter_core.errors import InputError
from embfilter_core.number_format import format_count

_NAMED = re.compile(r'"?sep=(.)"?[ ]*[;,\t]*\r?', re.IGNORECASE)
_MOST_LINES = 100
_AGREE = 0.8


@dataclass(frozen=True)
class Preamble:
    """What stands before the header.

    Attributes:
        lines: How many lines it has.
        delimiter: The delimiter that it names, or None.
        notes: What was left out, a sentence each.
    """

    lines: int = 0
    delimiter: str | None = None
    notes: tuple[str, ...] = ()


def find_preamble(name: str, text: str, delimiter: str | None) -> Preamble:
    """Return what stands before the header of a text, whose delimiter is found unless it is given.

    Raises:
        InputError: It names a delimiter that is not read here.
    """
    named = _NAMED.fullmatch(text.partition("\n")[0])
    if named:
        if named[1] not in DELIMITERS:
            raise InputError(
                f"{name} names {named[1]!r} as its delimiter.", f"Use one of {', '.join(DELIMITERS.values())}."
            )
        return Preamble(1, named[1])
    above = _lines_of_comment(text, delimiter)
    if above:
        left_out = format_count(sum(map(_is_comment, above)), "line of comment", "lines of comment")
        return Preamble(len(above), notes=(f"{left_out} (#) before the header left out.",))
    for cut in [delimiter] if delimiter else DELIMITERS:
        rows = first_rows(text, cut)
        titles = count_titles([row for _, row in rows])
        widths = [len(row) for _, row in rows[titles:]]
        if titles and agreeing(widths, widths[0]) >= _AGREE:
            said = f"{' '.join(rows[0][1]).strip()[:60]!r}"
            lines = format_count(titles, f"line before the header left out: {said}", "lines before the header left out")
            return Preamble(rows[titles][0], notes=(f"{lines}.",))
    return Preamble()


def unfitting_first_line(text: str) -> tuple[str, ...]:
    """Return a note where a text is read as one column though all rows but the first would be cut alike."""
    first, _, rest = text.lstrip("\r\n").partition("\n")
    better = find_delimiter(rest)
    rows = [row for _, row in first_rows(rest, better)]
    if better == ONE_COLUMN or len(rows) < 2 or agreeing([len(row) for row in rows], len(rows[0])) < _AGREE:
        return ()
    if better == "," and is_usual(first):  # texts with a comma each
        return ()
    return (
        f"No delimiter fits the first line, {first.strip()[:60]!r}, so all is read as one column; without that line "
        f"a {DELIMITERS[better]} would give {len(rows[0])} columns.",
    )


def _is_comment(line: str) -> bool:
    return line.startswith("#")


def _lines_of_comment(text: str, delimiter: str | None) -> list[str]:
    """The lines at the beginning that start with # (or are blank) and are not cut as the rows below are."""
    lines = text.split("\n", _MOST_LINES)[:_MOST_LINES]
    header = next((number for number, line in enumerate(lines) if line.strip() and not _is_comment(line)), 0)
    above = lines[:header]
    if not any(map(_is_comment, above)):
        return []
    below = "\n".join(text.split("\n", header)[header:])
    used = delimiter or find_delimiter(below)
    last = max(number for number, line in enumerate(above) if _is_comment(line))
    cells = [len(first_rows(part, used)[0][1]) for part in (above[last], below)]
    return above[:last] if used != ONE_COLUMN and cells[0] == cells[1] else above  # "#,text,label" is a header
