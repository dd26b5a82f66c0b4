"""What measurements say about many selections of directions, ready to be weighed by any number of resamples."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from embfilter_core.progress import Progress, report


class Evidence(Protocol):
    """Scores of b selections that can be taken again over any resample of the units."""

    @property
    def units(self) -> int:
        """How many independent things were drawn: pairs, texts or queries."""

    @property
    def unit(self) -> str:
        """Resampling unit, in the plural."""

    @property
    def pairs(self) -> int:
        """How many pairs, texts or queries are scored: more than `units` where pairs share texts."""

    def scores(self, counts: np.ndarray, progress: Progress | None = None) -> np.ndarray:
        """Score of every selection where unit i is there counts[:, i] times, (r, units) -> (b, r) float64.

        Raises:
            Cancelled: `progress` returned False.
        """
        ...


@dataclass(frozen=True, eq=False)
class MeanEvidence:
    """A score that is a mean over texts or queries, such as accuracy or nDCG.

    The corpus is not resampled: the texts searched stay the same in every resample.

    Attributes:
        values: (b, units) float64, what each unit scores under each selection.
        unit: `texts` or `queries`.
    """

    values: np.ndarray
    unit: str

    @property
    def units(self) -> int:
        """Number of texts or queries."""
        return len(self.values[0])

    @property
    def pairs(self) -> int:
        """Number of texts or queries."""
        return self.units

    def scores(self, counts: np.ndarray, progress: Progress | None = None) -> np.ndarray:
        """Return the mean over the units of each resample, (r, units) -> (b, r)."""
        counts = np.asarray(counts, dtype=np.float64)
        report(progress, 0, 1)
        totals = counts.sum(axis=1)
        sums = self.values @ counts.T
        report(progress, 1, 1)
        means: np.ndarray = np.divide(sums, totals, out=np.zeros_like(sums), where=totals > 0)
        return means
