"""Whether texts cluster by their labels: V-measure of k-means over the number of directions kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embfilter_core.data.tasks import LabelledTask
from embfilter_core.progress import Progress, report
from embfilter_core.quality.bootstrap import POINTS, SEED
from embfilter_core.quality.measuring import Vectors
from embfilter_core.quality.metrics import check_labels, unit_rows
from embfilter_core.quality.nested_cosines import DECIMALS
from embfilter_core.spectral.families import ks_of_taus
from embfilter_core.spectral.presets import choose_family
from embfilter_core.spectral.selection import KeptDirections

FURTHER_KS = 16
STARTS = 4
"""k-means is started anew this often, and the tightest clustering is kept."""


def clustering_ks(d: int) -> np.ndarray:
    """Return the numbers of directions at which k-means is run: every tau and 16 others, ascending int64."""
    fixed = set(ks_of_taus(d).values())
    spaced = np.round(np.linspace(1, d, FURTHER_KS + len(fixed) + 2)).astype(np.int64)
    others = [int(k) for k in spaced if int(k) not in fixed]
    return np.array(sorted({*fixed, *others[:FURTHER_KS]}), dtype=np.int64)


def v_measures(
    coefficients: np.ndarray,
    labels: np.ndarray,
    selections: Sequence[KeptDirections],
    seed: int = 0,
    progress: Progress | None = None,
) -> np.ndarray:
    """Return the V-measure of k-means under every selection, (b,) float64; slow, hence for few and without intervals.

    Raises:
        InputError: The labels do not fit.
        Cancelled: `progress` returned False.
    """
    found = np.empty(len(selections))
    for i, kept in enumerate(selections):
        report(progress, i, len(selections))
        found[i] = v_measure(np.asarray(coefficients)[:, kept.indices], labels, seed)
    report(progress, len(found), len(found))
    return found


def v_measure(embeddings: np.ndarray, labels: np.ndarray, seed: int = 0) -> float:
    """Return the agreement of k-means of the unit rows of (n, d), as many clusters as labels, with the labels.

    V-measure: the harmonic mean of homogeneity and completeness (Rosenberg and Hirschberg 2007).
    """
    from sklearn.cluster import KMeans
    from sklearn.metrics import v_measure_score

    labels = check_labels(labels, len(embeddings))
    rows = np.round(unit_rows(embeddings), DECIMALS)
    clusters = min(len(np.unique(labels)), len(np.unique(rows, axis=0)))  # in one direction all rows are 1 or -1
    found = KMeans(clusters, n_init=STARTS, random_state=seed).fit_predict(rows)
    return float(v_measure_score(labels, found))


def cluster_quality(
    task: LabelledTask, coefficients: Vectors, bulk_start: int | None = None, progress: Progress | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the k of `clustering_ks`, and the V-measure of k-means in the bulk of each, in points.

    Raises:
        Cancelled: `progress` returned False.
    """
    d = coefficients[0].shape[1]
    ks = clustering_ks(d)
    _, codes = np.unique(task.labels, return_inverse=True)
    scores = v_measures(coefficients[0], codes, choose_family("bulk", d, ks, bulk_start), SEED, progress)
    return ks, POINTS * scores
