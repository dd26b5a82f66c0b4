"""Whether texts cluster by their labels: V-measure of k-means over the number of directions kept, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embfilter_core.data.tasks import LabelledTask
from embfilter_core.number_format import format_interval
from embfilter_core.progress import Progress, report
from embfilter_core.quality.bootstrap import POINTS, SEED, Intervals, check_count, percentile_interval, resample_counts
from embfilter_core.quality.kmeans_starts import KMeansStarts
from embfilter_core.quality.measuring import Vectors
from embfilter_core.quality.metrics import check_labels, unit_rows
from embfilter_core.quality.nested_cosines import DECIMALS
from embfilter_core.spectral.families import ks_of_taus
from embfilter_core.spectral.presets import choose_family
from embfilter_core.spectral.selection import KeptDirections

FURTHER_KS = 16
STARTS = 2
"""Starts of one run of k-means, of which the tightest clustering is kept."""
RUNS = 5
"""Runs of k-means, each with seeds of its own."""
RESAMPLES_A_RUN = 60
MOST_TEXTS = 3_000
"""Of more texts, so many are drawn, so that the time has a bound."""


@dataclass(frozen=True, eq=False)
class ClusterQuality:
    """V-measure of k-means over the number of directions kept, in points.

    Attributes:
        ks: (b,) int64 ascending; the last is d.
        scores: (b,) means over the runs, with the ends of their intervals.
        to_unfiltered: (b,) differences to all d directions, over the same runs and resamples.
        texts: How many are clustered.
        of_texts: How many there are.
        clusters: As many as labels.
    """

    ks: np.ndarray
    scores: Intervals
    to_unfiltered: Intervals
    texts: int
    of_texts: int
    clusters: int


def clustering_ks(d: int) -> np.ndarray:
    """Return the numbers of directions at which k-means is run: every tau and 16 others, ascending int64."""
    fixed = set(ks_of_taus(d).values())
    spaced = np.round(np.linspace(1, d, FURTHER_KS + len(fixed) + 2)).astype(np.int64)
    others = [int(k) for k in spaced if int(k) not in fixed]
    return np.array(sorted({*fixed, *others[:FURTHER_KS]}), dtype=np.int64)


def cluster(embeddings: np.ndarray, clusters: int, seeds: Sequence[int]) -> list[np.ndarray]:
    """Return the cluster of each text by k-means of the unit rows of (n, d), (n,) int, of a run a seed."""
    from sklearn.cluster import KMeans

    rows = np.round(unit_rows(embeddings), DECIMALS)
    clusters = min(clusters, len(np.unique(rows, axis=0)))  # in one direction all rows are 1 or -1
    starts = KMeansStarts(rows)
    return [KMeans(clusters, init=starts, n_init=STARTS, random_state=seed).fit_predict(rows) for seed in seeds]


def v_measures(labels: np.ndarray, clusters: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the V-measure of a clustering where text i is there counts[:, i] times, (r, n) -> (r,) float64.

    The harmonic mean of homogeneity and completeness (Rosenberg and Hirschberg 2007), which is the mutual information
    over the mean of the two entropies.
    """
    counts = np.asarray(counts, dtype=np.float64)
    _, cells = np.unique(labels * (clusters.max() + 1) + clusters, return_inverse=True)
    of_labels, of_clusters, of_cells = (_entropies(codes, counts) for codes in (labels, clusters, cells))
    both = of_labels + of_clusters
    shared = 2 * (both - of_cells)
    found: np.ndarray = np.divide(shared, both, out=np.ones_like(both), where=both > 0)
    return found


def cluster_quality(
    task: LabelledTask, coefficients: Vectors, bulk_start: int | None = None, progress: Progress | None = None
) -> ClusterQuality:
    """Measure the V-measure of k-means in the bulk of every k of `clustering_ks`, as many clusters as labels.

    The texts are clustered by several runs of k-means from starts of their own; a resample draws the texts that are
    scored, and takes the clusters of one of the runs. So an interval covers where k-means starts and which texts are
    scored, and not that other texts would have been clustered otherwise. A resample holds fewer different texts, which
    raises every V-measure: so the spread of the resamples is laid around what was measured.

    Raises:
        InputError: There are too few texts for an interval, or fewer than two labels.
        Cancelled: `progress` returned False.
    """
    _, codes = np.unique(task.labels, return_inverse=True)
    drawn = _drawn_texts(len(codes))
    labels, rows = check_labels(codes, len(codes))[drawn], coefficients[0][drawn]
    check_count(len(labels), "texts")
    d = rows.shape[1]
    ks = clustering_ks(d)
    measured, samples = _measured(rows, labels, choose_family("bulk", d, ks, bulk_start), progress)
    return ClusterQuality(
        ks=ks,
        scores=_around(measured, samples),
        to_unfiltered=_around(measured - measured[-1], samples - samples[-1]),
        texts=len(labels),
        of_texts=len(codes),
        clusters=len(np.unique(labels)),
    )


def describe_clustering(found: ClusterQuality) -> str:
    """Return what was clustered, what the intervals cover, and the differences at every tau, as sentences."""
    texts = (
        f"{found.texts:,} texts" if found.texts == found.of_texts else f"{found.texts:,} of {found.of_texts:,} texts"
    )
    planned = ks_of_taus(int(found.ks[-1]))
    unfiltered = found.scores.at(-1)
    gains = [(tau, found.to_unfiltered.at(int(np.searchsorted(found.ks, k)))) for tau, k in planned.items() if tau > 1]
    told = ", ".join(f"τ = {tau}: {format_interval(gain.value, gain.low, gain.high, '+.1f')}" for tau, gain in gains)
    return (
        f"V-measure of k-means, in points: {texts} in {found.clusters} clusters, the mean of {RUNS} runs. Unfiltered "
        f"scores {format_interval(unfiltered.value, unfiltered.low, unfiltered.high)}; differences to it at {told}. "
        "The 95 % intervals cover where k-means starts and which texts are scored, not that other texts would be "
        "clustered otherwise."
    )


def _drawn_texts(texts: int) -> np.ndarray:
    if texts <= MOST_TEXTS:
        return np.arange(texts)
    return np.sort(np.random.default_rng(SEED).choice(texts, MOST_TEXTS, replace=False))


def _measured(
    rows: np.ndarray, labels: np.ndarray, selections: Sequence[KeptDirections], progress: Progress | None
) -> tuple[np.ndarray, np.ndarray]:
    """V-measures in points: means over the runs, (b,), and of every resample of every run, (b, runs x resamples)."""
    random = np.random.default_rng(SEED)
    counts = [resample_counts(len(labels), RESAMPLES_A_RUN, random) for _ in range(RUNS)]
    whole, classes = np.ones((1, len(labels))), len(np.unique(labels))
    found = np.empty((len(selections), RUNS, 1 + RESAMPLES_A_RUN))
    for i, kept in enumerate(selections):
        report(progress, i, len(selections))
        for run, clusters in enumerate(cluster(rows[:, kept.indices], classes, range(SEED, SEED + RUNS))):
            found[i, run] = v_measures(labels, clusters, np.vstack([whole, counts[run]]))
    report(progress, len(selections), len(selections))
    points = POINTS * found
    return points[:, :, 0].mean(axis=1), points[:, :, 1:].reshape(len(selections), -1)


def _around(measured: np.ndarray, samples: np.ndarray) -> Intervals:
    """What was measured, with the middle 95 % of the resamples moved so that their mean is on it."""
    low, high = percentile_interval(samples - samples.mean(axis=1, keepdims=True))
    return Intervals(measured, measured + low, measured + high)


def _entropies(codes: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Entropy of the codes of each resample, (n,) and (r, n) -> (r,), in nats."""
    held = np.stack([np.bincount(codes, row) for row in counts])
    shares = held / held.sum(axis=1, keepdims=True)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    found: np.ndarray = -(shares * logs).sum(axis=1)
    return found
