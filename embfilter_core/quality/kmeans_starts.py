"""Where runs of k-means on one set of rows start: k-means++, with the products of all rows taken once for all runs."""

from __future__ import annotations

import numpy as np


class KMeansStarts:
    """Centres by greedy k-means++ (Arthur and Vassilvitskii 2007), drawn as scikit-learn draws them.

    From the same random numbers scikit-learn chooses the same rows; but there every candidate is multiplied with all
    rows again, which takes several times as long as the clustering, where there are many clusters.
    Memory: 8 bytes for each pair of rows.

    Args:
        rows: (n, k), as they are clustered.
    """

    def __init__(self, rows: np.ndarray) -> None:
        centred = rows - rows.mean(axis=0)
        products = centred @ centred.T
        squares = np.einsum("nk,nk->n", centred, centred)
        products *= -2
        products += squares
        products += squares[:, None]
        self._distances = np.maximum(products, 0, out=products)
        np.fill_diagonal(self._distances, 0)

    def __call__(self, rows: np.ndarray, clusters: int, random_state: np.random.RandomState) -> np.ndarray:
        """Return the rows that are the first centres, (clusters, k): what `KMeans(init=...)` calls."""
        tried, weights = 2 + int(np.log(clusters)), np.ones(len(rows))
        chosen = [int(random_state.choice(len(rows), p=weights / weights.sum()))]
        nearest = self._distances[chosen[0]]
        total = float(nearest @ weights)
        while len(chosen) < clusters:
            drawn = random_state.uniform(size=tried) * total
            candidates = np.minimum(np.searchsorted(np.cumsum(nearest), drawn), len(rows) - 1)
            nearer = np.minimum(nearest, self._distances[candidates])
            totals = nearer @ weights
            best = int(np.argmin(totals))
            nearest, total = nearer[best], float(totals[best])
            chosen.append(int(candidates[best]))
        centres: np.ndarray = rows[chosen]
        return centres
