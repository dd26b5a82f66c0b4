"""Random subspaces: what any k directions would do, judged over many seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embfilter_core.data.tasks import Task
from embfilter_core.errors import InputError
from embfilter_core.progress import Progress, report
from embfilter_core.quality.bootstrap import POINTS
from embfilter_core.quality.measuring import Vectors, measure
from embfilter_core.spectral.baselines.unfitted import RandomOrthonormal
from embfilter_core.spectral.selection import KeptDirections

SEEDS = 20


@dataclass(frozen=True, eq=False)
class RandomSubspaces:
    """Scores of random orthonormal subspaces, in points.

    Attributes:
        ks: (b,) int64 ascending.
        scores: (b, seeds) float64.
    """

    ks: np.ndarray
    scores: np.ndarray


def subspace_ks(d: int) -> list[int]:
    """Return the numbers of directions to draw: d / 8, d / 4, d / 2 and 3 d / 4, ascending."""
    return sorted({max(1, share * d // 8) for share in (1, 2, 4, 6)})


def measure_random_subspaces(
    task: Task,
    coefficients: Vectors,
    ks: Sequence[int] | np.ndarray,
    name: str,
    seeds: int = SEEDS,
    progress: Progress | None = None,
) -> RandomSubspaces:
    """Score random orthonormal subspaces; the first k directions of a seed serve its every k.

    Args:
        task: The task.
        coefficients: Of its corpora, (n, d) each.
        ks: Numbers of directions.
        name: Measure.
        seeds: How many.
        progress: Told after every seed.

    Raises:
        InputError: There is no k, one is not from 1 to d, or the measure does not fit.
        Cancelled: `progress` returned False.
    """
    ks = np.unique(np.asarray(ks, dtype=np.int64))
    if len(ks) == 0:
        raise InputError("There is no number of directions to draw.", "Give at least one.")
    most = int(ks[-1])
    selections = [KeptDirections.dominant(most, keep=int(k)) for k in ks]
    scores = np.empty((len(ks), seeds))
    for seed in range(seeds):
        report(progress, seed, seeds)
        turned = tuple(RandomOrthonormal(most, seed).transform(part) for part in coefficients)
        evidence = measure(task, turned, selections, name)
        scores[:, seed] = POINTS * evidence.scores(np.ones((1, evidence.units)))[:, 0]
    report(progress, seeds, seeds)
    return RandomSubspaces(ks, scores)
