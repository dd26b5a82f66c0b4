"""The facts and the tensor table of a GGUF file, read in one go and without the vocabulary.

A file is `GGUF`, a version, facts with names, a table of tensors, and their data (the format of llama.cpp).
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from embfilter_core.number_format import format_bytes
from embfilter_core.storage.gguf_cursor import Cursor, Damaged, Value

if TYPE_CHECKING:
    from gguf import GGMLQuantizationType  # at run time only where a GGUF file is read: its import takes a while

MAGIC = b"GGUF"
VERSIONS = (2, 3)
DEFAULT_ALIGNMENT = 32


class NotReadable(Exception):
    """What is wrong with a file, as the end of a sentence that begins with its name, without a full stop."""


@dataclass(frozen=True)
class GgufTensor:
    """A tensor of the table.

    Attributes:
        name: Its name.
        dimensions: Its shape, the fastest dimension first.
        format: How its numbers are stored.
        start: Where its data begins in the file.
    """

    name: str
    dimensions: tuple[int, ...]
    format: GGMLQuantizationType
    start: int

    @property
    def weights(self) -> int:
        """How many numbers it has."""
        return prod(self.dimensions)

    @property
    def bytes(self) -> int:
        """The size of its data."""
        from gguf import GGML_QUANT_SIZES

        block, size = GGML_QUANT_SIZES[self.format]
        return self.weights // block * size


@dataclass(frozen=True)
class GgufContent:
    """What a GGUF file holds: its facts by name, the table of its tensors, and its size."""

    facts: dict[str, Value]
    tensors: tuple[GgufTensor, ...]
    bytes: int


def is_gguf(path: Path) -> bool:
    """Whether a file begins as a GGUF file does, whatever it is called."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def read_gguf(path: Path) -> GgufContent:
    """Read facts and table of a GGUF file: a tenth of a second for 250,000 tokens.

    Raises:
        NotReadable: It is not a whole GGUF file, or newer than this reader.
        OSError: It cannot be read.
    """
    if not is_gguf(path):
        raise NotReadable("is not a GGUF file, or it is damaged")
    size = path.stat().st_size
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        try:
            facts, tensors = _parse(Cursor(content, len(MAGIC)))
        except (Damaged, struct.error, UnicodeDecodeError) as error:
            raise NotReadable("has a header that is cut off or damaged") from error
    needed = max((tensor.start + tensor.bytes for tensor in tensors), default=0)
    if size < needed:
        raise NotReadable(f"is cut off: {format_bytes(size)} of {format_bytes(needed)} are there")
    return GgufContent(facts, tensors, size)


def _parse(cursor: Cursor) -> tuple[dict[str, Value], tuple[GgufTensor, ...]]:
    (version,) = cursor.take("<I")
    if version not in VERSIONS:
        raise NotReadable(f"is of GGUF version {version}; {' and '.join(map(str, VERSIONS))} are read")
    tensor_count, fact_count = cursor.take("<QQ")
    facts = {}
    for _ in range(fact_count):
        key = cursor.text()
        facts[key] = cursor.value()
    rows = [_row(cursor) for _ in range(tensor_count)]
    alignment = facts.get("general.alignment", DEFAULT_ALIGNMENT)
    if not isinstance(alignment, int) or alignment < 1:
        raise Damaged
    data = -(-cursor.at // alignment) * alignment
    return facts, tuple(GgufTensor(name, shape, kind, data + offset) for name, shape, kind, offset in rows)


def _row(cursor: Cursor) -> tuple[str, tuple[int, ...], GGMLQuantizationType, int]:
    from gguf import GGMLQuantizationType

    name = cursor.text()
    (count,) = cursor.take("<I")
    dimensions = cursor.take(f"<{count}Q")
    number, offset = cursor.take("<IQ")
    try:
        return name, dimensions, GGMLQuantizationType(number), offset
    except ValueError as error:
        raise NotReadable(f"holds tensors of a format, number {number}, that this version does not know") from error
