"""Every treatment measured on a task, in points, ready for the decisions."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.number_format import format_interval
from embfilter_core.progress import Progress, part
from embfilter_core.quality.bootstrap import POINTS, RESAMPLES, SEED, Bootstrap, Estimate, Intervals, bootstrap
from embfilter_core.quality.decisions.controls import RandomControls
from embfilter_core.quality.decisions.searched_best import SPLITS, SearchedGain, search_on_halves
from embfilter_core.quality.decisions.treatments import Treatment
from embfilter_core.quality.evidence import Evidence

SEARCHED = "searched"
"""Stands in the row of every number that was looked for on the data it was measured on."""


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
class SearchedBest:
    """The best of all treatments, searched for on the data it was measured on: the one best that is named anywhere.

    Attributes:
        measured: The treatment.
        candidates: How many were searched.
        samples: (r,) its scores in every resample, in points; none where they were not kept.
    """

    measured: MeasuredTreatment
    candidates: int
    samples: np.ndarray

    @property
    def called(self) -> str:
        """What stands beside it in its own row: `the best of 205 treatments, searched`."""
        return f"the best of {self.candidates:,} treatments, {SEARCHED}"

    @property
    def name(self) -> str:
        """What is kept, and that it was searched for."""
        return f"{self.measured.treatment.description}, {self.called}"

    @property
    def sentence(self) -> str:
        """Which it is, what it scores, and its difference to unfiltered float32 on the data it was searched on."""
        one, gain = self.measured, self.measured.to_unfiltered
        kept = one.treatment.description.rstrip(",")
        return (
            f"The best of the {self.candidates:,} treatments, {SEARCHED} on these data, is {kept}: "
            f"{one.score.value:.1f}, {format_interval(gain.value, gain.low, gain.high, '+.1f')} to unfiltered float32."
        )


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

    @property
    def best(self) -> SearchedBest:
        """The treatment with the highest score on all data; the first of several."""
        position = int(self.scores.values.argmax())
        return SearchedBest(self.at(position), len(self.treatments), self.samples[position])

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


def weigh(
    evidence: Evidence,
    treatments: tuple[Treatment, ...],
    measure: str,
    resamples: int = RESAMPLES,
    splits: int = SPLITS,
    seed: int = SEED,
    reference: str | None = None,
    progress: Progress | None = None,
) -> MeasuredTreatments:
    """Resample the evidence about every treatment and search it on halves: all that the decisions need.

    Args:
        evidence: Scores of the treatments.
        treatments: One a selection of the evidence, unfiltered float32 among them.
        measure: Id of the measure.
        resamples: For the intervals.
        splits: Random splits into halves, for the search.
        seed: Of resamples and splits.
        reference: What the lines that learn have learnt from, or None.
        progress: Told along the way.

    Raises:
        InputError: Unfiltered float32 is not there once, there are too few units, or all scores are one and the same.
        Cancelled: `progress` returned False.
    """
    at = [i for i, one in enumerate(treatments) if one.is_unfiltered]
    if len(at) != 1:
        raise InputError(f"Unfiltered float32 was measured {len(at)} times.", "Measure it once.")
    boot = bootstrap(evidence, resamples, seed, part(progress, 0, 30, 100))
    _check_that_scores_differ(boot, evidence)
    searched = search_on_halves(evidence, at[0], resamples, splits, seed, part(progress, 30, 100, 100))
    return MeasuredTreatments(
        measure=measure,
        unit=evidence.unit,
        units=evidence.units,
        pairs=evidence.pairs,
        treatments=treatments,
        scores=boot.intervals().in_points,
        to_unfiltered=boot.differences(at[0]).in_points,
        samples=POINTS * boot.samples,
        searched=searched,
        reference=reference,
    )


def _check_that_scores_differ(boot: Bootstrap, evidence: Evidence) -> None:
    if np.ptp(boot.samples) == 0 and np.ptp(boot.scores) == 0:
        raise InputError(
            f"Every treatment scores {POINTS * boot.scores[0]:.1f} in every resample of the {evidence.units:,} "
            f"{evidence.unit}, so these data tell nothing apart.",
            "Use data on which scores can differ.",
        )
