"""Quality over every number of kept directions and every band of them, in points, with 95 % intervals."""

from dataclasses import dataclass

import numpy as np

from embfilter_core.data.tasks import PairTask, Task
from embfilter_core.progress import Progress, part
from embfilter_core.quality.bootstrap import POINTS, RESAMPLES, SEED, Intervals, bootstrap
from embfilter_core.quality.decisions.treatments import candidate_ks
from embfilter_core.quality.measuring import MEASURES, Vectors, cost_of, measure, measure_named
from embfilter_core.quality.selections import spread_ks
from embfilter_core.spectral.presets import choose_family

MOST_KS = 600
FEWEST_KS = 48
KS_TIMES_PAIRS = 9_000_000


@dataclass(frozen=True, eq=False)
class QualitySweep:
    """A family of selections measured at many k; everything in points.

    Attributes:
        family: bulk, dominant, secondary or edges.
        measure: Id of the measure.
        ks: (b,) int64 ascending; the last is d.
        scores: (b,) with the ends of their intervals.
        to_unfiltered: (b,) differences to all d directions, paired.
        unit: Resampling unit: pairs, texts or queries.
        units: How many.
        samples: (b, resamples) scores of the resamples.
    """

    family: str
    measure: str
    ks: np.ndarray
    scores: Intervals
    to_unfiltered: Intervals
    unit: str
    units: int
    samples: np.ndarray


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
        Cancelled: `progress` returned False.
    """
    d = coefficients[0].shape[1]
    ks = sweep_ks(task, d)
    selections = choose_family(preset, d, ks, bulk_start)
    evidence = measure(task, coefficients, selections, name, part(progress, 0, 30, 100))
    boot = bootstrap(evidence, RESAMPLES, SEED, part(progress, 30, 100, 100))
    return QualitySweep(
        family=preset,
        measure=measure_named(task, name),
        ks=ks,
        scores=boot.intervals().in_points,
        to_unfiltered=boot.differences(-1).in_points,
        unit=evidence.unit,
        units=evidence.units,
        samples=POINTS * boot.samples,
    )


def describe_sweep(sweep: QualitySweep) -> str:
    """Return what was measured as a sentence: at which k, by which measure, over how many units."""
    measured, d = len(sweep.ks), sweep.ks[-1]
    at = "every number k" if measured == d else f"{measured} evenly spaced numbers k, to be done sooner,"
    return (
        f"For {at} of directions of the {sweep.family}: {MEASURES[sweep.measure].explanation}, in points, with the "
        f"95 % interval over {sweep.units:,} {sweep.unit}."
    )


def sweep_ks(task: Task, d: int) -> np.ndarray:
    """Return the numbers of directions that a sweep measures, ascending int64.

    Pairs: all, or 600 evenly spaced. Labelled texts and queries: of these as many as take about 20 s, but 48 or more;
    1,000 texts are measured at 450, 3,000 and more at 48. Always among them: tau = 1, 2, 4, 8 and the k that the
    decisions weigh.
    """
    cost = cost_of(task)
    most = MOST_KS if isinstance(task, PairTask) else int(np.clip(KS_TIMES_PAIRS // max(cost, 1), FEWEST_KS, MOST_KS))
    return np.union1d(spread_ks(d, most), candidate_ks(d, cost))
