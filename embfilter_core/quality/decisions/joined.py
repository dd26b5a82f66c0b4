"""Several pieces of evidence about the same units as one, so that a resample is prepared once for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from embfilter_core.progress import Progress, part
from embfilter_core.quality.evidence import Evidence, MeanEvidence
from embfilter_core.quality.pair_evidence import SpearmanEvidence


@dataclass(frozen=True, eq=False)
class JoinedEvidence:
    """Evidence about the same units, one piece after the other.

    Attributes:
        parts: At least one.
    """

    parts: tuple[Evidence, ...]

    @property
    def units(self) -> int:
        """Number of units."""
        return self.parts[0].units

    @property
    def unit(self) -> str:
        """Resampling unit."""
        return self.parts[0].unit

    @property
    def pairs(self) -> int:
        """Number of scored pairs, texts or queries."""
        return self.parts[0].pairs

    def scores(self, counts: np.ndarray, progress: Progress | None = None) -> np.ndarray:
        """Return the scores of all selections of all parts, (r, units) -> (b, r)."""
        total = len(self.parts)
        return np.concatenate([one.scores(counts, part(progress, i, i + 1, total)) for i, one in enumerate(self.parts)])


def join_evidence(parts: Sequence[Evidence]) -> Evidence:
    """Return evidence about the same units as one: its selections are those of all parts, in their order."""
    if all(isinstance(one, SpearmanEvidence) for one in parts):
        ranked = [one for one in parts if isinstance(one, SpearmanEvidence)]
        return SpearmanEvidence(ranked[0].judged, tuple(chain.from_iterable(one.orderings for one in ranked)))
    if all(isinstance(one, MeanEvidence) for one in parts):
        means = [one for one in parts if isinstance(one, MeanEvidence)]
        return MeanEvidence(np.concatenate([one.values for one in means]), means[0].unit)
    return JoinedEvidence(tuple(parts))
