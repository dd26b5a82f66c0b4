"""Scored pairs under every selection."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from embfilter_core.progress import Progress, report
from embfilter_core.quality.judged_pairs import JudgedPairs
from embfilter_core.quality.nested_cosines import pair_cosines
from embfilter_core.quality.weighted_ranks import Ordering, WeightedRanks
from embfilter_core.spectral.selection import KeptDirections

RESAMPLES_AT_ONCE = 500
NUMBERS_AT_ONCE = 6_000_000
"""Counts held at once, as float64, three arrays of them: 144 MB."""


@dataclass(frozen=True, eq=False)
class PairEvidence(ABC):
    """A score of cosines against judgements over m pairs, under b selections.

    Attributes:
        judged: The pairs.
    """

    judged: JudgedPairs

    @classmethod
    @abstractmethod
    def of_cosines(cls, judged: JudgedPairs, cosines: Iterable[np.ndarray]) -> PairEvidence:
        """Return the evidence in the (m,) cosines of each selection."""

    @abstractmethod
    def pair_scores(self, counts: np.ndarray, progress: Progress | None) -> np.ndarray:
        """Return the scores where pair i is there counts[i] times, (m, r) -> (b, r)."""

    @property
    def units(self) -> int:
        """Number of pairs, or of texts where pairs share them."""
        return self.judged.texts or self.pairs

    @property
    def unit(self) -> str:
        """Resampling unit: `pairs` or `texts`."""
        return "pairs" if self.judged.texts is None else "texts"

    @property
    def pairs(self) -> int:
        """Number of pairs."""
        return len(self.judged)

    def scores(self, counts: np.ndarray, progress: Progress | None = None) -> np.ndarray:
        """Return the scores in each resample, (r, units) -> (b, r).

        Raises:
            Cancelled: `progress` returned False.
        """
        size = int(np.clip(NUMBERS_AT_ONCE // max(self.pairs, 1), 1, RESAMPLES_AT_ONCE))
        chunks = [counts[start : start + size] for start in range(0, len(counts), size)]
        return np.concatenate(
            [
                self.pair_scores(self.judged.counts(chunk), _of_chunks(progress, i, len(chunks)))
                for i, chunk in enumerate(chunks)
            ],
            axis=1,
        )


@dataclass(frozen=True, eq=False)
class SpearmanEvidence(PairEvidence):
    """Spearman's rank correlation. Memory: 4 bytes for each of the b m cosines.

    Attributes:
        orderings: The order of the cosines under each selection.
    """

    orderings: tuple[Ordering, ...]

    @classmethod
    def of_cosines(cls, judged: JudgedPairs, cosines: Iterable[np.ndarray]) -> SpearmanEvidence:
        """Return the evidence in the (m,) cosines of each selection; only their order is kept."""
        return cls(judged, tuple(Ordering.of(row) for row in cosines))

    def pair_scores(self, counts: np.ndarray, progress: Progress | None) -> np.ndarray:
        """Return the correlations where pair i is there counts[i] times, (m, r) -> (b, r)."""
        ranks = WeightedRanks(counts, Ordering.of(self.judged.judgements))
        found = np.empty((len(self.orderings), counts.shape[1]))
        for i, ordering in enumerate(self.orderings):
            report(progress, i, len(found))
            found[i] = ranks.spearman(ordering)
        report(progress, len(found), len(found))
        return found


@dataclass(frozen=True, eq=False)
class PearsonEvidence(PairEvidence):
    """Pearson's correlation. Memory: 8 bytes for each of the b m cosines.

    Attributes:
        cosines: (b, m) float64.
    """

    cosines: np.ndarray

    @classmethod
    def of_cosines(cls, judged: JudgedPairs, cosines: Iterable[np.ndarray]) -> PearsonEvidence:
        """Return the evidence in the (m,) cosines of each selection."""
        return cls(judged, np.stack(list(cosines)))

    def pair_scores(self, counts: np.ndarray, progress: Progress | None) -> np.ndarray:
        """Return the correlations where pair i is there counts[i] times, (m, r) -> (b, r)."""
        report(progress, 0, 1)
        totals = np.maximum(counts.sum(axis=0), 1)
        # Numbers near zero are squared without loss: the middle of all pairs is taken off first.
        x = self.cosines - self.cosines.mean(axis=1, keepdims=True)
        y = self.judged.judgements - self.judged.judgements.mean()
        mean_x, mean_y = x @ counts / totals, y @ counts / totals
        covariance = (x * y) @ counts / totals - mean_x * mean_y
        variances = (x**2 @ counts / totals - mean_x**2) * (y**2 @ counts / totals - mean_y**2)
        scale = np.sqrt(np.maximum(variances, 0))
        report(progress, 1, 1)
        found: np.ndarray = np.divide(covariance, scale, out=np.zeros_like(covariance), where=scale > 1e-12)
        return found


def pair_evidence(
    coefficients: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    judgements: np.ndarray,
    selections: Sequence[KeptDirections],
    correlation: type[PairEvidence] = SpearmanEvidence,
    shared_texts: bool = False,
    progress: Progress | None = None,
) -> PairEvidence:
    """Return the evidence in judged pairs under every selection, from one embedding pass.

    Args:
        coefficients: (n, d).
        left: (m,) positions of the first texts.
        right: (m,) positions of the second.
        judgements: (m,) scores given by people.
        selections: What to keep, b of them.
        correlation: Which one.
        shared_texts: Whether pairs share texts, so that the texts, not the pairs, are what was drawn.
        progress: Told after every selection.

    Raises:
        InputError: The lengths differ, there is no pair, or a judgement is not a number.
        Cancelled: `progress` returned False.
    """
    left, right, judgements = np.asarray(left), np.asarray(right), np.asarray(judgements, dtype=np.float64)
    judged = JudgedPairs.of(left, right, judgements, shared_texts)
    cosines = pair_cosines(coefficients, left, right, selections)
    return correlation.of_cosines(judged, _reported(cosines, len(selections), progress))


def _reported(rows: Iterator[np.ndarray], total: int, progress: Progress | None) -> Iterator[np.ndarray]:
    for done, row in enumerate(rows, start=1):
        report(progress, done, total)
        yield row


def _of_chunks(progress: Progress | None, chunk: int, chunks: int) -> Progress | None:
    """The progress of one of several chunks, each of as many steps."""
    return progress and (lambda done, steps: progress(chunk * steps + done, chunks * steps))
