"""What a visit holds besides its controls: texts, the files that were given, and what was chosen for each of them.

As JSON it comes back from disks and browsers, where others can write too: what is not
of this shape is refused as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

MOST_ENTRIES = 200
"""Of texts, of places for files, of files in a place, of files with choices and of choices for a file."""
LONGEST_NAME = 300
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class KeptFile:
    """A file that was given: its `name`, the `sha256` of its content in hexadecimal digits, its `size` in bytes."""

    name: str
    sha256: str
    size: int

    @classmethod
    def from_json(cls, written: object) -> KeptFile:
        """Return the file that was written as a list; raises ValueError where it is none."""
        match written:
            case [str(name), str(sha256), int(size)] if _DIGEST.fullmatch(sha256) and size >= 0:
                return cls(name[:LONGEST_NAME], sha256, size)
        raise ValueError("not a file's name, SHA-256 and size")


@dataclass(frozen=True)
class Visit:
    """What a visit holds.

    Attributes:
        texts: By the key of their box.
        files: By the place where they were given.
        choices: What was chosen, by what it was chosen for, and for which data: the SHA-256 of a file, for instance.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, tuple[KeptFile, ...]] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.texts or self.files or self.choices)

    def without_longest_text(self) -> Visit:
        """Return the visit without the longest of its texts."""
        longest = max(self.texts, key=lambda key: len(self.texts[key]))
        return replace(self, texts={key: text for key, text in self.texts.items() if key != longest})

    def to_json(self) -> dict[str, Any]:
        """Return what JSON can hold; `from_json` reads it."""
        files = {place: [[file.name, file.sha256, file.size] for file in given] for place, given in self.files.items()}
        choices = {about: dict(chosen) for about, chosen in self.choices.items()}
        return {"texts": dict(self.texts), "files": files, "choices": choices}

    @classmethod
    def from_json(cls, written: object) -> Visit:
        """Return the visit that was written.

        Raises:
            ValueError: It is of another shape, or has more entries than a visit can.
        """
        parts = _entries(written)
        if parts.keys() != {"texts", "files", "choices"}:
            raise ValueError("not the texts, files and choices of a visit")
        return cls(
            _texts(parts["texts"]),
            {place: tuple(map(KeptFile.from_json, _list(given))) for place, given in _entries(parts["files"]).items()},
            {about: _texts(chosen) for about, chosen in _entries(parts["choices"]).items()},
        )


def _entries(written: object) -> dict[str, Any]:
    if not isinstance(written, dict) or len(written) > MOST_ENTRIES:
        raise ValueError("not a few names with a value each")
    return written


def _list(written: object) -> list[Any]:
    if not isinstance(written, list) or len(written) > MOST_ENTRIES:
        raise ValueError("not a few values")
    return written


def _texts(written: object) -> dict[str, str]:
    entries = _entries(written)
    if not all(isinstance(text, str) for text in entries.values()):
        raise ValueError("not texts")
    return entries
