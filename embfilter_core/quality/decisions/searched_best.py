"""What the best of a search is worth: chosen on one half of the units, reported on the other.

Looking for the best treatment and reporting its score on the same data flatters it. So it is
chosen on one half and reported on the other, over many random halves, and the interval of what
is gained is taken over resamples that are halved in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embfilter_core.progress import Progress, part
from embfilter_core.quality.bootstrap import (
    POINTS,
    RESAMPLES,
    SEED,
    Estimate,
    half_masks,
    percentile_interval,
    resample_counts,
)
from embfilter_core.quality.evidence import Evidence

SPLITS = 200


@dataclass(frozen=True)
class SearchedGain:
    """What the best treatment of one half is on the other, in points.

    Attributes:
        score: Score there.
        unfiltered: Score of unfiltered float32 there.
        gain: What it gains over unfiltered there.
        chosen: How often each treatment is the best of a half, (b,), as shares.
        splits: How many random splits.
    """

    score: Estimate
    unfiltered: Estimate
    gain: Estimate
    chosen: tuple[float, ...]
    splits: int


def search_on_halves(
    evidence: Evidence,
    unfiltered: int,
    resamples: int = RESAMPLES,
    splits: int = SPLITS,
    seed: int = SEED,
    progress: Progress | None = None,
) -> SearchedGain:
    """Choose the best on either half of many random splits and report it on the other.

    Args:
        evidence: Scores of all candidates.
        unfiltered: Position of what the best is compared with.
        resamples: For the intervals.
        splits: Random splits into halves.
        seed: Of splits and resamples.
        progress: Told along the way.

    Raises:
        Cancelled: `progress` returned False.
    """
    random = np.random.default_rng([seed, 1])
    once = np.ones((splits, evidence.units), dtype=np.uint16)
    at, best, raw = _choose_and_report(evidence, once, unfiltered, random, part(progress, 0, 2 * splits, 1000))
    counts = resample_counts(evidence.units, resamples, random)
    _, best_drawn, raw_drawn = _choose_and_report(
        evidence, counts, unfiltered, random, part(progress, 2 * splits, 1000, 1000)
    )
    # Both directions of a split together use all of the data once.
    best_drawn, raw_drawn = (values.reshape(2, -1).mean(axis=0) for values in (best_drawn, raw_drawn))
    found = len(evidence.scores(np.ones((1, evidence.units))))
    return SearchedGain(
        score=_reported(best, best_drawn),
        unfiltered=_reported(raw, raw_drawn),
        gain=_reported(best - raw, best_drawn - raw_drawn),
        chosen=tuple((np.bincount(at, minlength=found) / len(at)).tolist()),
        splits=splits,
    )


def _choose_and_report(
    evidence: Evidence, counts: np.ndarray, unfiltered: int, random: np.random.Generator, progress: Progress | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Halve the units of each row of counts; of either half the best, its score on the other, and unfiltered's."""
    mask = half_masks(evidence.units, len(counts), random)
    here = evidence.scores(np.vstack([counts * mask, counts * ~mask]), progress)
    there = np.roll(here, len(counts), axis=1)
    best = here.argmax(axis=0)
    return best, there[best, np.arange(here.shape[1])], there[unfiltered]


def _reported(values: np.ndarray, drawn: np.ndarray) -> Estimate:
    low, high = percentile_interval(drawn)
    return Estimate(float(POINTS * values.mean()), float(POINTS * low), float(POINTS * high))
