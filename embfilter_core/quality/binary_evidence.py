"""Pairs that people judged by yes or no: average precision and AUC when every pair counts several times, exactly.

A resample of pairs is a row of counts. Sorted once by cosine, the running sums of the
counts of the two sides give both scores in every resample; equal cosines are one
threshold. So a resample costs two sums and no sorting.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.progress import Progress, report
from embfilter_core.quality.judged_pairs import JudgedPairs
from embfilter_core.quality.pair_evidence import PairEvidence
from embfilter_core.quality.weighted_ranks import Ordering

CHANCE_AUC = 0.5


@dataclass(frozen=True, eq=False)
class BinaryEvidence(PairEvidence):
    """A score of cosines against judgements of two values, the larger of which is yes.

    Memory: 4 bytes for each of the b m cosines.

    Attributes:
        orderings: The order of the cosines under each selection.
    """

    orderings: tuple[Ordering, ...]

    @classmethod
    def of_cosines(cls, judged: JudgedPairs, cosines: Iterable[np.ndarray]) -> BinaryEvidence:
        """Return the evidence in the (m,) cosines of each selection; only their order is kept.

        Raises:
            InputError: The judgements do not take two values.
        """
        values = len(np.unique(judged.judgements))
        if values != 2:
            raise InputError(f"The judgements take {values} values.", "This measure needs two, such as 0 and 1.")
        return cls(judged, tuple(Ordering.of(row) for row in cosines))

    @abstractmethod
    def of_sides(self, sides: SortedSides) -> np.ndarray:
        """Return the score in each resample, (r,)."""

    def pair_scores(self, counts: np.ndarray, progress: Progress | None) -> np.ndarray:
        """Return the scores where pair i is there counts[i] times, (m, r) -> (b, r)."""
        yes = self.judged.judgements == self.judged.judgements.max()
        sides = SortedSides(counts, yes)
        found = np.empty((len(self.orderings), counts.shape[1]))
        for i, ordering in enumerate(self.orderings):
            report(progress, i, len(found))
            sides.sort(ordering)
            found[i] = self.of_sides(sides)
        report(progress, len(found), len(found))
        return found


class SortedSides:
    """How often pairs of either side are in r resamples, added up along an order of the cosines.

    Memory: 16 bytes for each of the m r counts.

    Args:
        counts: (m, r), how often each pair is in each resample.
        yes: (m,) bool, which of the two judgements each pair has.

    Attributes:
        yes: (r,) pairs judged yes in each resample.
        no: (r,) pairs judged no.
        counts: (p, r) of the pairs judged yes, in ascending order of their cosine.
        yes_below: (p, r) pairs judged yes with a smaller cosine than each of them.
        no_below: (p, r) pairs judged no with a smaller cosine.
        no_up_to: (p, r) pairs judged no with a smaller cosine or the same.
    """

    def __init__(self, counts: np.ndarray, yes: np.ndarray) -> None:
        counts = np.ascontiguousarray(counts, dtype=np.float64)
        self._is_yes, self._rows = yes, list(counts)
        self.yes, self.no = counts[yes].sum(axis=0), counts[~yes].sum(axis=0)
        self._sums = [np.zeros((1 + number, counts.shape[1])) for number in (yes.sum(), (~yes).sum())]
        self._counts = counts

    def sort(self, ordering: Ordering) -> None:
        """Add the counts up along an order of the cosines."""
        order, yes = ordering.order, self._is_yes[ordering.order]
        begins, ends = _groups(ordering)
        self.counts = self._counts[order[yes]]
        yes_sums, no_sums = self._running(0, order[yes]), self._running(1, order[~yes])
        yes_before, no_before = (np.r_[0, np.cumsum(side)] for side in (yes, ~yes))
        self.yes_below = yes_sums[yes_before[begins[yes]]]
        self.no_below = no_sums[no_before[begins[yes]]]
        self.no_up_to = self.no_below if ordering.starts is None else no_sums[no_before[ends[yes]]]

    def _running(self, side: int, order: np.ndarray) -> np.ndarray:
        """Sums of the counts of the first 0, 1, ... pairs of an order; numpy's cumsum takes longer."""
        sums = self._sums[side]
        rows = list(sums)
        deque(map(np.add, rows, [self._rows[i] for i in order.tolist()], rows[1:]), maxlen=0)
        return sums


class AveragePrecisionEvidence(BinaryEvidence):
    """Average precision: the mean, over the pairs judged yes, of the share of yes among all with as high a cosine.

    A resample without a yes scores 0.
    """

    def of_sides(self, sides: SortedSides) -> np.ndarray:
        """Return the average precision in each resample, (r,)."""
        found = sides.yes - sides.yes_below
        precision = found / np.maximum(found + (sides.no - sides.no_below), 1)
        mean: np.ndarray = np.einsum("pr,pr->r", sides.counts, precision) / np.maximum(sides.yes, 1)
        return mean


class AucEvidence(BinaryEvidence):
    """Area under the ROC curve: how often a pair judged yes has the higher cosine than one judged no; ties count half.

    A resample without a yes or without a no scores one half.
    """

    def of_sides(self, sides: SortedSides) -> np.ndarray:
        """Return the area in each resample, (r,)."""
        won = np.einsum("pr,pr->r", sides.counts, sides.no_below + sides.no_up_to) / 2
        possible = sides.yes * sides.no
        area: np.ndarray = np.divide(won, possible, out=np.full_like(won, CHANCE_AUC), where=possible > 0)
        return area


def _groups(ordering: Ordering) -> tuple[np.ndarray, np.ndarray]:
    """Where the group of equal values of each sorted value begins, and the place after its end, (m,) each."""
    m = len(ordering.order)
    starts = np.arange(m) if ordering.starts is None else ordering.starts
    ends = np.r_[starts[1:], m]
    lengths = ends - starts
    return np.repeat(starts, lengths), np.repeat(ends, lengths)
