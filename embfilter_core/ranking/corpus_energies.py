"""Cumulative energies of a corpus over its singular directions, built once and shared by all queries."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from embfilter_core.errors import InputError

TEXTS_PER_CHUNK = 256


class CorpusEnergies:
    """Cumulative squared coefficients of a corpus, built once and shared by all queries.

    Args:
        coefficients: C = H V, (n, d), float32 or float64; held, not copied, and not to be changed.

    Attributes:
        coefficients: As given.
        cumulative: (d + 1, n) float64; row j is the energy in the directions before j.

    Raises:
        InputError: There is no direction, or a coefficient is not finite or its square is not.
    """

    def __init__(self, coefficients: np.ndarray) -> None:
        if coefficients.ndim != 2 or coefficients.shape[1] == 0:
            raise InputError(
                f"Coefficients of shape {coefficients.shape} are no corpus.",
                "Give a row a text.",
            )
        self.coefficients = coefficients
        with np.errstate(over="ignore"):
            self.cumulative = cumulate(coefficients)
        unusable = np.flatnonzero(~np.isfinite(self.cumulative[-1]))
        if len(unusable):
            raise InputError(f"The embedding of text {unusable[0] + 1} is not finite.", "Leave the text out.")

    def __len__(self) -> int:
        return len(self.coefficients)

    @property
    def d(self) -> int:
        """Number of directions."""
        return int(self.coefficients.shape[1])


def cumulate(coefficients: np.ndarray, query: np.ndarray | None = None) -> np.ndarray:
    """Cumulative sums over the directions of the squares, or of the products with a query, (d + 1, n) float64."""
    n, d = coefficients.shape
    sums = np.empty((d + 1, n))
    sums[0] = 0
    for first in range(0, n, TEXTS_PER_CHUNK):
        chunk = coefficients[first : first + TEXTS_PER_CHUNK].T
        other = chunk if query is None else query[:, None]
        np.multiply(chunk, other, out=sums[1:, first : first + TEXTS_PER_CHUNK], dtype=np.float64)
    for before, row in pairwise(sums):
        row += before
    sums.setflags(write=False)
    return sums
