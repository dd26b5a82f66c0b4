"""How many directions to keep: the smallest k shown to lose no more than a margin against the best.

Looking for the best k and reporting its score on the same data flatters it. So k is
chosen on one half of the units and reported on the other, over many random halves, and
the interval of what is gained is taken over resamples that are halved in the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.progress import Progress, part
from embfilter_core.quality.bootstrap import (
    POINTS,
    RESAMPLES,
    SEED,
    Bootstrap,
    Estimate,
    bootstrap,
    half_masks,
    percentile_interval,
    resample_counts,
)
from embfilter_core.quality.evidence import Evidence
from embfilter_core.quality.recommendation import Reason, Recommendation

MARGIN = 0.5
SPLITS = 200
NORMAL_95 = 1.959964


@dataclass(frozen=True, eq=False)
class _Halves:
    """What was chosen on one half and scored on the other, (h,) each; scores, not points."""

    chosen_at: np.ndarray
    chosen: np.ndarray
    best: np.ndarray
    unfiltered: np.ndarray

    def averaged(self) -> "_Halves":
        """Return both directions of each split averaged, (h / 2,): together they use all of the data once."""
        both = (self.chosen, self.best, self.unfiltered)
        return _Halves(self.chosen_at, *(values.reshape(2, -1).mean(axis=0) for values in both))


def recommend(
    evidence: Evidence,
    ks: Sequence[int] | np.ndarray,
    margin: float = MARGIN,
    resamples: int = RESAMPLES,
    splits: int = SPLITS,
    seed: int = SEED,
    progress: Progress | None = None,
) -> Recommendation:
    """Recommend a number of directions, or say that there are not enough data to tell.

    The rule: the smallest k such that it and every larger candidate up to the best have a lower end of the 95 %
    interval of score - best score of at least -margin. On all data the interval is the paired bootstrap's. Within
    a half it is normal, with the bootstrap's standard deviation of the difference times the square root of 2,
    as a half holds half of the units.

    Args:
        evidence: Scores of the bulk (or any other nested family) of each of `ks` directions.
        ks: Ascending; the last is d, all directions: unfiltered.
        margin: In points.
        resamples: For the intervals.
        splits: Random splits into halves.
        seed: Of resamples and splits.
        progress: Told along the way.

    Raises:
        InputError: The candidates are not ascending, the margin is not positive, or there are too few units.
        Cancelled: `progress` returned False.
    """
    ks = np.asarray(ks, dtype=np.int64)
    if len(ks) < 2 or np.any(np.diff(ks) < 1):
        raise InputError("The candidates must be ascending, two or more.", "End them with d, all directions.")
    if not margin > 0:
        raise InputError(f"A margin of {margin} points is impossible.", "Use a number above 0.")
    boot = bootstrap(evidence, resamples, seed, part(progress, 0, 30, 100))
    random = np.random.default_rng([seed, 1])
    once = np.ones((splits, evidence.units), dtype=np.uint16)
    split = _choose_and_report(evidence, once, boot, margin, random, part(progress, 30, 40, 100))
    counts = resample_counts(evidence.units, resamples, random)
    spread = _choose_and_report(evidence, counts, boot, margin, random, part(progress, 40, 100, 100)).averaged()
    return _conclude(evidence, ks, margin, boot, split, spread)


def smallest_within(scores: np.ndarray, deviations: np.ndarray, margin: float) -> np.ndarray:
    """Return the smallest candidate that, with all up to the best, is within the margin of it: positions, (h,) int64.

    Args:
        scores: (b, h), candidates ascending, a column for each half.
        deviations: (b, b) standard deviation of the difference of two candidates in a half.
        margin: As a score, not in points.
    """
    best = scores.argmax(axis=0)
    bounds = scores - scores.max(axis=0) - NORMAL_95 * deviations[:, best]
    return _smallest_unbroken(bounds >= -margin, best)


def _smallest_unbroken(within: np.ndarray, best: np.ndarray) -> np.ndarray:
    """The first position of the unbroken stretch of True that ends at `best`, for each column of (b, h)."""
    positions = np.arange(len(within))[:, None]
    first: np.ndarray = np.where(~within & (positions < best), positions + 1, 0).max(axis=0)
    return first


def _choose_and_report(
    evidence: Evidence,
    counts: np.ndarray,
    boot: Bootstrap,
    margin: float,
    random: np.random.Generator,
    progress: Progress | None,
) -> _Halves:
    """Halve the units of each row of counts at random, choose on either half, report on the other."""
    mask = half_masks(evidence.units, len(counts), random)
    both = evidence.scores(np.vstack([counts * mask, counts * ~mask]), progress)
    here, there = both, np.roll(both, len(counts), axis=1)
    # A half holds half of the units, so a difference there varies twice as much as on all of them.
    chosen_at = smallest_within(here, np.sqrt(2) * _deviations(boot.samples), margin / POINTS)
    columns = np.arange(both.shape[1])
    return _Halves(chosen_at, there[chosen_at, columns], there[here.argmax(axis=0), columns], there[-1])


def _deviations(samples: np.ndarray) -> np.ndarray:
    """Standard deviation of the difference of any two rows, (b, r) -> (b, b)."""
    covariance = np.atleast_2d(np.cov(samples))
    variances = np.diag(covariance)
    deviations: np.ndarray = np.sqrt(np.maximum(variances[:, None] + variances - 2 * covariance, 0))
    return deviations


def _conclude(
    evidence: Evidence, ks: np.ndarray, margin: float, boot: Bootstrap, split: _Halves, spread: _Halves
) -> Recommendation:
    best, scores = boot.best, boot.intervals().in_points
    to_best, to_unfiltered = boot.differences(best).in_points, boot.differences(-1).in_points
    chosen = int(_smallest_unbroken((to_best.low >= -margin)[:, None], np.array([best]))[0])
    blocker = to_best.at(chosen - 1) if chosen else None
    gain = _reported(split.best - split.unfiltered, spread.best - spread.unfiltered)
    reason = _judge(gain, blocker, chosen == best)
    deciding = blocker if blocker is not None and reason is Reason.NO_PLATEAU else to_unfiltered.at(best)
    half_width = deciding.half_width
    low, middle, high = (int(ks[round(at)]) for at in np.quantile(split.chosen_at, [0.1, 0.5, 0.9]))
    needed = max(1, int(np.ceil(evidence.units * (half_width / margin) ** 2)))
    return Recommendation(
        k=int(ks[chosen]) if reason is Reason.RECOMMENDED else None,
        reason=reason,
        d=int(ks[-1]),
        margin=margin,
        candidates=len(ks),
        best_k=int(ks[best]),
        candidate_k=int(ks[chosen]),
        unfiltered=scores.at(-1),
        best=scores.at(best),
        chosen=scores.at(chosen),
        chosen_to_best=to_best.at(chosen),
        best_to_unfiltered=to_unfiltered.at(best),
        chosen_to_unfiltered=to_unfiltered.at(chosen),
        blocker=int(ks[chosen - 1]) if chosen else None,
        blocker_to_best=blocker,
        other_half=_reported(split.chosen, spread.chosen),
        other_half_unfiltered=_reported(split.unfiltered, spread.unfiltered),
        other_half_gain=_reported(split.chosen - split.unfiltered, spread.chosen - spread.unfiltered),
        other_half_best_gain=gain,
        other_half_loss=_reported(split.chosen - split.best, spread.chosen - spread.best),
        share_within_margin=float(np.mean(split.chosen - split.best >= -margin / POINTS)),
        k_range=(low, middle, high),
        splits=len(split.chosen) // 2,
        resamples=boot.samples.shape[1],
        unit=evidence.unit,
        units=evidence.units,
        pairs=evidence.pairs,
        half_width=half_width,
        needed_units=needed,
        needed_pairs=_pairs_of(needed, evidence),
    )


def _judge(gain: Estimate, blocker: Estimate | None, only_the_best: bool) -> Reason:
    if gain.low <= 0:
        return Reason.NOT_ABOVE_UNFILTERED
    # The best alone is an answer where its neighbour is worse, none where that cannot be told.
    if only_the_best and blocker is not None and blocker.high >= 0:
        return Reason.NO_PLATEAU
    return Reason.RECOMMENDED


def _pairs_of(units: int, evidence: Evidence) -> int:
    """Scored pairs that come with so many units, at the share of all possible pairs that is scored now."""
    if evidence.pairs == evidence.units:
        return units
    possible = evidence.units * (evidence.units - 1)
    return int(np.ceil(evidence.pairs * units * (units - 1) / possible))


def _reported(values: np.ndarray, spread: np.ndarray) -> Estimate:
    low, high = percentile_interval(spread)
    return Estimate(float(POINTS * values.mean()), float(POINTS * low), float(POINTS * high))
