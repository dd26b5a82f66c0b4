"""A place in the bytes of a GGUF header, and the values that follow it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from mmap import mmap

_FORMATS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_SIZES = {number: struct.calcsize(layout) for number, layout in _FORMATS.items()}
_TEXT, _ARRAY = 8, 9
_length_at: Callable[[mmap, int], tuple[int]] = struct.Struct("<Q").unpack_from


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

    def take(self, layout: str) -> tuple[int, ...]:
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

    def value(self) -> int | str:
        """Return a value of the metadata; of a list, its length alone.

        Raises:
            Damaged: It is of no known kind, or the file ends before.
            struct.error: The file ends before.
            UnicodeDecodeError: A text is none.
        """
        (kind,) = self.take("<I")
        if kind == _TEXT:
            return self.text()
        if kind == _ARRAY:
            return self._skip_array()
        if kind not in _FORMATS:
            raise Damaged
        return self.take(_FORMATS[kind])[0]

    def _skip_array(self) -> int:
        kind, count = self.take("<IQ")
        if kind == _TEXT:
            self._skip_texts(count)
        elif kind in _SIZES:
            self.at += count * _SIZES[kind]
        else:
            raise Damaged
        if self.at > len(self._content):
            raise Damaged
        return count

    def _skip_texts(self, count: int) -> None:
        content, at = self._content, self.at
        for _ in range(count):
            at += 8 + _length_at(content, at)[0]
        self.at = at
