"""Quality of every band of directions on a grid, in points, with 95 % intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embfilter_core.data.tasks import Task
from embfilter_core.progress import Progress, part
from embfilter_core.quality.bootstrap import POINTS, RESAMPLES_OF_MANY, SEED, Intervals, bootstrap
from embfilter_core.quality.measuring import Vectors, cost_of, measure
from embfilter_core.quality.selections import band_step, bands_between, grid_bands
from embfilter_core.spectral.selection import KeptDirections

FEWEST_STEPS = 2


@dataclass(frozen=True, eq=False)
class BandMap:
    """Every band of directions on a grid, in points.

    Attributes:
        bands: (b, 2) int64, start and stop of each.
        step: Width of a cell.
        scores: (b,) with the ends of their intervals.
        to_unfiltered: (b,) differences to all d directions, paired.
        unfiltered: Score of all d directions.
        unit: Resampling unit: pairs, texts or queries.
        units: How many.
    """

    bands: np.ndarray
    step: int
    scores: Intervals
    to_unfiltered: Intervals
    unfiltered: float
    unit: str
    units: int


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
    bands = np.array([kept.bounds for kept in selections])
    whole = np.flatnonzero((bands == (0, d)).all(axis=1))
    if len(whole) == 0:  # a finer look may hold no band of all directions
        selections = [*selections, KeptDirections.unfiltered(d)]
    unfiltered = int(whole[0]) if len(whole) else len(bands)
    evidence = measure(task, coefficients, selections, name, part(progress, 0, 50, 100))
    boot = bootstrap(evidence, RESAMPLES_OF_MANY, SEED, part(progress, 50, 100, 100))
    return BandMap(
        bands,
        step,
        boot.intervals().in_points.first(len(bands)),
        boot.differences(unfiltered).in_points.first(len(bands)),
        float(POINTS * boot.scores[unfiltered]),
        evidence.unit,
        evidence.units,
    )


def describe_bands(found: BandMap, margin: float) -> str:
    """Return how many bands score above unfiltered, and how many lose at most a margin in points, as sentences."""
    to_unfiltered, count = found.to_unfiltered, len(found.bands)
    above, near = int((to_unfiltered.low > 0).sum()), int((to_unfiltered.low >= -margin).sum())
    undecided = int(((to_unfiltered.low < -margin) & (to_unfiltered.high >= -margin)).sum())
    return (
        f"Unfiltered scores {found.unfiltered:.1f}. Each looked at alone, at 95 %: of the {count:,} bands, {above:,} "
        f"{'scores' if above == 1 else 'score'} above unfiltered, {near:,} {'loses' if near == 1 else 'lose'} at most "
        f"{margin:g} points to it, and of {undecided:,} these data cannot tell."
    )
