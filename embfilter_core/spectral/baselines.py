"""What else is done to embeddings, to compare the filter with: each baseline is fitted, then transforms.

Everything is computed in float64. The first j columns of a baseline that keeps k numbers are the
baseline that keeps j, so a curve over k costs one fit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from embfilter_core.errors import InputError


class Baseline:
    """What all baselines share: `fit` on a reference corpus, then `transform`; a subclass says what is learnt."""

    fewest_texts = 0
    """Texts that the reference must have; 0 where none is needed and `fit` may be left out."""

    def __init__(self) -> None:
        self._width: int | None = None

    def fit(self, reference: np.ndarray) -> Self:
        """Learn from the embeddings of a reference corpus, (n, d), and return the baseline itself.

        Raises:
            InputError: The reference is no (n, d) of finite numbers, or too small; says what is possible.
        """
        reference = _as_embeddings(reference)
        if len(reference) < self.fewest_texts:
            raise InputError(
                f"This baseline needs at least {self.fewest_texts} reference texts, not {len(reference)}.",
                "Use a larger reference corpus.",
            )
        self._learn(reference)
        self._width = reference.shape[1]
        return self

    def transform(self, embeddings: np.ndarray) -> np.ndarray:
        """Apply what was learnt to embeddings, (m, d) -> (m, k) or (m, d) float64.

        Raises:
            InputError: The baseline needs a reference and has none, or the width is another.
        """
        if self.fewest_texts and self._width is None:
            raise InputError("This baseline has no reference yet.", "Call fit with a reference corpus first.")
        embeddings = _as_embeddings(embeddings)
        if self._width not in (None, embeddings.shape[1]):
            raise InputError(
                f"Embeddings of width {embeddings.shape[1]} do not fit this baseline.", f"Pass (m, {self._width})."
            )
        return self._apply(embeddings)

    def _learn(self, reference: np.ndarray) -> None:
        """Nothing to learn, unless a subclass says otherwise."""

    def _apply(self, embeddings: np.ndarray) -> np.ndarray:
        raise NotImplementedError


class Centring(Baseline):
    """x - mu, mu the mean of the reference (the first step of arXiv 1702.01417)."""

    fewest_texts = 1

    def _learn(self, reference: np.ndarray) -> None:
        self._mean = reference.mean(axis=0)

    def _apply(self, embeddings: np.ndarray) -> np.ndarray:
        return embeddings - self._mean


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
        self._k = _positive(k)

    def _learn(self, reference: np.ndarray) -> None:
        super()._learn(reference)
        self._axes, self._variances = _principal(reference, self._mean, self._k)

    def _apply(self, embeddings: np.ndarray) -> np.ndarray:
        return super()._apply(embeddings) @ self._axes.T


class Whitening(PCA):
    """(x - mu) E_k L_k^(-1/2), where E L E^T is the covariance of the reference, divided by n (arXiv 2103.15316).

    Args:
        k: How many directions.
    """

    def _apply(self, embeddings: np.ndarray) -> np.ndarray:
        return super()._apply(embeddings) / np.sqrt(self._variances)


class AllButTheTop(Centring):
    """Centre, then remove the top D principal directions of the reference (arXiv 1702.01417).

    Args:
        removed: D; max(1, d // 100) by default.
    """

    fewest_texts = 2

    def __init__(self, removed: int | None = None) -> None:
        super().__init__()
        self._removed = None if removed is None else _positive(removed)

    def _learn(self, reference: np.ndarray) -> None:
        super()._learn(reference)
        self._axes, _ = _principal(reference, self._mean, self._removed or max(1, reference.shape[1] // 100))

    def _apply(self, embeddings: np.ndarray) -> np.ndarray:
        centred = super()._apply(embeddings)
        return centred - centred @ self._axes.T @ self._axes


class Truncation(Baseline):
    """The first k coordinates as they stand, as of embeddings trained for it (Matryoshka, arXiv 2205.13147).

    Args:
        k: How many coordinates.
    """

    def __init__(self, k: int) -> None:
        super().__init__()
        self._k = _positive(k)

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
        self._k, self._seed = _positive(k), seed

    def _apply(self, embeddings: np.ndarray) -> np.ndarray:
        d = embeddings.shape[1]
        gaussian = np.random.default_rng(self._seed).normal(size=(_at_most(self._k, d), d))
        q, r = np.linalg.qr(gaussian.T)
        return embeddings @ (q * np.sign(np.diag(r)))


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


@dataclass(frozen=True)
class BaselineInfo:
    """A baseline as a menu or a table names it.

    Attributes:
        id: Short name, for `make_baseline`.
        name: Name for people.
        explanation: What it does, in one line.
        source: Where it comes from.
        needs_reference: Whether it must be fitted on a reference corpus.
        needs_k: Whether it reduces to k numbers.
        needs_average_token: Whether it must be given h_avg.
    """

    id: str
    name: str
    explanation: str
    source: str
    needs_reference: bool
    needs_k: bool
    needs_average_token: bool = False


_MEAN = "arXiv 1702.01417"
_INFOS = (
    BaselineInfo("centring", "Centring", "subtract the mean of the reference", _MEAN, True, False),
    BaselineInfo(
        "all-but-the-top", "All-but-the-top", "centre, remove the top d / 100 principal directions", _MEAN, True, False
    ),
    BaselineInfo("pca", "PCA", "centre, keep the top k principal directions", "Pearson 1901", True, True),
    BaselineInfo(
        "whitening", "Whitening", "PCA with every direction scaled to variance 1", "arXiv 2103.15316", True, True
    ),
    BaselineInfo(
        "z-score", "Z-score", "scale each dimension to mean 0 and variance 1", "arXiv 2109.04404", True, False
    ),
    BaselineInfo("truncation", "Truncation", "keep the first k dimensions", "arXiv 2205.13147", False, True),
    BaselineInfo(
        "random-orthonormal", "Random orthonormal", "keep k random directions", "arXiv math-ph/0609050", False, True
    ),
    BaselineInfo(
        "average-token", "Average token removed", "remove h_avg's direction", "arXiv 2606.07502", False, False, True
    ),
)
BASELINES: dict[str, BaselineInfo] = {info.id: info for info in _INFOS}


def make_baseline(
    baseline_id: str, k: int | None = None, seed: int = 0, average_token: np.ndarray | None = None
) -> Baseline:
    """Make a baseline, not yet fitted, from its id in `BASELINES`.

    Args:
        baseline_id: A key of `BASELINES`.
        k: How many numbers to reduce to, where it `needs_k`; ignored elsewhere.
        seed: Of the random directions; ignored elsewhere.
        average_token: h_avg, (d,), where it `needs_average_token`; ignored elsewhere.

    Raises:
        InputError: There is no such baseline, or what it needs is missing or out of range.
    """
    if baseline_id not in BASELINES:
        raise InputError(f"Unknown baseline {baseline_id!r}.", f"Use one of {', '.join(BASELINES)}.")
    info = BASELINES[baseline_id]
    if info.needs_k and k is None:
        raise InputError(f"{info.name} needs a number k of dimensions.", "Give k.")
    if info.needs_average_token and average_token is None:
        raise InputError(f"{info.name} needs the average token.", "Give average_token, h_avg of this backbone.")
    makers: dict[str, Callable[[], Baseline]] = {
        "centring": Centring,
        "all-but-the-top": AllButTheTop,
        "pca": lambda: PCA(k),
        "whitening": lambda: Whitening(k),
        "z-score": ZScore,
        "truncation": lambda: Truncation(k),
        "random-orthonormal": lambda: RandomOrthonormal(k, seed),
        "average-token": lambda: AverageTokenRemoval(average_token),
    }
    return makers[baseline_id]()


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


def _as_embeddings(embeddings: np.ndarray) -> np.ndarray:
    array = np.asarray(embeddings, dtype=np.float64)
    if array.ndim != 2 or not np.isfinite(array).all():
        raise InputError(f"An array of shape {array.shape} is no set of embeddings.", "Pass finite numbers, (n, d).")
    return array


def _positive(k: int) -> int:
    if k < 1 or k != int(k):
        raise InputError(f"Cannot keep or remove {k} dimensions.", "Use a whole number from 1.")
    return int(k)


def _at_most(k: int, d: int) -> int:
    if k > d:
        raise InputError(f"Cannot keep {k} of {d} dimensions.", f"Use k up to {d}.")
    return k
