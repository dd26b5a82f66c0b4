"""A place in the bytes of a GGUF header, and the values that follow it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from mmap import mmap
from typing import Any

_FORMATS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_SIZES = {number: struct.calcsize(layout) for number, layout in _FORMATS.items()}
TEXT, _ARRAY = 8, 9
MOST_READ = 1000
"""A longer list of numbers is of the vocabulary, and is passed over as lists of texts are."""
_length_at: Callable[[mmap, int], tuple[int]] = struct.Struct("<Q").unpack_from


@dataclass(frozen=True)
class LongList:
    """A list of which only the length was read."""

    length: int


Value = int | float | str | tuple[float, ...] | LongList


class Damaged(Exception):
    """The bytes are no GGUF header."""


class Cursor:
    """Reads values one after the other.

    Args:
        content: The file.
        at: Where it begins, in bytes.
    """

    def __init__(self, content: mmap, at: int = 0) -> None:
        self._content, self.at = content, at

    def take(self, layout: str) -> tuple[Any, ...]:
        """Return numbers laid out as `struct` has it.

        Raises:
            struct.error: The file ends before.
        """
        values = struct.unpack_from(layout, self._content, self.at)
        self.at += struct.calcsize(layout)
        return values

    def text(self) -> str:
        """Return a text.

        Raises:
            Damaged: The file ends before.
            UnicodeDecodeError: It is none.
        """
        (length,) = self.take("<Q")
        stop = self.at + length
        if stop > len(self._content):
            raise Damaged
        text, self.at = self._content[self.at : stop].decode(), stop
        return text

    def value(self) -> Value:
        """Return a value of the metadata.

        Raises:
            Damaged: It is of no known kind, or the file ends before.
            struct.error: The file ends before.
            UnicodeDecodeError: A text is none.
        """
        (kind,) = self.take("<I")
        if kind == TEXT:
            return self.text()
        if kind == _ARRAY:
            return self._list()
        if kind not in _FORMATS:
            raise Damaged
        value: int | float = self.take(_FORMATS[kind])[0]
        return value

    def _list(self) -> LongList | tuple[float, ...]:
        kind, count = self.take("<IQ")
        if kind in _FORMATS and count <= MOST_READ:
            return self.take(f"<{count}{_FORMATS[kind][1]}")
        if kind == TEXT:
            self._skip_texts(count)
        elif kind in _SIZES:
            self.at += count * _SIZES[kind]
        else:
            raise Damaged
        if self.at > len(self._content):
            raise Damaged
        return LongList(count)

    def _skip_texts(self, count: int) -> None:
        content, at = self._content, self.at
        for _ in range(count):
            at += 8 + _length_at(content, at)[0]
        self.at = at
