"""Neighbours of texts in the space they live in, not in a picture of it.

An n x n matrix of cosines is never held: everything goes by blocks of rows.
"""

from collections.abc import Iterator

import numpy as np

from embfilter_core.errors import InputError

ROWS_PER_BLOCK = 256
DECIMALS = 12
"""Cosines that agree to so many decimals are equal; what differs beyond is rounding."""


def nearest(points: np.ndarray, k: int) -> np.ndarray:
    """Return the k nearest other points by cosine, nearest first, ties by position.

    Args:
        points: (n, d) of length 1; the origin has cosine 0 with everything.
        k: How many.

    Returns:
        (n, k) int64 positions.

    Raises:
        InputError: There are not k other points.
    """
    points = np.asarray(points, dtype=np.float64)
    blocks = (points[rows] @ points.T for rows in _blocks(len(points)))
    return _largest(blocks, len(points), k)


def surviving_share(unfiltered: np.ndarray, filtered: np.ndarray) -> np.ndarray:
    """Return the share of each text's neighbours that it still has, from (n, k) and (n, k) positions, (n,)."""
    share: np.ndarray = _shared(unfiltered, filtered) / unfiltered.shape[1]
    return share


def jaccard(unfiltered: np.ndarray, filtered: np.ndarray) -> np.ndarray:
    """Return the Jaccard overlap of each text's neighbours, from (n, k) and (n, k) positions, (n,).

    Of k neighbours, s shared ones are s / (2k - s) of all that are neighbours on either side.
    """
    shared = _shared(unfiltered, filtered)
    overlap: np.ndarray = shared / (2 * unfiltered.shape[1] - shared)
    return overlap


def purity(neighbours: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the share of each text's neighbours that have its label, from (n, k) positions, (n,).

    A text labelled "" has no label: its purity is NaN, and it is of nobody's kind.
    """
    labels = np.asarray(labels, dtype=str)
    same = (labels[neighbours] == labels[:, None]).mean(axis=1)
    return np.where(labels == "", np.nan, same)


def mean_cosine_to(points: np.ndarray, neighbours: np.ndarray) -> np.ndarray:
    """Return the mean cosine of each point, (n, d) of length 1, to its listed neighbours, (n, k), as (n,)."""
    sums = np.empty(len(points))
    for rows in _blocks(len(points)):
        sums[rows] = np.einsum("nd,nkd->n", points[rows], points[neighbours[rows]])
    means: np.ndarray = sums / neighbours.shape[1]
    return means


def mean_cosine(points: np.ndarray) -> float:
    """Return the anisotropy: the mean cosine over all pairs of points, (n, d) of length 1 (arXiv 1909.00512).

    The square of the sum of all points holds every pair twice, and each point with itself.

    Raises:
        InputError: There are fewer than two points.
    """
    n = len(points)
    if n < 2:
        raise InputError(f"{n} text has no pairs.", "Give at least two texts.")
    total = points.sum(axis=0)
    return float((total @ total - (points**2).sum()) / (n * (n - 1)))


def trustworthiness(points: np.ndarray, picture: np.ndarray, k: int) -> float:
    """Return how far the neighbours in a picture are neighbours in the original space, 1 for all of them.

    Each of the k nearest in the picture costs by how many ranks it misses the k nearest by
    cosine (Venna and Kaski 2001; what scikit-learn computes, without its n x n matrices).

    Args:
        points: (n, d) of length 1.
        picture: (n, 2) the same points in the picture.
        k: How many neighbours.

    Raises:
        InputError: k is not below n / 2, from where the measure is not defined.
    """
    n = len(points)
    if not 1 <= k < n / 2:
        raise InputError(f"Trustworthiness of {n} texts is not defined for {k} neighbours.", "Use fewer than half.")
    squares = (picture**2).sum(axis=1)
    closeness = (2 * picture[rows] @ picture.T - squares for rows in _blocks(n))
    seen = _largest(closeness, n, k)
    missed = 0
    for rows in _blocks(n):
        cosines = np.round(points[rows] @ points.T, DECIMALS)
        np.put_along_axis(cosines, _own(rows), np.inf, axis=1)
        order = np.argsort(-cosines, axis=1, kind="stable")  # the text itself is rank 0
        ranks = np.empty_like(order)
        np.put_along_axis(ranks, order, np.arange(n)[None], axis=1)
        missed += int(np.maximum(np.take_along_axis(ranks, seen[rows], axis=1) - k, 0).sum())
    return 1 - 2 * missed / (n * k * (2 * n - 3 * k - 1))


def _largest(blocks: Iterator[np.ndarray], n: int, k: int) -> np.ndarray:
    """Positions of the k largest of each row but its own, (n, k), ties by position, from blocks of rows."""
    if not 1 <= k < n:
        raise InputError(f"{n} texts do not have {k} neighbours each.", f"Use 1 to {max(1, n - 1)} neighbours.")
    found = np.empty((n, k), dtype=np.int64)
    for rows, block in zip(_blocks(n), blocks, strict=True):
        values = np.round(block, DECIMALS)
        np.put_along_axis(values, _own(rows), -np.inf, axis=1)
        lowest = np.partition(values, n - k, axis=1)[:, n - k]
        for i, row in enumerate(values, start=rows.start):
            near = np.flatnonzero(row >= lowest[i - rows.start])
            found[i] = near[np.argsort(-row[near], kind="stable")[:k]]
    return found


def _blocks(n: int) -> Iterator[slice]:
    return (slice(start, min(start + ROWS_PER_BLOCK, n)) for start in range(0, n, ROWS_PER_BLOCK))


def _own(rows: slice) -> np.ndarray:
    return np.arange(rows.start, rows.stop)[:, None]


def _shared(unfiltered: np.ndarray, filtered: np.ndarray) -> np.ndarray:
    shared: np.ndarray = (unfiltered[:, :, None] == filtered[:, None, :]).sum(axis=(1, 2))
    return shared
