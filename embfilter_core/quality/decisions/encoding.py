"""The vectors of a task as an index of codes holds them."""

from __future__ import annotations

from embfilter_core.quality.measuring import Vectors
from embfilter_core.quality.precisions import find_precision

BOTH_SIDES = ("sign",)
"""Precisions in which queries are encoded too: bits are compared with bits."""


def encoded(vectors: Vectors, precision: str) -> Vectors:
    """Return the vectors of a task, (n, k) each, decoded from codes of a precision.

    The texts of pairs and labels are all in the index: codes are compared with codes. Of queries and documents the
    documents are in the index, and fix the ranges of 4 bits; a query keeps its float32 numbers, as FAISS searches,
    unless the codes are bits.
    """
    one = find_precision(precision)
    stored = one.decoded(vectors[-1])
    if len(vectors) == 1:
        return (stored,)
    return (one.decoded(vectors[0]) if precision in BOTH_SIDES else vectors[0], stored)
