"""Random controls: what any k directions would do, judged over many seeds."""

from collections.abc import Callable, Sequence

import numpy as np

from embfilter_core.quality.progress import Progress, report
from embfilter_core.spectral.baselines import RandomOrthonormal


def score_random_subspaces(
    coefficients: np.ndarray,
    keep: int,
    seeds: Sequence[int],
    score: Callable[[np.ndarray], float],
    progress: Progress | None = None,
) -> np.ndarray:
    """Score of one random subspace a seed, (len(seeds),) float64.

    Args:
        coefficients: (n, d), or the embeddings themselves: a random subspace is the same control in any basis.
        keep: Number of directions.
        seeds: One for each subspace.
        score: Takes (n, keep) embeddings.
        progress: Told after every seed.

    Raises:
        InputError: `keep` is not from 1 to d.
        MeasuringCancelled: `progress` returned False.
    """
    scores = np.empty(len(seeds))
    for i, seed in enumerate(seeds):
        report(progress, i, len(seeds))
        scores[i] = score(RandomOrthonormal(keep, seed).transform(coefficients))
    report(progress, len(seeds), len(seeds))
    return scores
