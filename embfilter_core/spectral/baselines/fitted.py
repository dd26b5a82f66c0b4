"""Baselines that learn from a reference corpus."""

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.spectral.baselines.base import Baseline, positive


class Centring(Baseline):
    """x - mu, mu the mean of the reference (the first step of arXiv 1702.01417)."""

    fewest_texts = 1

    def _learn(self, reference: np.ndarray) -> None:
        self._mean = reference.mean(axis=0)

    def _apply(self, embeddings: np.ndarray) -> np.ndarray:
        centred: np.ndarray = embeddings - self._mean
        return centred


class ZScore(Centring):
    """(x - mu) / sigma in each dimension (arXiv 2109.04404); a dimension without variance is only centred.

    sigma is the standard deviation over the reference, divided by n.
    """

    fewest_texts = 2

    def _learn(self, reference: np.ndarray) -> None:
        super()._learn(reference)
        constant = np.ptp(reference, axis=0) == 0  # the deviation itself may be a rounding error above 0
        self._deviation = np.where(constant, 1.0, reference.std(axis=0))

    def _apply(self, embeddings: np.ndarray) -> np.ndarray:
        return super()._apply(embeddings) / self._deviation


class PCA(Centring):
    """(x - mu) E_k, the coordinates in the k principal directions of the reference (Pearson 1901).

    Args:
        k: How many directions.
    """

    fewest_texts = 2

    def __init__(self, k: int) -> None:
        super().__init__()
        self._k = positive(k)

    def _learn(self, reference: np.ndarray) -> None:
        super()._learn(reference)
        self._axes, self._variances = _principal(reference, self._mean, self._k)

    def _apply(self, embeddings: np.ndarray) -> np.ndarray:
        coordinates: np.ndarray = super()._apply(embeddings) @ self._axes.T
        return coordinates


class Whitening(PCA):
    """(x - mu) E_k L_k^(-1/2), where E L E^T is the covariance of the reference, divided by n (arXiv 2103.15316).

    Args:
        k: How many directions.
    """

    def _apply(self, embeddings: np.ndarray) -> np.ndarray:
        scaled: np.ndarray = super()._apply(embeddings) / np.sqrt(self._variances)
        return scaled


class AllButTheTop(Centring):
    """Centre, then remove the top D principal directions of the reference (arXiv 1702.01417).

    Args:
        removed: D; max(1, d // 100) by default.
    """

    fewest_texts = 2

    def __init__(self, removed: int | None = None) -> None:
        super().__init__()
        self._removed = None if removed is None else positive(removed)

    def _learn(self, reference: np.ndarray) -> None:
        super()._learn(reference)
        self._axes, _ = _principal(reference, self._mean, self._removed or max(1, reference.shape[1] // 100))

    def _apply(self, embeddings: np.ndarray) -> np.ndarray:
        centred = super()._apply(embeddings)
        rest: np.ndarray = centred - centred @ self._axes.T @ self._axes
        return rest


def _principal(reference: np.ndarray, mean: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k directions of largest variance, (k, d), and their variances, (k,); largest coordinate positive."""
    n, scale = len(reference), np.linalg.norm(reference)  # the mean has the rounding error of what it is made of
    _, values, axes = np.linalg.svd(reference - mean, full_matrices=False)
    rank = int((values > scale * max(reference.shape) * np.finfo(np.float64).eps).sum())
    possible = min(rank, n - 1)
    if k > possible:
        raise InputError(
            f"{k} principal directions need at least {k + 1} reference texts that differ in {k} directions; "
            f"here are {n}, which differ in {possible}.",
            f"Ask for {possible} at most, or use a larger reference corpus." if possible else "Use different texts.",
        )
    axes = axes[:k]
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1, keepdims=True), axis=1)
    return axes * np.sign(largest), values[:k] ** 2 / n
