"""How large vectors of one's own may be, and what is checked of them wherever they come from."""

from __future__ import annotations

from pathlib import PurePath

import numpy as np

from embfilter_core.data.corpora import MAX_TEXTS
from embfilter_core.errors import InputError
from embfilter_core.number_format import format_megabytes

ARRAY_FORMATS = (".npy", ".npz", ".safetensors")
"""Endings of files that hold arrays alone."""
MAX_VECTOR_BYTES = 400_000_000
"""Of a file with vectors."""
MAX_NUMBERS = 100_000_000
"""Of all vectors of a file together: 400 MB as float32."""
FEWEST_NUMBERS = 2
"""Of a vector: with one, every cosine is 1 or -1."""


def is_array_file(name: str) -> bool:
    """Return whether a name is that of a file of arrays, by its ending."""
    return PurePath(name).suffix.lower() in ARRAY_FORMATS


def check_file_size(name: str, size: int) -> None:
    """Raise InputError for a file of more bytes than are read."""
    if size > MAX_VECTOR_BYTES:
        raise InputError(
            f"{name} has {format_megabytes(size)}; the limit is {format_megabytes(MAX_VECTOR_BYTES)}.",
            "Use a sample of the vectors.",
        )


def check_shape(name: str, rows: int, numbers: int) -> None:
    """Raise InputError for vectors that are too many, or too large in all, before they are read.

    Args:
        name: What holds them, for messages.
        rows: Number of rows.
        numbers: Numbers of all rows together.
    """
    if rows > MAX_TEXTS:
        raise InputError(f"{name} has {rows:,} rows; the limit is {MAX_TEXTS:,}.", "Use a sample of it.")
    if numbers > MAX_NUMBERS:
        raise InputError(
            f"The vectors of {name} have {numbers:,} numbers in all; the limit is {MAX_NUMBERS:,}.",
            "Use a sample of them.",
        )
    if not rows:
        raise InputError(f"{name} has no row.", "Give a vector a row.")


def as_float32(vectors: np.ndarray) -> np.ndarray:
    """Return vectors as float32; a number beyond its range becomes infinite, and so no finite number."""
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(vectors, dtype=np.float32)
