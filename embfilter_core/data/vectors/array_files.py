"""Arrays of vectors from NPY, NPZ and safetensors files: sizes are checked before memory is taken, nothing is run."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath

import numpy as np

from embfilter_core.data.vectors.limits import (
    ARRAY_FORMATS,
    MAX_NUMBERS,
    MAX_VECTOR_BYTES,
    as_float32,
    check_file_size,
    check_shape,
)
from embfilter_core.errors import InputError, first_line

MOST_ARRAYS = 8
SIDES = 2
"""A pair has two vectors."""


def read_array_file(name: str, data: bytes) -> tuple[np.ndarray, ...]:
    """Return the vectors of a file: one array, (n, d) float32, or two where every row has two vectors.

    Two are either two arrays of one shape, in the order of the file, or one array (n, 2, d).

    Args:
        name: Its name, whose ending tells the format.
        data: Its content.

    Raises:
        InputError: It is damaged, holds Python objects, is larger than a limit, or holds other arrays.
    """
    check_file_size(name, len(data))
    readers = dict(zip(ARRAY_FORMATS, (_npy, _npz, _safetensors), strict=True))
    reader = readers.get(PurePath(name).suffix.lower())
    if reader is None:
        raise InputError(f"{name} is no file of arrays.", f"Give one of {', '.join(ARRAY_FORMATS)}.")
    try:
        arrays = reader(name, data)
    except InputError:
        raise
    except Exception as error:  # a damaged file makes its reader raise nearly anything
        raise InputError(f"{name} cannot be read: {first_line(error)}", "Save it again as float32.") from error
    return _vectors(name, arrays)


def _npy(name: str, data: bytes) -> list[np.ndarray]:
    file = io.BytesIO(data)
    shape, dtype = _header(file)
    _check_kind(name, dtype)
    numbers = int(np.prod(shape, dtype=object))
    if numbers * dtype.itemsize != len(data) - file.tell():
        raise InputError(f"{name} is not as long as its header says.", "It may be cut off: save or copy it again.")
    file.seek(0)
    return [np.load(file, allow_pickle=False)]


def _header(file: io.BytesIO) -> tuple[tuple[int, ...], np.dtype]:
    """Shape and type of an array before it is read; the reader of its numbers would first take the memory."""
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(file)
    return shape, dtype


def _npz(name: str, data: bytes) -> list[np.ndarray]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if len(members) > MOST_ARRAYS:
            raise InputError(f"{name} holds {len(members)} arrays.", "Give one or two.")
        if sum(member.file_size for member in members) > MAX_VECTOR_BYTES:
            raise InputError(f"{name} unpacks to more than is read.", "Use a sample of the vectors.")
        arrays = []
        for member in members:
            with archive.open(member) as opened:  # a size in the list may lie: no more than it says is unpacked
                arrays += _npy(f"{member.filename} in {name}", opened.read(member.file_size + 1))
    return arrays


def _safetensors(name: str, data: bytes) -> list[np.ndarray]:
    from safetensors.numpy import load

    named = load(data)
    arrays = [named[name] for name in sorted(named)]  # a file of this format has no order of its own
    for array in arrays:
        _check_kind(name, array.dtype)
    return arrays


def _check_kind(name: str, dtype: np.dtype) -> None:
    if dtype.hasobject:
        raise InputError(f"{name} holds Python objects, which can run code when they are read.", "Save float32.")
    if dtype.kind != "f":
        raise InputError(f"{name} holds {dtype.name}, not floating-point numbers.", "Save the vectors as float32.")


def _vectors(name: str, arrays: list[np.ndarray]) -> tuple[np.ndarray, ...]:
    if len(arrays) == 1 and arrays[0].ndim == 3 and arrays[0].shape[1] == SIDES:
        arrays = [arrays[0][:, side] for side in range(SIDES)]
    shapes = [array.shape for array in arrays]
    if len(arrays) not in (1, SIDES) or len(set(shapes)) != 1 or len(shapes[0]) != 2:
        written = " and ".join(str(shape) for shape in shapes[:MOST_ARRAYS]) or "no array"
        raise InputError(
            f"{name} holds arrays of shape {written}.", "Give (n, d), or for pairs (n, 2, d) or two arrays (n, d)."
        )
    check_shape(name, shapes[0][0], min(sum(array.size for array in arrays), MAX_NUMBERS + 1))
    return tuple(as_float32(array) for array in arrays)
