"""What the header of a GGUF file says of its model; of the tensors, only the table is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from embfilter_core.errors import BackboneError
from embfilter_core.storage.gguf_cursor import Value
from embfilter_core.storage.gguf_file import GgufContent, NotReadable, is_gguf, read_gguf

__all__ = ["GgufHeader", "is_gguf", "read_header"]
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
        scaling: How its positions are scaled beyond those it was first trained on, such as `linear`; empty where they
            are not, or by a tensor that is read.
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
    scaling: str = ""
    part: int = 1
    parts: int = 1


def read_header(path: Path) -> GgufHeader:
    """Read the header of a GGUF file, a fifth of a second for 250,000 tokens.

    Raises:
        BackboneError: It is not a whole GGUF file, or newer than this reader.
        OSError: It cannot be read.
    """
    try:
        content = read_gguf(path)
    except NotReadable as error:
        raise BackboneError(f"{path.name} {error}.", "Fetch it again, or choose another file.") from error
    return _header(content)


def _header(content: GgufContent) -> GgufHeader:
    facts = content.facts
    architecture = str(facts.get("general.architecture", ""))
    weights: Counter[str] = Counter()
    for tensor in content.tensors:
        if not tensor.name.startswith(NO_PARAMETERS):
            weights[tensor.format.name] += tensor.weights
    formats = tuple(name for name, _ in weights.most_common())
    shapes = {tensor.name: tensor.dimensions for tensor in content.tensors}
    return GgufHeader(
        architecture=architecture,
        name=str(facts.get("general.name", "")),
        d=_whole(facts.get(f"{architecture}.embedding_length")),
        layers=_whole(facts.get(f"{architecture}.block_count")),
        vocab_size=shapes.get("token_embd.weight", (0,))[-1],
        parameters=weights.total(),
        tied="output.weight" not in shapes,
        bytes=content.bytes,
        quantisation=_quantisation(facts.get("general.file_type"), formats),
        formats=formats,
        scaling=_scaling(facts, architecture, shapes),
        part=_whole(facts.get("split.no")) + 1,
        parts=max(1, _whole(facts.get("split.count"))),
    )


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _scaling(facts: Mapping[str, Value], architecture: str, names: Iterable[str]) -> str:
    if any(name.startswith("rope_factors_") for name in names):
        return "longrope"
    factor = facts.get(f"{architecture}.rope.scaling.factor", facts.get(f"{architecture}.rope.scale_linear", 1.0))
    kind = str(facts.get(f"{architecture}.rope.scaling.type", "linear"))
    return "" if kind == "none" or factor in (0, 1) else kind


def _quantisation(number: object, formats: tuple[str, ...]) -> str:
    """The name that a quantised file has, else the format of most of its weights."""
    from gguf import LlamaFileType

    names = {member.value: member.name for member in LlamaFileType if member is not LlamaFileType.GUESSED}
    if number in names:
        return names[number].removeprefix("MOSTLY_").removeprefix("ALL_")
    return formats[0] if formats else ""
