"""Arrays and facts as bytes that deflate well: a header in JSON, then every array with its bytes in planes.

Nothing is unpickled, and nothing is read that the header does not declare: a length that does not
agree is refused before an array is made.
"""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import numpy as np

from embfilter_core.stored_backbones.limits import MAX_HEADER_BYTES
from embfilter_core.stored_backbones.shapes import Malformed

KINDS = ("f8", "f4", "i4", "i2", "u2", "u1")
MOST_ARRAYS = 32
MOST_DIMENSIONS = 3
_LENGTH = struct.Struct("<I")


def pack(facts: dict[str, Any], arrays: dict[str, np.ndarray]) -> bytes:
    """Return facts and arrays as bytes; each array is of one of the `KINDS`."""
    declared = [[name, array.dtype.str[1:], list(array.shape)] for name, array in arrays.items()]
    header = json.dumps({"facts": facts, "arrays": declared}, ensure_ascii=False, allow_nan=False).encode()
    return b"".join([_LENGTH.pack(len(header)), header, *map(_planes, arrays.values())])


def unpack(packed: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the facts and the arrays in bytes that `pack` made; the arrays' numbers are finite.

    Raises:
        Malformed: The bytes are not such.
    """
    header, start = _header(packed)
    arrays = {}
    for name, kind, shape in _declared(header):
        stop = start + math.prod(shape) * int(kind[1])
        if stop > len(packed):
            raise Malformed("it is shorter than it says")
        arrays[name] = _array(packed[start:stop], kind, shape)
        start = stop
    if start != len(packed):
        raise Malformed("it is longer than it says")
    return header["facts"], arrays


def _header(packed: bytes) -> tuple[dict[str, Any], int]:
    if len(packed) < _LENGTH.size:
        raise Malformed("it has no header")
    length = _LENGTH.unpack_from(packed)[0]
    if length > MAX_HEADER_BYTES:
        raise Malformed("its header is too long")
    stop = _LENGTH.size + length
    header = json.loads(packed[_LENGTH.size : stop])
    if not isinstance(header, dict) or not isinstance(header.get("facts"), dict):
        raise Malformed("its header is none")
    return header, stop


def _declared(header: dict[str, Any]) -> list[tuple[str, str, list[int]]]:
    found = header.get("arrays")
    if not isinstance(found, list) or len(found) > MOST_ARRAYS:
        raise Malformed("its arrays are not declared")
    for one in found:
        if not (isinstance(one, list) and len(one) == 3 and isinstance(one[0], str) and one[1] in KINDS):
            raise Malformed("an array is of no known kind")
        shape = one[2]
        if not isinstance(shape, list) or len(shape) > MOST_DIMENSIONS:
            raise Malformed("an array has no shape")
        if not all(type(size) is int and size >= 0 for size in shape):
            raise Malformed("an array has no shape")
    return [(name, kind, shape) for name, kind, shape in found]


def _planes(array: np.ndarray) -> bytes:
    """The first bytes of all numbers, then the second ones ...: numbers of one size have much in common there."""
    width = array.dtype.itemsize
    raw = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).reshape(-1).view(np.uint8)
    return raw.reshape(-1, width).T.tobytes()


def _array(raw: bytes, kind: str, shape: list[int]) -> np.ndarray:
    width = int(kind[1])
    planes = np.frombuffer(raw, dtype=np.uint8).reshape(width, -1)
    array = np.ascontiguousarray(planes.T).reshape(-1).view(f"<{kind}").reshape(shape)
    if kind[0] == "f" and not np.isfinite(array).all():
        raise Malformed("a number is not finite")
    return array
