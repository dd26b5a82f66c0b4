"""Cosine similarity of a query to a corpus for one choice of kept directions.

The kept directions are orthonormal, so the cosine of two filtered embeddings is the
cosine of their coefficients in those directions: nothing is projected back.
"""

from dataclasses import dataclass

import numpy as np

from embfilter_core.spectral.selection import KeptDirections


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The texts of a corpus nearest to a query under one selection, beside their place under another.

    Attributes:
        order: (top,) int64, positions in the corpus, nearest first.
        cosines: (top,) float64.
        other_ranks: (top,) int64, rank from 1 under the other selection.
        other_cosines: (top,) float64, under the other selection.
    """

    order: np.ndarray
    cosines: np.ndarray
    other_ranks: np.ndarray
    other_cosines: np.ndarray


def cosines(query: np.ndarray, corpus: np.ndarray, kept: KeptDirections) -> np.ndarray:
    """Cosines of a query's coefficients (d,) to a corpus's (n, d) in the kept directions, (n,) float64.

    A text without any energy in the kept directions has no direction there: its cosine is 0.
    """
    q = query[kept.indices].astype(np.float64)
    c = corpus[:, kept.indices].astype(np.float64)
    norms = np.linalg.norm(c, axis=1) * np.linalg.norm(q)
    return np.divide(c @ q, norms, out=np.zeros(len(c)), where=norms > 0)


def ranks(similarities: np.ndarray) -> np.ndarray:
    """Rank from 1 of each similarity, largest first, ties by position, (n,) int64."""
    place = np.empty(len(similarities), dtype=np.int64)
    place[np.argsort(-similarities, kind="stable")] = np.arange(1, len(similarities) + 1)
    return place


def neighbours(
    query: np.ndarray, corpus: np.ndarray, kept: KeptDirections, other: KeptDirections, top: int
) -> Neighbours:
    """The `top` nearest texts by the kept directions, with their ranks and cosines by another selection.

    Args:
        query: (d,) coefficients.
        corpus: (n, d) coefficients.
        kept: The selection that decides the order.
        other: The selection to compare with.
        top: How many; all of them where the corpus is smaller.
    """
    similarities = cosines(query, corpus, kept)
    others = cosines(query, corpus, other)
    order = np.argsort(-similarities, kind="stable")[:top]
    return Neighbours(order, similarities[order], ranks(others)[order], others[order])
