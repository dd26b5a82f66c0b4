"""Cosines of a text with the texts of the corpus in every band, small: lengths are shared, angles are rounded.

In each step of the grid the dot product of two texts is the product of their lengths times a cosine, which is written
in 16 bits. The cosine of a band is a mean of these with weights that add up to 1 at most, so it is off by no more than
one of them: 1.5e-5.
"""

from __future__ import annotations

import numpy as np

STEPS = 32_767
COSINE_ERROR = 0.5 / STEPS
"""The cosine of a band, from rounding alone."""


def write_angles(dots: np.ndarray, squares: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Return the cosine in every step of the grid, in whole steps.

    Args:
        dots: (m, b) of the text with each of the corpus.
        squares: (m, b) squared lengths of each of the corpus.
        query: (b,) squared lengths of the text.

    Returns:
        (b, m) int16.
    """
    lengths = _lengths(squares, query)
    cosines = np.divide(dots, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    angles: np.ndarray = np.round(np.clip(cosines, -1, 1) * STEPS).astype(np.int16).T
    return angles


def read_dots(angles: np.ndarray, squares: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Return the dot products, (m, b) float32, from what `write_angles` wrote."""
    dots: np.ndarray = (angles.T / STEPS * _lengths(squares, query)).astype(np.float32)
    return dots


def _lengths(squares: np.ndarray, query: np.ndarray) -> np.ndarray:
    lengths: np.ndarray = np.sqrt(np.asarray(squares, dtype=np.float64) * np.asarray(query, dtype=np.float64))
    return lengths
