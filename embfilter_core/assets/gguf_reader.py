"""What transformers asks of `gguf.GGUFReader`, read once and without the vocabulary.

The package's own reader makes arrays of every token, and transformers reads them several times a load to count
them: minutes for a vocabulary of 250,000. Tokenizers are made from another reading of the file.
"""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

from embfilter_core.storage.gguf_cursor import LongList, Value
from embfilter_core.storage.gguf_file import GgufTensor, read_gguf

VOCABULARY = "tokenizer.ggml.tokens"
_PLAIN = {
    gguf.GGMLQuantizationType.F64: np.float64,
    gguf.GGMLQuantizationType.F32: np.float32,
    gguf.GGMLQuantizationType.F16: np.float16,
    gguf.GGMLQuantizationType.I8: np.int8,
    gguf.GGMLQuantizationType.I16: np.int16,
    gguf.GGMLQuantizationType.I32: np.int32,
    gguf.GGMLQuantizationType.I64: np.int64,
}
"""Formats that are numbers; any other is bytes, in blocks."""


class ShortReader:
    """Stands for a `gguf.GGUFReader`.

    Attributes:
        fields: The facts of the file by their names, without the vocabulary; it has its size, of empty tokens.
        tensors: Its tensors, on the disk until they are used.

    Raises:
        NotReadable: It is not a whole GGUF file.
    """

    def __init__(self, path: Path) -> None:
        content = read_gguf(path)
        self.fields = {name: _field(name, value) for name, value in content.facts.items() if _is_used(name, value)}
        self._bytes = np.memmap(path, mode="r")
        self.tensors = [self._tensor(tensor) for tensor in content.tensors]

    def get_field(self, key: str) -> gguf.ReaderField | None:
        """Return a fact, or None."""
        return self.fields.get(key)

    def _tensor(self, tensor: GgufTensor) -> gguf.ReaderTensor:
        shape = tuple(reversed(tensor.dimensions))
        kind = _PLAIN.get(tensor.format, np.uint8)
        if tensor.format not in _PLAIN:
            shape = gguf.quant_shape_to_byte_shape(shape, tensor.format)
        data = self._bytes[tensor.start : tensor.start + tensor.bytes].view(kind).reshape(shape)
        sizes = np.array(tensor.dimensions, dtype=np.uint32)
        nothing = gguf.ReaderField(0, tensor.name)
        return gguf.ReaderTensor(
            tensor.name, tensor.format, sizes, tensor.weights, tensor.bytes, tensor.start, data, nothing
        )


def _is_used(name: str, value: Value) -> bool:
    return name == VOCABULARY or not isinstance(value, LongList)


def _field(name: str, value: Value) -> gguf.ReaderField:
    """A fact in the form of the package: arrays of its values, the place of each, and what they are."""
    if isinstance(value, LongList):
        kinds = [gguf.GGUFValueType.ARRAY, gguf.GGUFValueType.STRING]
        return gguf.ReaderField(0, name, [np.empty(0, np.uint8)], [0] * value.length, kinds)
    values = value if isinstance(value, tuple) else (value,)
    kinds = [_kind(one) for one in values[:1]]
    parts = [np.frombuffer(one.encode(), np.uint8) if isinstance(one, str) else np.array([one]) for one in values]
    if isinstance(value, tuple):
        kinds.insert(0, gguf.GGUFValueType.ARRAY)
    return gguf.ReaderField(0, name, parts, list(range(len(parts))), kinds)


def _kind(value: object) -> gguf.GGUFValueType:
    if isinstance(value, bool):
        return gguf.GGUFValueType.BOOL
    if isinstance(value, str):
        return gguf.GGUFValueType.STRING
    return gguf.GGUFValueType.INT64 if isinstance(value, int) else gguf.GGUFValueType.FLOAT64
