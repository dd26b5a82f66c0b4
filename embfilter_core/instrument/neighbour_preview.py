"""The texts that any band can bring near a query, and their cosines in every band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.data.folding import equal_texts
from embfilter_core.spectral.direction_grid import prefix_sums

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, eq=False)
class NeighbourPreview:
    """Every text that comes near for a band of the grid: dot products and squared lengths of each step of the grid.

    Steps rather than sums up to each edge: the difference of two sums in 32 bits says nothing of a single direction
    that holds a millionth of the energy.

    Attributes:
        positions: (m,) int64, places of these texts in the corpus, ascending.
        copies: (m,) int64, how often each text is in the corpus; only its first place is listed.
        dots: (m, b) float32, of the query with each text.
        squares: (m, b) float32, of each text.
        query_squares: (b,) float32, of the query.
    """

    positions: np.ndarray
    copies: np.ndarray
    dots: np.ndarray
    squares: np.ndarray
    query_squares: np.ndarray


def preview_neighbours(
    query: np.ndarray, corpus: np.ndarray, texts: Sequence[str], edges: np.ndarray, top: int
) -> NeighbourPreview:
    """Find the texts that a band between any two of the edges brings among the nearest.

    Args:
        query: Coefficients of the query, (d,).
        corpus: Coefficients of the corpus, (n, d).
        texts: Its n texts.
        edges: (b + 1,) of the grid.
        top: How many are near; equal texts are listed once, with their number.
    """
    folded = equal_texts(texts)
    places, copies = np.array([[first, 1 + len(others)] for first, *others in folded], dtype=np.int64).T
    rows = corpus[places]
    dots, squares = prefix_sums(rows * query, edges), prefix_sums(np.square(rows), edges)
    query_squares = prefix_sums(np.square(query)[None], edges)
    near = _ever_near(dots, squares, query_squares[0], top)
    return NeighbourPreview(
        positions=places[near],
        copies=copies[near],
        dots=np.diff(dots[near]).astype(np.float32),
        squares=np.diff(squares[near]).astype(np.float32),
        query_squares=np.diff(query_squares[0]).astype(np.float32),
    )


def _ever_near(dots: np.ndarray, squares: np.ndarray, query: np.ndarray, top: int) -> np.ndarray:
    """Places of the texts among the `top` for at least one band, ascending."""
    if top >= len(dots):
        return np.arange(len(dots))
    found: set[int] = set()
    for start in range(len(query) - 1):
        lengths = (squares[:, start + 1 :] - squares[:, [start]]) * (query[start + 1 :] - query[start])
        between = dots[:, start + 1 :] - dots[:, [start]]
        cosines = np.divide(between, np.sqrt(lengths), out=np.zeros_like(between), where=lengths > 0)
        found.update(np.argpartition(-cosines, top, axis=0)[: top + 1].ravel().tolist())
    return np.array(sorted(found), dtype=np.int64)
