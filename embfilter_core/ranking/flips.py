"""Where the order of two texts flips as fewer directions of a family are kept, and which ranks hang by a thread.

A family is swept from the largest k down. Of two texts the one with the larger cosine is
ahead, and of equal ones the earlier in the corpus, as in every ranking here. The order
flips at k where it is another than at the next larger k: a tie that the earlier text
wins and had won before is no flip.
"""

from collections.abc import Sequence

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.ranking.order import order

MOST_NAMED = 30
"""Flips that a sentence lists; the others are counted."""


def flips_against(cosines: np.ndarray, reference: int, ks: Sequence[int] | np.ndarray) -> list[np.ndarray]:
    """The k at which each of n texts swaps its order with a reference text.

    Args:
        cosines: (m, n), one row for each k.
        reference: Position of the reference text, from 0.
        ks: The m different k, in any order.

    Returns:
        n int64 arrays, each from the largest k down; that of the reference is empty.

    Raises:
        InputError: There is not one row for each k, or a k comes twice.
    """
    k = np.asarray(ks, dtype=np.int64)
    if len(k) != len(cosines) or len(np.unique(k)) != len(k):
        raise InputError(
            f"There are {len(cosines)} rows of cosines for {len(np.unique(k))} different k.", "Give one row for each k."
        )
    sweep = np.argsort(-k)
    ahead = _ahead_of(cosines, reference)[sweep]
    changed = np.ascontiguousarray((ahead[1:] != ahead[:-1]).T)
    texts, steps = np.nonzero(changed)
    ends = np.cumsum(np.bincount(texts, minlength=cosines.shape[1]))
    return np.split(k[sweep][steps + 1], ends[:-1])


def _ahead_of(cosines: np.ndarray, reference: int) -> np.ndarray:
    """Whether each text is ahead of the reference, (m, n) bool."""
    own = cosines[:, reference, None]
    ahead = cosines > own
    ahead[:, :reference] |= cosines[:, :reference] == own
    return ahead


def describe_flips(flips: np.ndarray, family: str) -> str:
    """Return where two texts change places as neighbours of a query, as a sentence."""
    if not len(flips):
        return f"As neighbours of the query they keep their order for every k of the {family}."
    named = ", ".join(map(str, flips[:MOST_NAMED].tolist()))
    more = f" and {len(flips) - MOST_NAMED} more" if len(flips) > MOST_NAMED else ""
    return f"As neighbours of the query they change places where the {family} keeps k = {named}{more}."


def near_ties(cosines: np.ndarray, tolerance: float = 1e-4) -> np.ndarray:
    """Which texts lie closer than a tolerance to their neighbour above or below in the ranking, (n,) bool."""
    places = order(cosines)
    close = -np.diff(cosines[places]) < tolerance
    tied = np.zeros(len(cosines), dtype=bool)
    tied[places[:-1][close]] = True
    tied[places[1:][close]] = True
    return tied
