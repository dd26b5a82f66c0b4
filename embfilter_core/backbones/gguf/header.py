"""What the header of a GGUF file says of its model; of the tensors, only the table is read."""

from __future__ import annotations

import mmap
import struct
from collections import Counter
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, LlamaFileType

from embfilter_core.backbones.gguf.cursor import Cursor, Damaged
from embfilter_core.errors import BackboneError
from embfilter_core.number_format import format_bytes

MAGIC = b"GGUF"
VERSIONS = (2, 3)
DEFAULT_ALIGNMENT = 32
NO_PARAMETERS = ("rope_freqs.", "rope_factors_")
"""Beginnings of the names of tensors that the positions are computed with, which is a matter of the configuration."""


@dataclass(frozen=True)
class GgufHeader:
    """What is known of a GGUF file before it is read.

    Attributes:
        architecture: The file's word for it, such as `llama` or `qwen2moe`.
        name: What the model calls itself; empty where it does not.
        d: Width of a hidden state; 0 where the file holds no language model.
        layers: Number of blocks; 0 where the file holds no language model.
        vocab_size: Rows |V| of the embedding matrix; 0 where there is none.
        parameters: Weights in all, a tied matrix counted once.
        tied: Whether the unembedding matrix is the embedding matrix.
        bytes: Size of the file.
        quantisation: What the file is called by, such as `Q4_K_M`.
        formats: The formats of its tensors, that of most weights first, such as `Q4_K`, `Q6_K`, `F32`.
        part: Its number, from 1, where it is one of several files of a model.
        parts: How many files the model has.
    """

    architecture: str
    name: str
    d: int
    layers: int
    vocab_size: int
    parameters: int
    tied: bool
    bytes: int
    quantisation: str
    formats: tuple[str, ...]
    part: int = 1
    parts: int = 1


@dataclass(frozen=True)
class _Tensor:
    """A row of the tensor table: offset and size in bytes within the data, dimensions with the fastest first."""

    name: str
    dimensions: tuple[int, ...]
    format: GGMLQuantizationType
    offset: int

    @property
    def stop(self) -> int:
        """Where it ends within the data."""
        block, size = GGML_QUANT_SIZES[self.format]
        return self.offset + prod(self.dimensions) // block * size


def is_gguf(path: Path) -> bool:
    """Whether a file begins as a GGUF file does, whatever it is called."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def read_header(path: Path) -> GgufHeader:
    """Read the header of a GGUF file, a fifth of a second for 250,000 tokens.

    Raises:
        BackboneError: It is not a whole GGUF file, or newer than this reader.
        OSError: It cannot be read.
    """
    if not is_gguf(path):
        raise BackboneError(f"{path.name} is not a GGUF file, or it is damaged.", "Fetch it again.")
    size = path.stat().st_size
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        try:
            metadata, tensors, start = _parse(Cursor(content, len(MAGIC)), path.name)
        except (Damaged, struct.error, UnicodeDecodeError) as error:
            raise BackboneError(f"The header of {path.name} is cut off or damaged.", "Fetch it again.") from error
    needed = start + max((tensor.stop for tensor in tensors), default=0)
    if size < needed:
        there = f"{format_bytes(size)} of {format_bytes(needed)} are there"
        raise BackboneError(f"{path.name} is cut off: {there}.", "Fetch it again.")
    return _header(metadata, tensors, size)


def _parse(cursor: Cursor, name: str) -> tuple[dict[str, Any], list[_Tensor], int]:
    """Metadata, the tensor table, and where the data begins."""
    (version,) = cursor.take("<I")
    if version not in VERSIONS:
        known = " and ".join(map(str, VERSIONS))
        raise BackboneError(f"{name} is of GGUF version {version}; {known} are read.", "Choose another file.")
    tensor_count, fact_count = cursor.take("<QQ")
    metadata = {}
    for _ in range(fact_count):
        key = cursor.text()
        metadata[key] = cursor.value()
    tensors = [_tensor(cursor, name) for _ in range(tensor_count)]
    alignment = metadata.get("general.alignment", DEFAULT_ALIGNMENT)
    if not isinstance(alignment, int) or alignment < 1:
        raise Damaged
    return metadata, tensors, -(-cursor.at // alignment) * alignment


def _tensor(cursor: Cursor, name: str) -> _Tensor:
    title = cursor.text()
    (count,) = cursor.take("<I")
    dimensions = cursor.take(f"<{count}Q")
    number, offset = cursor.take("<IQ")
    try:
        return _Tensor(title, dimensions, GGMLQuantizationType(number), offset)
    except ValueError as error:
        raise BackboneError(
            f"{name} holds tensors of a format, number {number}, that this version does not know.",
            "Choose another quantisation of it.",
        ) from error


def _header(metadata: dict[str, Any], tensors: list[_Tensor], size: int) -> GgufHeader:
    architecture = str(metadata.get("general.architecture", ""))
    weights: Counter[str] = Counter()
    for tensor in tensors:
        if not tensor.name.startswith(NO_PARAMETERS):
            weights[tensor.format.name] += prod(tensor.dimensions)
    formats = tuple(name for name, _ in weights.most_common())
    shapes = {tensor.name: tensor.dimensions for tensor in tensors}
    return GgufHeader(
        architecture=architecture,
        name=str(metadata.get("general.name", "")),
        d=_whole(metadata.get(f"{architecture}.embedding_length")),
        layers=_whole(metadata.get(f"{architecture}.block_count")),
        vocab_size=shapes.get("token_embd.weight", (0,))[-1],
        parameters=weights.total(),
        tied="output.weight" not in shapes,
        bytes=size,
        quantisation=_quantisation(metadata.get("general.file_type"), formats),
        formats=formats,
        part=_whole(metadata.get("split.no")) + 1,
        parts=max(1, _whole(metadata.get("split.count"))),
    )


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _quantisation(number: object, formats: tuple[str, ...]) -> str:
    """The name that a quantised file has, else the format of most of its weights."""
    names = {member.value: member.name for member in LlamaFileType if member is not LlamaFileType.GUESSED}
    if number in names:
        return names[number].removeprefix("MOSTLY_").removeprefix("ALL_")
    return formats[0] if formats else ""
