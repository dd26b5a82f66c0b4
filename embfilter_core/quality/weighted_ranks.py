"""Spearman's correlation when every pair counts several times: exact, for many resamples at once.

A resample of pairs is a row of counts. Sorted once, the running sum of the counts gives
the rank of every pair in every resample; ties, among them the copies of one pair,
share the mean of their ranks. So a resample costs a sum and no sorting.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Ordering:
    """The order of m values, smallest first.

    Attributes:
        order: (m,) int32, positions of the values, sorted.
        starts: (g,) int32, where in `order` each group of equal values begins, or None where all differ.
    """

    order: np.ndarray
    starts: np.ndarray | None

    @classmethod
    def of(cls, values: np.ndarray) -> "Ordering":
        """Sort values, (m,)."""
        order = np.argsort(values, kind="stable").astype(np.int32)
        rises = np.diff(values[order]) != 0
        starts = None if rises.all() else np.flatnonzero(np.r_[True, rises]).astype(np.int32)
        return cls(order, starts)


class WeightedRanks:
    """Counts of m pairs in r resamples, beside the ranks of one variable (the judgements) in each.

    Memory: 24 bytes for each of the m r counts.

    Args:
        counts: (m, r), how often each pair is in each resample.
        judgements: The order of the variable that all others are compared with.
    """

    def __init__(self, counts: np.ndarray, judgements: Ordering) -> None:
        self._counts = np.ascontiguousarray(counts, dtype=np.float64)
        self._sums = np.empty_like(self._counts)
        self._count_rows, self._sum_rows = list(self._counts), list(self._sums)
        self._total = self._counts.sum(axis=0)
        self._untied = self._spread(np.einsum("mr,mr,mr->r", self._counts, self._counts, self._counts))
        ranks, self._spread_of_judgements = self._ranks(judgements)
        # Deviation of the judged rank from its mean, times the count.
        self._deviations = (ranks - self._total / 2) * self._counts
        self._own_half = np.einsum("mr,mr->r", self._deviations, self._counts) / 2

    def spearman(self, ordering: Ordering) -> np.ndarray:
        """Return the correlation of a variable's ranks with those of the judgements in each resample, (r,) float64.

        A variable that is the same for all pairs of a resample orders nothing: 0.
        """
        if ordering.starts is None:
            self._accumulate(ordering.order)
            covariance, spread = self._times_deviations(self._sums) - self._own_half, self._untied
        else:
            ranks, spread = self._ranks(ordering)
            covariance = self._times_deviations(ranks)
        scale = np.sqrt(np.maximum(spread * self._spread_of_judgements, 0))
        # One pair that differs from m - 1 equal ones gives m^2 / 4: what is smaller still is rounding.
        varies = scale > 1e-12 * self._total**3
        found: np.ndarray = np.divide(covariance, scale, out=np.zeros_like(covariance), where=varies)
        return found

    def _ranks(self, ordering: Ordering) -> tuple[np.ndarray, np.ndarray]:
        """Mean ranks less one half, (m, r), and their sum of squared deviations, (r,)."""
        self._accumulate(ordering.order)
        if ordering.starts is None:
            return self._sums - self._counts / 2, self._untied
        order, starts = ordering.order, ordering.starts
        ends = np.r_[starts[1:], len(order)] - 1
        up_to = self._sums[order[ends]]
        before = np.vstack([np.zeros_like(up_to[:1]), up_to[:-1]])
        group_of = np.empty(len(order), dtype=np.int32)
        group_of[order] = np.repeat(np.arange(len(starts), dtype=np.int32), ends - starts + 1)
        return ((before + up_to) / 2)[group_of], self._spread(((up_to - before) ** 3).sum(axis=0))

    def _accumulate(self, order: np.ndarray) -> None:
        """Running sum of the counts in an order, written to each pair's own row; numpy's cumsum takes longer."""
        places = order.tolist()
        sums = [self._sum_rows[i] for i in places]
        counts = [self._count_rows[i] for i in places]
        np.copyto(sums[0], counts[0])
        deque(map(np.add, sums, counts[1:], sums[1:]), maxlen=0)

    def _times_deviations(self, ranks: np.ndarray) -> np.ndarray:
        product: np.ndarray = np.einsum("mr,mr->r", self._deviations, ranks)
        return product

    def _spread(self, cubes: np.ndarray) -> np.ndarray:
        """Sum of squared deviations of mean ranks, from the sum of the cubes of the sizes of the tied groups."""
        spread: np.ndarray = (self._total**3 - cubes) / 12
        return spread
