"""Baselines that need no reference corpus."""

from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

from embfilter_core.errors import InputError
from embfilter_core.spectral.baselines.base import Baseline, positive


class Truncation(Baseline):
    """The first k coordinates as they stand, as of embeddings trained for it (Matryoshka, arXiv 2205.13147).

    Args:
        k: How many coordinates.
    """

    def __init__(self, k: int) -> None:
        super().__init__()
        self._k = positive(k)

    def _apply(self, embeddings: np.ndarray) -> np.ndarray:
        return embeddings[:, : _at_most(self._k, embeddings.shape[1])].copy()


class RandomOrthonormal(Baseline):
    """Coordinates in k random orthonormal directions: the subspace of a control, judged by many seeds.

    The directions are the Q of a Gaussian matrix whose R has a positive diagonal, which makes
    them uniform over all rotations and the same on every machine (Mezzadri, arXiv math-ph/0609050).

    Args:
        k: How many directions.
        seed: Of the Gaussian numbers.
    """

    def __init__(self, k: int, seed: int = 0) -> None:
        super().__init__()
        if seed < 0:
            raise InputError(f"The seed {seed} is negative.", "Use a whole number from 0.")
        self._k, self._seed = positive(k), seed

    def _apply(self, embeddings: np.ndarray) -> np.ndarray:
        d = embeddings.shape[1]
        gaussian = np.random.default_rng(self._seed).normal(size=(_at_most(self._k, d), d))
        with _threads().limit(limits=1):  # a second thread makes small QR decompositions slow on a busy machine
            q, r = np.linalg.qr(gaussian.T)
        coordinates: np.ndarray = embeddings @ (q * np.sign(np.diag(r)))
        return coordinates


@cache
def _threads() -> ThreadpoolController:
    """Limits the threads of the libraries that numpy computes with; finding them takes as long as a small product."""
    return ThreadpoolController()


class AverageTokenRemoval(Baseline):
    """x - (x . a) a, a the unit vector along the average token: the story of arXiv 2606.07502, tested directly.

    Args:
        average_token: h_avg, (d,), the `hidden` of `spectroscopy.average_token`.

    Raises:
        InputError: The average token is no vector of finite numbers, or has no direction.
    """

    def __init__(self, average_token: np.ndarray) -> None:
        super().__init__()
        token = np.asarray(average_token, dtype=np.float64)
        length = np.linalg.norm(token)
        if token.ndim != 1 or not np.isfinite(length) or length == 0:
            raise InputError("The average token is no vector with a direction.", "Pass h_avg, (d,), finite and not 0.")
        self._unit, self._width = token / length, len(token)

    def _learn(self, reference: np.ndarray) -> None:
        self.transform(reference)  # refuses a width that is not the average token's

    def _apply(self, embeddings: np.ndarray) -> np.ndarray:
        return embeddings - np.outer(embeddings @ self._unit, self._unit)


def _at_most(k: int, d: int) -> int:
    if k > d:
        raise InputError(f"Cannot keep {k} of {d} dimensions.", f"Use k up to {d}.")
    return k
