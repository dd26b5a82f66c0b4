"""Quality of every band of directions on a grid, in points, with 95 % intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embfilter_core.data.tasks import Task
from embfilter_core.number_format import format_interval
from embfilter_core.progress import Progress, part
from embfilter_core.quality.bootstrap import RESAMPLES_OF_MANY, SEED, Intervals, bootstrap
from embfilter_core.quality.measuring import Vectors, cost_of, measure
from embfilter_core.quality.selections import band_step, bands_between, grid_bands
from embfilter_core.spectral.selection import KeptDirections, format_band

FEWEST_STEPS = 2


@dataclass(frozen=True, eq=False)
class BandMap:
    """Every band of directions on a grid, in points.

    Attributes:
        bands: (b, 2) int64, start and stop of each.
        step: Width of a cell.
        scores: (b,) with the ends of their intervals.
        to_best: (b,) differences to the best band, paired.
    """

    bands: np.ndarray
    step: int
    scores: Intervals
    to_best: Intervals


def map_bands(
    task: Task,
    coefficients: Vectors,
    name: str | None = None,
    around: tuple[int, int] | None = None,
    progress: Progress | None = None,
) -> BandMap:
    """Measure every band of directions on a grid, or more finely around one band.

    Args:
        task: The task.
        coefficients: Of its corpora, (n, d) each.
        name: Measure; the task's first by default.
        around: (start, stop) of the band to look at more finely, or None for all.
        progress: Told along the way.

    Raises:
        InputError: The measure does not fit, `around` is no band, or there are too few units for an interval.
        Cancelled: `progress` returned False.
    """
    d = coefficients[0].shape[1]
    step = band_step(d, cost_of(task))
    selections = grid_bands(d, step)
    if around is not None:
        KeptDirections.band(d, *around)  # refuses what is no band
        start, stop = around
        coarse, step = step, max(1, step // 4)
        # Whole steps, so that the band itself is among them; not many more bands than the whole map has.
        steps = int(np.clip((np.sqrt(len(selections)) - 1) / 2, FEWEST_STEPS, 2 * coarse // step))
        reach = steps * step
        selections = bands_between(d, start - reach, start + reach, stop - reach, stop + reach, step)
    evidence = measure(task, coefficients, selections, name, part(progress, 0, 50, 100))
    boot = bootstrap(evidence, RESAMPLES_OF_MANY, SEED, part(progress, 50, 100, 100))
    bands = np.array([kept.bounds for kept in selections])
    return BandMap(bands, step, boot.intervals().in_points, boot.differences(boot.best).in_points)


def describe_best_band(found: BandMap, margin: float) -> str:
    """Return the best band and how many are like it, within a margin in points, as sentences."""
    best = int(found.scores.values.argmax())
    start, stop = found.bands[best].tolist()
    score, low = found.scores.at(best), found.to_best.low
    near, undecided = int((low >= -margin).sum()), int(((low < -margin) & (found.to_best.high >= -margin)).sum())
    return (
        f"The best of the {len(found.bands):,} bands, {format_band(start, stop)}, scores "
        f"{format_interval(score.value, score.low, score.high)}; it was searched for on these data, so expect less. "
        f"{near:,} {'band is' if near == 1 else 'bands are'} shown to be within {margin:g} points of it, itself "
        f"included, and of {undecided:,} these data cannot tell."
    )
