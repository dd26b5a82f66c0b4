"""Random controls: what any k directions would do, judged over many seeds."""

from collections.abc import Callable, Sequence

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.quality.progress import Progress, report


def random_subspace(coefficients: np.ndarray, keep: int, seed: int) -> np.ndarray:
    """Coordinates in a random orthonormal basis of `keep` vectors, (n, d) -> (n, keep) float64.

    The basis is uniform among all of that size, so it is the same control in the
    singular directions as in the embedding's own axes.

    Raises:
        InputError: `keep` is not from 1 to d.
    """
    d = np.shape(coefficients)[1]
    if not 1 <= keep <= d:
        raise InputError(f"Cannot keep {keep} of {d} directions.", f"Use a whole number from 1 to {d}.")
    basis, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((d, keep)))
    return np.asarray(coefficients, dtype=np.float64) @ basis


def score_random_subspaces(
    coefficients: np.ndarray,
    keep: int,
    seeds: Sequence[int],
    score: Callable[[np.ndarray], float],
    progress: Progress | None = None,
) -> np.ndarray:
    """Score of one random subspace a seed, (len(seeds),) float64.

    Args:
        coefficients: (n, d).
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
        scores[i] = score(random_subspace(coefficients, keep, seed))
    report(progress, len(seeds), len(seeds))
    return scores
