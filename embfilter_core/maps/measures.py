"""What the filter does to the neighbours of a corpus, in numbers with their intervals and in sentences."""

from dataclasses import dataclass

import numpy as np

from embfilter_core.maps.neighbours import jaccard, mean_cosine, mean_cosine_to, nearest, purity, surviving_share
from embfilter_core.maps.projection import MapPoints
from embfilter_core.number_format import COSINE, format_change, format_interval
from embfilter_core.quality.bootstrap import Estimate, bootstrap_mean


@dataclass(frozen=True, eq=False)
class NeighbourChange:
    """What happens to each text's k nearest neighbours, in the original spaces.

    Attributes:
        unfiltered: (n, k) int64, positions of the neighbours by all coefficients.
        filtered: (n, k) int64, by the kept ones.
        surviving: (n,) share of the neighbours that are neighbours still.
        jaccard: (n,) Jaccard overlap of the two lists.
        cosine_change: (n,) mean cosine to the unfiltered neighbours filtered, less the same unfiltered. All cosines
            fall where anisotropy does: read it beside `anisotropy`.
        purity_unfiltered: (n,) share of the neighbours with the text's label, or None without labels.
        purity_filtered: (n,) the same filtered.
        anisotropy: Mean cosine of all pairs, unfiltered and filtered.
    """

    unfiltered: np.ndarray
    filtered: np.ndarray
    surviving: np.ndarray
    jaccard: np.ndarray
    cosine_change: np.ndarray
    purity_unfiltered: np.ndarray | None
    purity_filtered: np.ndarray | None
    anisotropy: tuple[float, float]


@dataclass(frozen=True)
class Summary:
    """Means over the texts with 95 % intervals; those of purity are None without labels.

    Attributes:
        texts: Number of texts.
        k: Number of neighbours.
        surviving: Share of the neighbours that survive.
        jaccard: Jaccard overlap.
        purity_unfiltered: Share of neighbours with the same label, unfiltered.
        purity_filtered: The same filtered.
        purity_difference: Filtered less unfiltered, paired by text.
        anisotropy: Mean cosine of all pairs, unfiltered and filtered.
    """

    texts: int
    k: int
    surviving: Estimate
    jaccard: Estimate
    purity_unfiltered: Estimate | None
    purity_filtered: Estimate | None
    purity_difference: Estimate | None
    anisotropy: tuple[float, float]


def neighbour_change(points: MapPoints, k: int = 10, labels: np.ndarray | None = None) -> NeighbourChange:
    """Compare the k nearest neighbours by cosine of every text unfiltered and filtered.

    Args:
        points: The corpus on both sides.
        k: How many neighbours.
        labels: (n,) topic of each text, "" for none; without it there is no purity.

    Raises:
        InputError: There are not k other texts.
    """
    unfiltered, filtered = nearest(points.unfiltered, k), nearest(points.filtered, k)
    return NeighbourChange(
        unfiltered,
        filtered,
        surviving_share(unfiltered, filtered),
        jaccard(unfiltered, filtered),
        mean_cosine_to(points.filtered, unfiltered) - mean_cosine_to(points.unfiltered, unfiltered),
        None if labels is None else purity(unfiltered, labels),
        None if labels is None else purity(filtered, labels),
        (mean_cosine(points.unfiltered), mean_cosine(points.filtered)),
    )


def summarise(change: NeighbourChange) -> Summary:
    """Return the means over all texts with their intervals; every mean is resampled with the same texts."""

    def mean(values: np.ndarray | None) -> Estimate | None:
        return None if values is None else bootstrap_mean(values)

    one, other = change.purity_unfiltered, change.purity_filtered
    texts, k = change.unfiltered.shape
    return Summary(
        texts=texts,
        k=k,
        surviving=bootstrap_mean(change.surviving),
        jaccard=bootstrap_mean(change.jaccard),
        purity_unfiltered=mean(one),
        purity_filtered=mean(other),
        purity_difference=None if one is None or other is None else bootstrap_mean(other - one),
        anisotropy=change.anisotropy,
    )


def sentences(summary: Summary) -> list[str]:
    """Return the summary as sentences that hold numbers only, and say where the data cannot tell."""
    survive = summary.surviving
    low, share, high = (f"{100 * value:.1f}" for value in (survive.low, survive.value, survive.high))
    chance = 100 * summary.k / (summary.texts - 1)
    unfiltered, filtered = summary.anisotropy
    said = [
        f"{share} % of the {summary.k} nearest neighbours survive ({low} to {high}; by chance {chance:.1f} %).",
        f"Mean cosine of all pairs {unfiltered:{COSINE}} → {filtered:{COSINE}}.",
    ]
    one, other, difference = summary.purity_unfiltered, summary.purity_filtered, summary.purity_difference
    if one is not None and other is not None and difference is not None and np.isfinite(difference.value):
        said.append(_purity_sentence(one, other, difference))
    return said


def _purity_sentence(unfiltered: Estimate, filtered: Estimate, difference: Estimate) -> str:
    means = format_change(unfiltered.value, filtered.value, ".3f")
    gap = format_interval(difference.value, difference.low, difference.high, "+.3f")
    verdict = "; the interval includes 0, so these texts cannot tell" if difference.includes_zero else ""
    return f"Topic purity {means}, difference {gap}{verdict}."
