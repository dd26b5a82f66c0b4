"""The baselines by name, for menus, tables and the command line."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.spectral.baselines.base import Baseline
from embfilter_core.spectral.baselines.fitted import PCA, AllButTheTop, Centring, Whitening, ZScore
from embfilter_core.spectral.baselines.unfitted import AverageTokenRemoval, RandomOrthonormal, Truncation


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
