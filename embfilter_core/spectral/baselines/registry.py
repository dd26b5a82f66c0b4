"""The baselines by name, for menus, tables and the command line: one entry each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from embfilter_core.errors import InputError, check_known
from embfilter_core.spectral.baselines.base import Baseline
from embfilter_core.spectral.baselines.fitted import PCA, AllButTheTop, Centring, Whitening, ZScore
from embfilter_core.spectral.baselines.unfitted import AverageTokenRemoval, RandomOrthonormal, Truncation

Need = Literal["reference", "k", "seed", "average token"]


@dataclass(frozen=True, eq=False)
class Given:
    """What a baseline may be made of; asking for what was not given is an error that names it."""

    name: str
    numbers: int | None
    seed: int
    token: np.ndarray | None

    @property
    def k(self) -> int:
        """Number of dimensions to reduce to."""
        if self.numbers is None:
            raise InputError(f"{self.name} needs a number k of dimensions.", "Give k.")
        return self.numbers

    @property
    def average_token(self) -> np.ndarray:
        """h_avg, (d,)."""
        if self.token is None:
            raise InputError(f"{self.name} needs the average token.", "Give average_token, h_avg of this backbone.")
        return self.token


@dataclass(frozen=True)
class BaselineInfo:
    """A baseline as a menu or a table names it, and how it is made.

    Attributes:
        id: Short name, for `make_baseline`.
        name: Name for people.
        explanation: What it does, in one line.
        source: Where it comes from.
        make: Makes it, not yet fitted.
        needs: A reference corpus to be fitted on, k numbers to reduce to, a seed, or h_avg.
    """

    id: str
    name: str
    explanation: str
    source: str
    make: Callable[[Given], Baseline]
    needs: tuple[Need, ...] = ()

    @property
    def needs_reference(self) -> bool:
        """Whether it must be fitted on a reference corpus."""
        return "reference" in self.needs

    @property
    def needs_average_token(self) -> bool:
        """Whether it must be given h_avg."""
        return "average token" in self.needs

    @property
    def is_random(self) -> bool:
        """Whether it is another one for every seed."""
        return "seed" in self.needs


BASELINES: dict[str, BaselineInfo] = {
    info.id: info
    for info in (
        BaselineInfo(
            "centring",
            "Centring",
            "subtract the mean of the reference",
            "arXiv 1702.01417",
            lambda given: Centring(),
            ("reference",),
        ),
        BaselineInfo(
            "all-but-the-top",
            "All-but-the-top",
            "centre, remove the top d / 100 principal directions",
            "arXiv 1702.01417",
            lambda given: AllButTheTop(),
            ("reference",),
        ),
        BaselineInfo(
            "pca",
            "PCA",
            "centre, keep the top k principal directions",
            "Pearson 1901",
            lambda given: PCA(given.k),
            ("reference", "k"),
        ),
        BaselineInfo(
            "whitening",
            "Whitening",
            "PCA with every direction scaled to variance 1",
            "arXiv 2103.15316",
            lambda given: Whitening(given.k),
            ("reference", "k"),
        ),
        BaselineInfo(
            "z-score",
            "Z-score",
            "scale each dimension to mean 0 and variance 1",
            "arXiv 2109.04404",
            lambda given: ZScore(),
            ("reference",),
        ),
        BaselineInfo(
            "truncation",
            "Truncation",
            "keep the first k dimensions",
            "arXiv 2205.13147",
            lambda given: Truncation(given.k),
            ("k",),
        ),
        BaselineInfo(
            "random-orthonormal",
            "Random orthonormal",
            "keep k random directions",
            "arXiv math-ph/0609050",
            lambda given: RandomOrthonormal(given.k, given.seed),
            ("k", "seed"),
        ),
        BaselineInfo(
            "average-token",
            "Average token removed",
            "remove h_avg's direction",
            "arXiv 2606.07502",
            lambda given: AverageTokenRemoval(given.average_token),
            ("average token",),
        ),
    )
}


def make_baseline(
    baseline_id: str, k: int | None = None, seed: int = 0, average_token: np.ndarray | None = None
) -> Baseline:
    """Make a baseline, not yet fitted, from its id in `BASELINES`.

    Args:
        baseline_id: A key of `BASELINES`.
        k: How many numbers to reduce to, where it needs k; ignored elsewhere.
        seed: Of the random directions; ignored elsewhere.
        average_token: h_avg, (d,), where it needs the average token; ignored elsewhere.

    Raises:
        InputError: There is no such baseline, or what it needs is missing or out of range.
    """
    check_known("baseline", baseline_id, BASELINES)
    info = BASELINES[baseline_id]
    return info.make(Given(info.name, k, seed, average_token))
