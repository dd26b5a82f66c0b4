"""Random subspaces in every precision: what any k directions would do, judged over many seeds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embfilter_core.data.tasks import Task
from embfilter_core.progress import Progress, report
from embfilter_core.quality.bootstrap import POINTS
from embfilter_core.quality.decisions.encoding import encoded
from embfilter_core.quality.decisions.vectors import LineVectors, Source
from embfilter_core.quality.measuring import measure
from embfilter_core.quality.precisions import PRECISIONS, find_precision
from embfilter_core.quality.random_subspaces import SEEDS, subspace_ks
from embfilter_core.spectral.baselines.unfitted import RandomOrthonormal
from embfilter_core.spectral.presets import choose_family
from embfilter_core.spectral.selection import KeptDirections


@dataclass(frozen=True, eq=False)
class RandomControls:
    """Scores of random orthonormal subspaces, in points: controls, not candidates.

    Attributes:
        ks: (c,) numbers of directions.
        precisions: (c,) ids of the precisions.
        scores: (c, seeds) float64.
    """

    ks: tuple[int, ...]
    precisions: tuple[str, ...]
    scores: np.ndarray

    @property
    def bytes(self) -> list[int]:
        """Bytes a vector, (c,)."""
        return [
            find_precision(precision).bytes_a_vector(k) for k, precision in zip(self.ks, self.precisions, strict=True)
        ]


def measure_controls(
    task: Task, source: Source, name: str, seeds: int = SEEDS, progress: Progress | None = None
) -> RandomControls:
    """Score random subspaces of d / 8, d / 4, d / 2 and 3 d / 4 directions in every precision.

    Raises:
        InputError: The measure does not fit.
        Cancelled: `progress` returned False.
    """
    ks = [k for k in subspace_ks(source.d) if k < source.d]
    scores = np.empty((len(PRECISIONS) * len(ks), seeds))
    for seed in range(seeds):
        report(progress, seed, seeds)
        turned = tuple(RandomOrthonormal(ks[-1], seed).transform(one) for one in source.embeddings)
        line = LineVectors(turned, choose_family("dominant", ks[-1], ks), ks)
        scores[:, seed] = [_score(task, line, at, precision, name) for precision in PRECISIONS for at in range(len(ks))]
    report(progress, seeds, seeds)
    names = tuple(precision for precision in PRECISIONS for _ in ks)
    return RandomControls(tuple(ks) * len(PRECISIONS), names, scores)


def _score(task: Task, line: LineVectors, at: int, precision: str, name: str) -> float:
    vectors = encoded(line.at(at), precision)
    evidence = measure(task, vectors, [KeptDirections.unfiltered(line.ks[at])], name)
    return float(POINTS * evidence.scores(np.ones((1, evidence.units)))[0, 0])
