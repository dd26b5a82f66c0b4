"""How much a workbook holds, counted from its XML, since its readers make all of it at once.

A small file can name one long text in every cell, or set a cell a million rows further down.
"""

import re
from collections.abc import Mapping
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from embfilter_core.data.tables.formats import MAX_UNPACKED_BYTES, UploadLimits
from embfilter_core.errors import InputError
from embfilter_core.number_format import format_megabytes

MAX_CELLS = 1_000_000
"""Of all sheets together, empty ones between others as well."""
_STRINGS = "sharedstrings.xml"
_PLACE = re.compile(r"([A-Z]{1,4})([0-9]{1,9})")


class _TooMuch(Exception):
    """More cells or characters than are read."""


class _Unfit(Exception):
    """XML with definitions of its own, which no workbook has and which can grow without bounds."""


def check_workbook_size(name: str, parts: Mapping[str, bytes], limits: UploadLimits) -> None:
    """Refuse a workbook whose sheets would be more cells or characters than are read.

    Args:
        name: Its name, for messages.
        parts: Its XML, by path in the workbook.
        limits: The most rows and columns; its sheets may span as many cells, `MAX_CELLS` at most.

    Raises:
        InputError: It holds too much, or its XML is damaged.
    """
    most_cells = min(MAX_CELLS, limits.rows * limits.columns)
    lengths: list[int] = []
    try:
        for path, content in parts.items():
            if path.lower().endswith(_STRINGS):
                lengths += _Strings(most_cells).read(content)
        characters, cells = MAX_UNPACKED_BYTES, most_cells
        for path, content in parts.items():
            if path.lower().endswith(".xml") and not path.lower().endswith(_STRINGS):
                sheet = _Sheet(lengths, cells, characters)
                sheet.read(content)
                characters, cells = characters - sheet.characters, cells - sheet.cells
    except _TooMuch:
        raise InputError(
            f"{name} holds sheets that span more than {most_cells:,} cells, or unpacks to more than "
            f"{format_megabytes(MAX_UNPACKED_BYTES)}.",
            "Keep the rows and columns you need.",
        ) from None
    except (ExpatError, _Unfit) as error:
        raise InputError(f"{name} is not a whole Excel workbook.", "Export it again.") from error


class _Strings:
    """Counts the characters of each shared text."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lengths: list[int] = []

    def read(self, xml: bytes) -> list[int]:
        """Return the lengths."""
        parser = _parser()
        parser.StartElementHandler, parser.CharacterDataHandler = self._start, self._text
        parser.Parse(xml, True)
        return self._lengths

    def _start(self, tag: str, _: dict[str, str]) -> None:
        if _local(tag) == "si":
            self._lengths.append(0)
            if len(self._lengths) > self._most:
                raise _TooMuch

    def _text(self, text: str) -> None:
        if self._lengths:
            self._lengths[-1] += len(text)


class _Sheet:
    """Counts the characters that the cells of a sheet hold, and how far they reach."""

    def __init__(self, lengths: list[int], most_cells: int, most_characters: int) -> None:
        self._lengths, self._most_cells, self._most_characters = lengths, most_cells, most_characters
        self.characters = self._row = self._column = self._rows = self._columns = 0
        self._place, self._is_shared, self._value = "", False, ""
        self._in_value = False

    @property
    def cells(self) -> int:
        """How many cells it spans, those that are empty as well."""
        return self._rows * self._columns

    def read(self, xml: bytes) -> None:
        """Count what is in a sheet."""
        parser = _parser()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(xml, True)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = _local(tag)
        if tag == "row":
            self._row, self._column = _whole(attributes.get("r"), self._row + 1), 0
        elif tag == "c":
            self._column += 1
            self._place, self._is_shared = attributes.get("r", ""), attributes.get("t") == "s"
            self._value = ""
        elif tag in ("v", "t", "is"):
            self._in_value = True

    def _text(self, text: str) -> None:
        if self._in_value:
            self._value += text
            if len(self._value) > self._most_characters:
                raise _TooMuch

    def _end(self, tag: str) -> None:
        tag = _local(tag)
        self._in_value = False if tag in ("v", "t", "is") else self._in_value
        if tag != "c" or not self._value:
            return
        placed = _PLACE.fullmatch(self._place)
        if placed:
            self._column, self._row = _column_number(placed[1]), int(placed[2])
        shared = _whole(self._value, -1) if self._is_shared else -1
        is_known = 0 <= shared < len(self._lengths)
        self.characters += self._lengths[shared] if is_known else len(self._value)
        self._rows, self._columns = max(self._rows, self._row), max(self._columns, self._column)
        if self.characters > self._most_characters or self.cells > self._most_cells:
            raise _TooMuch


def _parser() -> XMLParserType:
    parser = ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_definitions
    return parser


def _refuse_definitions(*_: object) -> None:
    raise _Unfit


def _local(tag: str) -> str:
    return tag.rpartition(" ")[2]


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"\s*[0-9]{1,9}\s*", text) else otherwise


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
