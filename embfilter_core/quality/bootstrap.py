"""Paired bootstrap: all selections are scored on the same resamples, so that their differences have intervals too.

Percentile intervals (Efron 1979): nothing is assumed about the shape of the
distribution, only that the units (pairs, texts or queries) were drawn independently.
"""

from dataclasses import dataclass

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.progress import Progress
from embfilter_core.quality.evidence import Evidence

LEVEL = 0.95
FEWEST_UNITS = 8
RESAMPLES = 1000
RESAMPLES_OF_MANY = 300
"""Where hundreds of scores are shown at once, none of them to its last digit."""
SEED = 0
ROWS_AT_ONCE = 100
POINTS = 100
"""A score of 1 is 100 points."""


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval.

    Attributes:
        value: As measured.
        low: Lower end.
        high: Upper end.
    """

    value: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half of the width of the interval."""
        return (self.high - self.low) / 2

    @property
    def includes_zero(self) -> bool:
        """Whether the data cannot tell the number from 0."""
        return self.low <= 0 <= self.high


@dataclass(frozen=True, eq=False)
class Intervals:
    """Numbers with their 95 % intervals: what `Estimate` is, for many at once.

    Attributes:
        values: (b,) as measured.
        low: (b,) lower ends.
        high: (b,) upper ends.
    """

    values: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def at(self, position: int) -> Estimate:
        """Return one of them."""
        return Estimate(*(float(ends[position]) for ends in (self.values, self.low, self.high)))

    @property
    def in_points(self) -> "Intervals":
        """Scores x 100."""
        return Intervals(POINTS * self.values, POINTS * self.low, POINTS * self.high)

    def first(self, count: int) -> "Intervals":
        """Return the first of them, where the rest is only there to be compared with."""
        return Intervals(self.values[:count], self.low[:count], self.high[:count])


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """Scores of b selections, as measured and in each resample.

    Attributes:
        scores: (b,) over the data as they are.
        samples: (b, resamples), column r of all of them over the same resample.
    """

    scores: np.ndarray
    samples: np.ndarray

    def intervals(self) -> Intervals:
        """Return the scores with their intervals."""
        return Intervals(self.scores, *percentile_interval(self.samples))

    def differences(self, to: int) -> Intervals:
        """Score less that of selection `to`, with the interval of the difference within each resample."""
        low, high = percentile_interval(self.samples - self.samples[to])
        return Intervals(self.scores - self.scores[to], low, high)


def bootstrap(
    evidence: Evidence, resamples: int = RESAMPLES, seed: int = SEED, progress: Progress | None = None
) -> Bootstrap:
    """Score every selection on the data and on resamples of the units, drawn with replacement.

    Raises:
        InputError: There are fewer than 8 units or than 100 resamples: percentiles would mean nothing.
        Cancelled: `progress` returned False.
    """
    check_units(evidence)
    if resamples < 100:
        raise InputError(f"{resamples} resamples are too few for an interval.", "Use 100 or more.")
    counts = resample_counts(evidence.units, resamples, np.random.default_rng(seed))
    scores = evidence.scores(np.vstack([np.ones_like(counts[:1]), counts]), progress)
    return Bootstrap(scores[:, 0], scores[:, 1:])


def check_units(evidence: Evidence) -> None:
    """Refuse data of which no interval can be taken.

    Raises:
        InputError: There are fewer than 8 units.
    """
    check_count(evidence.units, evidence.unit)


def check_count(units: int, unit: str) -> None:
    """As `check_units`, of a number of units and what they are called."""
    if units < FEWEST_UNITS:
        raise InputError(f"{units} {unit} are too few for an interval.", f"Use {FEWEST_UNITS} or more.")


def resample_counts(units: int, resamples: int, random: np.random.Generator) -> np.ndarray:
    """Return how often each unit is in each resample, (resamples, units) uint16; every row sums to `units`.

    Memory: 2 bytes for each count.
    """
    counts = np.empty((resamples, units), dtype=np.uint16)
    for start in range(0, resamples, ROWS_AT_ONCE):
        rows = counts[start : start + ROWS_AT_ONCE]
        rows[:] = random.multinomial(units, np.full(units, 1 / units), size=len(rows))
    return counts


def half_masks(units: int, splits: int, random: np.random.Generator) -> np.ndarray:
    """Return random halves, (splits, units) bool; the other half is larger by one where `units` is odd."""
    masks = np.tile(np.arange(units) < units // 2, (splits, 1))
    return random.permuted(masks, axis=1)


def percentile_interval(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and upper end of the 95 % interval over the last axis."""
    outside = (1 - LEVEL) / 2
    low, high = np.quantile(samples, [outside, 1 - outside], axis=-1)
    return low, high


def bootstrap_mean(values: np.ndarray) -> Estimate:
    """Return the mean of one value a text, (n,), with the interval of resampled texts; NaN is left out.

    Neighbours are not searched again among the resampled texts, where every text would be its own
    neighbour: the interval says how much the mean depends on the choice of texts asked, not of
    those around them. Without any value, three times NaN.
    """
    values = np.asarray(values, dtype=np.float64)
    values = values[np.isfinite(values)]
    n = len(values)
    if n == 0:
        return Estimate(np.nan, np.nan, np.nan)
    random = np.random.default_rng(SEED)
    means = np.array([values[random.integers(0, n, n)].mean() for _ in range(RESAMPLES)])
    return Estimate(float(values.mean()), *map(float, percentile_interval(means)))
