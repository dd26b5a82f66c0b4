"""Treatments with their scores: what is drawn of them, whether they were measured now or are stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embfilter_core.quality.bootstrap import Intervals
from embfilter_core.quality.decisions.controls import RandomControls
from embfilter_core.quality.decisions.measured import MeasuredTreatments
from embfilter_core.quality.decisions.treatments import Treatment


@dataclass(frozen=True, eq=False)
class ScoredTreatments:
    """What is drawn of treatments, measured now or before.

    Attributes:
        treatments: b of them, unfiltered float32 among them.
        scores: (b,) in points, with the ends of their own intervals.
        reference: What those that learn have learnt from, or None.
        controls: Random subspaces, or None.
    """

    treatments: Sequence[Treatment]
    scores: Intervals
    reference: str | None
    controls: RandomControls | None = None

    @classmethod
    def of(cls, measured: MeasuredTreatments) -> ScoredTreatments:
        """Return what is drawn of measured treatments."""
        return cls(measured.treatments, measured.scores, measured.reference, measured.controls)

    @property
    def bytes(self) -> np.ndarray:
        """(b,) int64 bytes a vector."""
        return np.array([one.bytes for one in self.treatments], dtype=np.int64)
