"""The order that cosines give, fast enough to rank a corpus for every number of kept directions."""

from collections.abc import Iterable, Sequence

import numpy as np

Positions = Sequence[int] | np.ndarray
"""Texts by their place in the corpus, from 0."""
FEWEST_FOR_RADIX = 2500
"""Measured: NumPy sorts shorter rows faster by comparing than in two passes of 16 bits."""
MOST_COUNTED = 8
"""Measured: for more positions, ranking the whole row is faster than counting for each."""


def order(cosines: np.ndarray) -> np.ndarray:
    """Positions of the largest cosine first, ties by position, (n,) -> (n,) int64.

    Long rows are sorted by 32 bits of the cosine, 16 at a time, which NumPy does by radix; what
    those bits cannot tell apart is put right by a sort that is fast on rows nearly in order.
    """
    if len(cosines) < FEWEST_FOR_RADIX:
        return np.argsort(-cosines, kind="stable")
    keys = ((1.00001 - cosines) * 2147460000.0).astype(np.uint32)  # rounding can take a cosine a little beyond 1
    found = np.argsort(keys.astype(np.uint16), kind="stable")
    found = found[np.argsort((keys >> np.uint32(16)).astype(np.uint16)[found], kind="stable")]
    values = cosines[found]
    if np.all(values[1:] <= values[:-1]):
        return found
    return found[np.argsort(-values, kind="stable")]


def rank_rows(rows: Iterable[np.ndarray], m: int, n: int, positions: Positions | None = None) -> np.ndarray:
    """Rank from 1 in each of m rows of n cosines, largest first, ties by position.

    Args:
        rows: m arrays, (n,) each; one is held at a time.
        m: Number of rows.
        n: Number of texts.
        positions: The texts whose ranks are wanted, from 0; all by default.

    Returns:
        (m, n or number of positions) int32.
    """
    ranks = np.empty((m, n if positions is None else len(positions)), dtype=np.int32)
    places, place = np.arange(1, n + 1, dtype=np.int32), np.empty(n, dtype=np.int32)
    for ranked, row in zip(ranks, rows, strict=True):
        if positions is not None and n >= FEWEST_FOR_RADIX and len(positions) <= MOST_COUNTED:
            ranked[:] = [1 + _count_before(row, position) for position in positions]
        else:
            place[order(row)] = places
            ranked[:] = place if positions is None else place[positions]
    return ranks


def _count_before(cosines: np.ndarray, position: int) -> int:
    mine = cosines[position]
    return int(np.count_nonzero(cosines > mine) + np.count_nonzero(cosines[:position] == mine))
