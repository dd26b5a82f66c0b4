"""Every treatment measured on a task, in points, ready for the decisions."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.quality.bootstrap import POINTS, Bootstrap, Estimate, Intervals
from embfilter_core.quality.decisions.controls import RandomControls
from embfilter_core.quality.decisions.searched_best import SearchedGain
from embfilter_core.quality.decisions.treatments import Treatment
from embfilter_core.quality.evidence import Evidence


@dataclass(frozen=True)
class MeasuredTreatment:
    """One treatment with its numbers, in points.

    Attributes:
        treatment: What is stored.
        bytes: Bytes a vector.
        score: Its score with its own 95 % interval.
        to_unfiltered: Its difference to unfiltered float32, paired, with its own interval.
    """

    treatment: Treatment
    bytes: int
    score: Estimate
    to_unfiltered: Estimate


@dataclass(frozen=True, eq=False)
class MeasuredTreatments:
    """The one candidate set of all decisions, measured; everything in points.

    Attributes:
        measure: Id of the measure.
        unit: Resampling unit: pairs, texts or queries.
        units: How many.
        pairs: How many pairs, texts or queries are scored.
        treatments: What was measured, b of them.
        scores: (b,) with the ends of their own intervals.
        to_unfiltered: (b,) differences to unfiltered float32, paired.
        samples: (b, r) scores in every resample; column r of all of them is the same resample.
        searched: What the best of one half gains on the other.
        controls: Random subspaces, or None where they were not asked for.
        left_out: Why a line was left out, by its id.
        reference: What the lines that learn have learnt from, or None.
    """

    measure: str
    unit: str
    units: int
    pairs: int
    treatments: tuple[Treatment, ...]
    scores: Intervals
    to_unfiltered: Intervals
    samples: np.ndarray
    searched: SearchedGain
    controls: RandomControls | None = None
    left_out: dict[str, str] = field(default_factory=dict)
    reference: str | None = None

    @property
    def unfiltered(self) -> int:
        """Position of unfiltered float32."""
        return next(i for i, one in enumerate(self.treatments) if one.is_unfiltered)

    @property
    def d(self) -> int:
        """Numbers an unfiltered vector has."""
        return self.treatments[0].d

    @property
    def bytes(self) -> np.ndarray:
        """(b,) int64 bytes a vector."""
        return np.array([one.bytes for one in self.treatments], dtype=np.int64)

    @property
    def differences(self) -> np.ndarray:
        """(b, r) differences to unfiltered float32 in every resample."""
        differences: np.ndarray = self.samples - self.samples[self.unfiltered]
        return differences

    def at(self, position: int) -> MeasuredTreatment:
        """Return one treatment with its numbers."""
        one = self.treatments[position]
        return MeasuredTreatment(one, one.bytes, self.scores.at(position), self.to_unfiltered.at(position))

    def find(self, line: str, k: int, precision: str) -> int:
        """Return the position of a treatment.

        Raises:
            InputError: It was not measured.
        """
        for i, one in enumerate(self.treatments):
            if (one.line, one.k, one.precision) == (line, k, precision):
                return i
        raise InputError(f"{line} at {k} in {precision} was not measured.", "Ask for one of `treatments`.")


def measured_from(
    evidence: Evidence,
    treatments: tuple[Treatment, ...],
    boot: Bootstrap,
    searched: SearchedGain,
    measure: str,
    controls: RandomControls | None = None,
    left_out: dict[str, str] | None = None,
    reference: str | None = None,
) -> MeasuredTreatments:
    """Put together what was measured of every treatment.

    Raises:
        InputError: There is no unfiltered float32 among the treatments, or all scores are one and the same.
    """
    at = [i for i, one in enumerate(treatments) if one.is_unfiltered]
    if len(at) != 1 or len(treatments) != len(boot.scores):
        raise InputError(
            f"{len(boot.scores)} scores for {len(treatments)} treatments, {len(at)} of them unfiltered float32.",
            "Measure each once, and unfiltered float32 among them.",
        )
    in_points = boot.intervals().in_points
    if np.ptp(boot.samples) == 0 and np.ptp(boot.scores) == 0:
        raise InputError(
            f"Every treatment scores {in_points.values[0]:.1f} in every resample of the {evidence.units:,} "
            f"{evidence.unit}, so these data tell nothing apart.",
            "Use data on which scores can differ.",
        )
    return MeasuredTreatments(
        measure=measure,
        unit=evidence.unit,
        units=evidence.units,
        pairs=evidence.pairs,
        treatments=treatments,
        scores=in_points,
        to_unfiltered=boot.differences(at[0]).in_points,
        samples=POINTS * boot.samples,
        searched=searched,
        controls=controls,
        left_out=left_out or {},
        reference=reference,
    )
