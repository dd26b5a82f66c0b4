"""Which treatments are beaten by none that takes as few bytes."""

from __future__ import annotations

import numpy as np


def pareto_front(bytes_a_vector: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return the positions of treatments of which each scores more than all that take as few bytes or fewer.

    Args:
        bytes_a_vector: (b,).
        scores: (b,).

    Returns:
        (f,) int64, by bytes; both bytes and scores rise along it. Of equal ones the first counts.
    """
    order = np.lexsort((-np.asarray(scores), np.asarray(bytes_a_vector)))
    front, best = [], -np.inf
    for position in order.tolist():
        if scores[position] > best:
            front.append(position)
            best = scores[position]
    return np.array(front, dtype=np.int64)
