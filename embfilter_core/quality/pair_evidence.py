"""Scored pairs under every selection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.progress import Progress, report
from embfilter_core.quality.nested_cosines import pair_cosines
from embfilter_core.quality.weighted_ranks import Ordering, WeightedRanks
from embfilter_core.spectral.selection import KeptDirections

RESAMPLES_AT_ONCE = 500
NUMBERS_AT_ONCE = 6_000_000
"""Counts held at once, as float64, three arrays of them: 144 MB."""


@dataclass(frozen=True, eq=False)
class PairEvidence:
    """Spearman's or Pearson's correlation of cosines with judgements over m pairs.

    Memory: 4 (Spearman) or 8 (Pearson) bytes for each of the b m cosines.

    Attributes:
        left: (m,) first texts, by their place among the texts that are in a pair.
        right: (m,) second texts.
        judgements: (m,) float64.
        orderings: One for each selection, for Spearman; else None.
        cosines: (b, m) float64, for Pearson; else None.
        texts: Number of texts, where they are the units; else None: the pairs are.
    """

    left: np.ndarray
    right: np.ndarray
    judgements: np.ndarray
    orderings: tuple[Ordering, ...] | None
    cosines: np.ndarray | None
    texts: int | None

    @property
    def units(self) -> int:
        """Number of pairs, or of texts where pairs share them."""
        return self.texts or len(self.left)

    @property
    def unit(self) -> str:
        """Resampling unit: `pairs` or `texts`."""
        return "pairs" if self.texts is None else "texts"

    @property
    def pairs(self) -> int:
        """Number of pairs."""
        return len(self.left)

    def scores(self, counts: np.ndarray, progress: Progress | None = None) -> np.ndarray:
        """Correlations in each resample, (r, units) -> (b, r); a pair of texts counts as often as their product.

        Raises:
            Cancelled: `progress` returned False.
        """
        size = int(np.clip(NUMBERS_AT_ONCE // max(self.pairs, 1), 1, RESAMPLES_AT_ONCE))
        chunks = [counts[start : start + size] for start in range(0, len(counts), size)]
        measure = self._pearson if self.orderings is None else self._spearman
        return np.concatenate(
            [measure(self._pair_counts(chunk), i, len(chunks), progress) for i, chunk in enumerate(chunks)], axis=1
        )

    def _pair_counts(self, counts: np.ndarray) -> np.ndarray:
        """How often each pair is in each resample, (m, r); a text paired with its own copy is no pair."""
        by_unit = np.ascontiguousarray(counts.T, dtype=np.float64)
        if self.texts is None:
            return by_unit
        both = by_unit[self.left] * by_unit[self.right]
        both[self.left == self.right] = 0
        return both

    def _spearman(self, counts: np.ndarray, chunk: int, chunks: int, progress: Progress | None) -> np.ndarray:
        ranks = WeightedRanks(counts, Ordering.of(self.judgements))
        found = np.empty((len(self.orderings), counts.shape[1]))
        for i, ordering in enumerate(self.orderings):
            report(progress, chunk * len(found) + i, chunks * len(found))
            found[i] = ranks.spearman(ordering)
        report(progress, (chunk + 1) * len(found), chunks * len(found))
        return found

    def _pearson(self, counts: np.ndarray, chunk: int, chunks: int, progress: Progress | None) -> np.ndarray:
        report(progress, chunk, chunks)
        totals = np.maximum(counts.sum(axis=0), 1)
        # Numbers near zero are squared without loss: the middle of all pairs is taken off first.
        x = self.cosines - self.cosines.mean(axis=1, keepdims=True)
        y = self.judgements - self.judgements.mean()
        mean_x, mean_y = x @ counts / totals, y @ counts / totals
        covariance = (x * y) @ counts / totals - mean_x * mean_y
        variances = (x**2 @ counts / totals - mean_x**2) * (y**2 @ counts / totals - mean_y**2)
        scale = np.sqrt(np.maximum(variances, 0))
        report(progress, chunk + 1, chunks)
        return np.divide(covariance, scale, out=np.zeros_like(covariance), where=scale > 1e-12)


def pair_evidence(
    coefficients: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    judgements: np.ndarray,
    selections: Sequence[KeptDirections],
    measure: str = "spearman",
    shared_texts: bool = False,
    progress: Progress | None = None,
) -> PairEvidence:
    """Measure pairs with scores under every selection, from one embedding pass.

    Args:
        coefficients: (n, d).
        left: (m,) positions of the first texts.
        right: (m,) positions of the second.
        judgements: (m,) scores given by people.
        selections: What to keep, b of them.
        measure: `spearman` or `pearson`.
        shared_texts: Whether pairs share texts, so that the texts, not the pairs, are what was drawn.
        progress: Told after every selection.

    Raises:
        InputError: The lengths differ, there is no pair, or a judgement is not a number.
        Cancelled: `progress` returned False.
    """
    left, right, judgements = np.asarray(left), np.asarray(right), np.asarray(judgements, dtype=np.float64)
    _check_pairs(left, right, judgements)
    cosines = _reported(pair_cosines(coefficients, left, right, selections), len(selections), progress)
    # A text in no pair is no unit: drawing it again would leave pairs out.
    used, places = np.unique(np.concatenate([left, right]), return_inverse=True)
    texts = len(used) if shared_texts else None
    pairs = (places[: len(left)], places[len(left) :], judgements)
    if measure == "spearman":
        return PairEvidence(*pairs, tuple(Ordering.of(row) for row in cosines), None, texts)
    if measure == "pearson":
        return PairEvidence(*pairs, None, np.stack(list(cosines)), texts)
    raise InputError(f"Unknown measure {measure!r}.", "Use spearman or pearson.")


def _check_pairs(left: np.ndarray, right: np.ndarray, judgements: np.ndarray) -> None:
    if not len(left) == len(right) == len(judgements):
        raise InputError(
            f"{len(left)} first texts, {len(right)} second texts and {len(judgements)} scores are no pairs.",
            "Give one of each for every pair.",
        )
    if len(left) == 0:
        raise InputError("There are no pairs.", "Give at least one.")
    if not np.isfinite(judgements).all():
        raise InputError("A score is not a number.", "Leave that pair out.")


def _reported(rows: Iterator[np.ndarray], total: int, progress: Progress | None) -> Iterator[np.ndarray]:
    for done, row in enumerate(rows, start=1):
        report(progress, done, total)
        yield row
