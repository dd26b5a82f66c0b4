"""Cosine similarity of a query to a corpus for one choice of kept directions.

The kept directions are orthonormal, so the cosine of two filtered embeddings is the
cosine of their coefficients in those directions: nothing is projected back.
"""

from dataclasses import dataclass

import numpy as np

from embfilter_core.spectral.selection import KeptDirections


@dataclass(frozen=True, eq=False)
class NeighbourComparison:
    """The texts of a corpus nearest to a query, unfiltered or filtered.

    Attributes:
        positions: (m,) int64, positions in the corpus, nearest filtered first.
        ranks_unfiltered: (m,) int64, rank from 1 in the whole corpus by all directions.
        ranks_filtered: (m,) int64, by the kept ones.
        cosines_unfiltered: (m,) float64, by all directions.
        cosines_filtered: (m,) float64, by the kept ones.
    """

    positions: np.ndarray
    ranks_unfiltered: np.ndarray
    ranks_filtered: np.ndarray
    cosines_unfiltered: np.ndarray
    cosines_filtered: np.ndarray


def cosines(query: np.ndarray, corpus: np.ndarray, kept: KeptDirections) -> np.ndarray:
    """Cosines of a query's coefficients (d,) to a corpus's (n, d) in the kept directions, (n,) float64.

    A text without any energy in the kept directions has no direction there: its cosine is 0.
    Equal texts have equal cosines to the last bit; in a single direction they are exactly 1 or -1.
    """
    q = query[kept.indices].astype(np.float64)
    c = corpus[:, kept.indices].astype(np.float64, order="C")
    for rows in (q[None], c):
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        np.divide(rows, norms, out=rows, where=norms > 0)
    c *= q
    products: np.ndarray = c.sum(axis=1)  # c @ q rounds a row by where it stands: equal texts would not be tied
    return products


def pair_cosines(coefficients: np.ndarray, kept: KeptDirections) -> np.ndarray:
    """Cosines of every pair of texts, (n, d) coefficients -> (n, n) float64; 0 for a text without any kept energy."""
    rows = coefficients[:, kept.indices].astype(np.float64)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)
    pairs: np.ndarray = unit @ unit.T
    return pairs


def mean_pair_cosine(pairs: np.ndarray) -> float:
    """Return the mean cosine of different texts, from (n, n) cosines of every pair."""
    return float(pairs[~np.eye(len(pairs), dtype=bool)].mean())


def ranks(similarities: np.ndarray) -> np.ndarray:
    """Rank from 1 of each similarity, largest first, ties by position, (n,) int64."""
    place = np.empty(len(similarities), dtype=np.int64)
    place[np.argsort(-similarities, kind="stable")] = np.arange(1, len(similarities) + 1)
    return place


def compare_neighbours(query: np.ndarray, corpus: np.ndarray, kept: KeptDirections, top: int) -> NeighbourComparison:
    """Return the texts among the `top` nearest unfiltered or filtered, with rank and cosine of both.

    Args:
        query: (d,) coefficients.
        corpus: (n, d) coefficients.
        kept: The kept directions; by them the texts are ordered.
        top: How many of each; all of them where the corpus is smaller.
    """
    unfiltered, filtered = (cosines(query, corpus, it) for it in (KeptDirections.unfiltered(kept.d), kept))
    ranks_unfiltered, ranks_filtered = ranks(unfiltered), ranks(filtered)
    near = np.flatnonzero((ranks_unfiltered <= top) | (ranks_filtered <= top))
    near = near[np.argsort(ranks_filtered[near])]
    return NeighbourComparison(near, ranks_unfiltered[near], ranks_filtered[near], unfiltered[near], filtered[near])
