"""Quality over every number of kept directions and every window of them, in points, with 95 % intervals."""

from dataclasses import dataclass

import numpy as np

from embfilter_core.data.task_types import LabelledTask, PairTask, RetrievalTask
from embfilter_core.quality.bootstrap import RESAMPLES, Intervals, bootstrap
from embfilter_core.quality.landscape import (
    clustering_ks,
    family,
    spread_ks,
    v_measures,
    window_step,
    windows,
    windows_between,
)
from embfilter_core.quality.measuring import Task, Vectors, measure, measures_of
from embfilter_core.quality.progress import Progress, part
from embfilter_core.quality.recommend import MARGIN, POINTS, recommend
from embfilter_core.quality.recommendation import Recommendation
from embfilter_core.spectral.selection import KeptDirections

MOST_KS = 600
CANDIDATES = 48
MAP_RESAMPLES = 300
FEWEST_STEPS = 2
KS_TIMES_PAIRS = 9_000_000
COSINES_A_PAIR, RANKED_A_PAIR = 50, 200
"""Cosines that take as long as one scored pair: of texts whose nearest vote, and of documents ranked for a query."""
SEED = 0


@dataclass(frozen=True, eq=False)
class QualitySweep:
    """A family of selections measured at many k; everything in points.

    Attributes:
        family: bulk, dominant, secondary or edges.
        measure: Id of the measure.
        ks: (b,) int64 ascending; the last is d.
        scores: (b,) with the ends of their intervals.
        to_raw: (b,) differences to all d directions, paired.
        to_best: (b,) differences to the best k, paired.
        unit: What was drawn again: pairs, texts or queries.
        units: How many.
        samples: (b, resamples) scores of the resamples.
    """

    family: str
    measure: str
    ks: np.ndarray
    scores: Intervals
    to_raw: Intervals
    to_best: Intervals
    unit: str
    units: int
    samples: np.ndarray


@dataclass(frozen=True, eq=False)
class WindowMap:
    """Every window of directions on a grid, in points.

    Attributes:
        windows: (b, 2) int64, start and stop of each.
        step: Width of a cell.
        scores: (b,) with the ends of their intervals.
        to_best: (b,) differences to the best window, paired.
    """

    windows: np.ndarray
    step: int
    scores: Intervals
    to_best: Intervals


def sweep_quality(
    task: Task,
    coefficients: Vectors,
    name: str | None = None,
    preset: str = "bulk",
    bulk_start: int | None = None,
    progress: Progress | None = None,
) -> QualitySweep:
    """Measure a preset at every k, or at fewer where there are more than 600 or each takes long (see `sweep_ks`).

    Args:
        task: The task.
        coefficients: Of its corpora, (n, d) each.
        name: Measure; the task's first by default.
        preset: bulk, dominant, secondary or edges.
        bulk_start: First kept direction of the bulk, where a backbone fixes it.
        progress: Told along the way.

    Raises:
        InputError: The measure or the preset does not fit, or there are too few units for an interval.
        MeasuringCancelled: `progress` returned False.
    """
    d = coefficients[0].shape[1]
    ks = sweep_ks(task, d)
    selections = family(preset, d, ks, bulk_start)
    evidence = measure(task, coefficients, selections, name, part(progress, 0, 30, 100))
    boot = bootstrap(evidence, RESAMPLES, SEED, part(progress, 30, 100, 100))
    raw, best = len(ks) - 1, boot.best
    return QualitySweep(
        family=preset,
        measure=name or measures_of(task)[0],
        ks=ks,
        scores=in_points(boot.intervals()),
        to_raw=in_points(boot.differences(raw)),
        to_best=in_points(boot.differences(best)),
        unit=evidence.unit,
        units=evidence.units,
        samples=POINTS * boot.samples,
    )


def recommend_rank(
    task: Task,
    coefficients: Vectors,
    name: str | None = None,
    margin: float = MARGIN,
    bulk_start: int | None = None,
    progress: Progress | None = None,
) -> Recommendation:
    """Recommend how many directions of the bulk to keep, among about 48 candidates, or say that one cannot tell.

    Arguments and errors are those of `sweep_quality`; `margin` is in points.
    """
    d = coefficients[0].shape[1]
    ks = spread_ks(d, CANDIDATES)
    selections = family("bulk", d, ks, bulk_start)
    evidence = measure(task, coefficients, selections, name, part(progress, 0, 20, 100))
    return recommend(evidence, ks, margin, seed=SEED, progress=part(progress, 20, 100, 100))


def map_windows(
    task: Task,
    coefficients: Vectors,
    name: str | None = None,
    around: tuple[int, int] | None = None,
    progress: Progress | None = None,
) -> WindowMap:
    """Measure every window of directions on a grid, or more finely around one window.

    Args:
        task: The task.
        coefficients: Of its corpora, (n, d) each.
        name: Measure; the task's first by default.
        around: (start, stop) of the window to look at more finely, or None for all.
        progress: Told along the way.

    Raises:
        InputError: The measure does not fit, `around` is no window, or there are too few units for an interval.
        MeasuringCancelled: `progress` returned False.
    """
    d = coefficients[0].shape[1]
    step = window_step(d, cost_of(task))
    selections = windows(d, step)
    if around is not None:
        start, stop = KeptDirections.band(d, *around).span
        coarse, step = step, max(1, step // 4)
        # Whole steps, so that the window itself is among them; not many more windows than the whole map has.
        steps = int(np.clip((np.sqrt(len(selections)) - 1) / 2, FEWEST_STEPS, 2 * coarse // step))
        reach = steps * step
        selections = windows_between(d, start - reach, start + reach, stop - reach, stop + reach, step)
    evidence = measure(task, coefficients, selections, name, part(progress, 0, 50, 100))
    boot = bootstrap(evidence, MAP_RESAMPLES, SEED, part(progress, 50, 100, 100))
    spans = np.array([kept.span for kept in selections])
    return WindowMap(spans, step, in_points(boot.intervals()), in_points(boot.differences(boot.best)))


def cluster_quality(
    task: LabelledTask, coefficients: Vectors, bulk_start: int | None = None, progress: Progress | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """V-measure of k-means at tau 1, 2, 4, 8 and 16 further k of the bulk: the k, ascending, and scores in points.

    Raises:
        MeasuringCancelled: `progress` returned False.
    """
    d = coefficients[0].shape[1]
    ks = clustering_ks(d)
    _, codes = np.unique(task.labels, return_inverse=True)
    scores = v_measures(coefficients[0], codes, family("bulk", d, ks, bulk_start), SEED, progress)
    return ks, POINTS * scores


def sweep_ks(task: Task, d: int) -> np.ndarray:
    """The numbers of directions that a sweep measures, ascending int64.

    Pairs: all, or 600 evenly spaced. Labelled texts and queries: of these as many as take about 20 s, but 48 or more;
    1,000 texts are measured at 450, 3,000 and more at 48 (and always at tau = 1, 2, 4, 8).
    """
    if isinstance(task, PairTask):
        return spread_ks(d, MOST_KS)
    return spread_ks(d, int(np.clip(KS_TIMES_PAIRS // max(cost_of(task), 1), CANDIDATES, MOST_KS)))


def cost_of(task: Task) -> int:
    """What measuring one selection costs, counted in scored pairs of texts."""
    if isinstance(task, PairTask):
        return len(task)
    if isinstance(task, RetrievalTask):
        return len(task) * len(task.documents) // RANKED_A_PAIR
    return len(task) ** 2 // COSINES_A_PAIR


def in_points(intervals: Intervals) -> Intervals:
    """Scores x 100."""
    return Intervals(POINTS * intervals.values, POINTS * intervals.low, POINTS * intervals.high)
