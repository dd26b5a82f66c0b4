"""What separates the cells of a text file, found by its rows agreeing with the header."""

import csv
import io
from collections import Counter

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
ONE_COLUMN = "\x1f"  # stands for no delimiter: a character that no text file holds
_SAMPLE_CHARACTERS = 65_536
_SAMPLE_ROWS = 100


def find_delimiter(text: str) -> str:
    """Return the delimiter that cuts the header and most of the first rows into equally many cells, or `ONE_COLUMN`."""
    agreement = {delimiter: _agreement(text, delimiter) for delimiter in DELIMITERS}
    best = max(agreement.values())
    if best[0] < 0.5:
        return ONE_COLUMN
    tied = [delimiter for delimiter, value in agreement.items() if value == best]
    return tied[0] if len(tied) == 1 else _sniffed(text, tied)


def first_rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return the first rows of a text as they are cut by a delimiter, each with the line that it begins in, from 0."""
    sample = text[:_SAMPLE_CHARACTERS]
    if len(sample) < len(text):
        sample = sample[: sample.rfind("\n") + 1] or sample
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    begun = 0
    try:
        for row in reader:
            if row:
                rows.append((begun, row))
            begun = reader.line_num
            if len(rows) == _SAMPLE_ROWS:
                break
    except csv.Error:  # a cell too long: the rows before it tell enough
        return rows
    return rows


def agreeing(widths: list[int], with_width: int) -> float:
    """Return the share of rows that have a number of cells."""
    return Counter(widths)[with_width] / len(widths) if widths else 0.0


def _agreement(text: str, delimiter: str) -> tuple[float, int]:
    """Share of the first rows with as many cells as the header, and that number; nothing where it is one."""
    widths = [len(row) for _, row in first_rows(text, delimiter)]
    if not widths or widths[0] < 2:
        return 0.0, 0
    return agreeing(widths, widths[0]), widths[0]


def _sniffed(text: str, tied: list[str]) -> str:
    try:
        return csv.Sniffer().sniff(text[:8192], "".join(tied)).delimiter
    except csv.Error:
        return tied[0]
