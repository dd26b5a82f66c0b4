"""What the filter does to the neighbours of a corpus, in numbers with their intervals and in sentences."""

from dataclasses import dataclass

import numpy as np

from embfilter_core.maps.neighbours import jaccard, mean_cosine, mean_cosine_to, nearest, purity, surviving_share
from embfilter_core.maps.projection import MapPoints
from embfilter_core.quality.bootstrap import Estimate, bootstrap_mean


@dataclass(frozen=True, eq=False)
class NeighbourChange:
    """What happens to each text's k nearest neighbours, in the original spaces.

    Attributes:
        before: (n, k) int64, positions of the neighbours by all coefficients.
        after: (n, k) int64, by the kept ones.
        surviving: (n,) share of the neighbours that are neighbours still.
        jaccard: (n,) Jaccard overlap of the two lists.
        cosine_change: (n,) mean cosine to the old neighbours after, less the same before. All cosines
            fall where anisotropy does: read it beside `anisotropy`.
        purity_before: (n,) share of the neighbours with the text's label, or None without labels.
        purity_after: (n,) the same after.
        anisotropy: Mean cosine of all pairs, before and after.
    """

    before: np.ndarray
    after: np.ndarray
    surviving: np.ndarray
    jaccard: np.ndarray
    cosine_change: np.ndarray
    purity_before: np.ndarray | None
    purity_after: np.ndarray | None
    anisotropy: tuple[float, float]


@dataclass(frozen=True)
class Summary:
    """Means over the texts with 95 % intervals; those of purity are None without labels.

    Attributes:
        texts: Number of texts.
        k: Number of neighbours.
        surviving: Share of the neighbours that survive.
        jaccard: Jaccard overlap.
        purity_before: Share of neighbours with the same label, before.
        purity_after: The same after.
        purity_difference: After less before, paired by text.
        anisotropy: Mean cosine of all pairs, before and after.
    """

    texts: int
    k: int
    surviving: Estimate
    jaccard: Estimate
    purity_before: Estimate | None
    purity_after: Estimate | None
    purity_difference: Estimate | None
    anisotropy: tuple[float, float]


def neighbour_change(points: MapPoints, k: int = 10, labels: np.ndarray | None = None) -> NeighbourChange:
    """Compare the k nearest neighbours by cosine of every text before and after the filter.

    Args:
        points: The corpus on both sides.
        k: How many neighbours.
        labels: (n,) topic of each text, "" for none; without it there is no purity.

    Raises:
        InputError: There are not k other texts.
    """
    before, after = nearest(points.before, k), nearest(points.after, k)
    return NeighbourChange(
        before,
        after,
        surviving_share(before, after),
        jaccard(before, after),
        mean_cosine_to(points.after, before) - mean_cosine_to(points.before, before),
        None if labels is None else purity(before, labels),
        None if labels is None else purity(after, labels),
        (mean_cosine(points.before), mean_cosine(points.after)),
    )


def summarise(change: NeighbourChange) -> Summary:
    """Return the means over all texts with their intervals; every mean is resampled with the same texts."""

    def mean(values: np.ndarray | None) -> Estimate | None:
        return None if values is None else bootstrap_mean(values)

    one, other = change.purity_before, change.purity_after
    texts, k = change.before.shape
    return Summary(
        texts=texts,
        k=k,
        surviving=bootstrap_mean(change.surviving),
        jaccard=bootstrap_mean(change.jaccard),
        purity_before=mean(one),
        purity_after=mean(other),
        purity_difference=None if one is None or other is None else bootstrap_mean(other - one),
        anisotropy=change.anisotropy,
    )


def sentences(summary: Summary) -> list[str]:
    """Return the summary as sentences that hold numbers only, and say where the data cannot tell."""
    survive = summary.surviving
    low, share, high = (f"{100 * value:.0f}" for value in (survive.low, survive.value, survive.high))
    chance = 100 * summary.k / (summary.texts - 1)
    before, after = summary.anisotropy
    said = [
        f"{share} % of the {summary.k} nearest neighbours survive ({low} to {high}; by chance {chance:.1f} %).",
        f"Mean cosine of all pairs {_short(before)} → {_short(after)}.",
    ]
    one, other, difference = summary.purity_before, summary.purity_after, summary.purity_difference
    if one is not None and other is not None and difference is not None and np.isfinite(difference.value):
        said.append(_purity_sentence(one, other, difference))
    return said


def _purity_sentence(before: Estimate, after: Estimate, difference: Estimate) -> str:
    digits = 2 if min(abs(difference.low), abs(difference.high)) >= 0.005 else 3  # an end near 0 must not read as 0
    gap, low, high = (_short(value, digits) for value in (difference.value, difference.low, difference.high))
    means = f"{_short(before.value)} → {_short(after.value)}"
    verdict = "; the interval includes 0, so these texts cannot tell" if difference.includes_zero else ""
    return f"Topic purity {means}, difference {gap} ({low} to {high}){verdict}."


def _short(value: float, digits: int = 2) -> str:
    """A number from -1 to 1 without its leading zero: `.61`, `−.03`."""
    text = f"{abs(value):.{digits}f}"
    sign = "−" if value < 0 and float(text) else ""
    return sign + text.removeprefix("0")
