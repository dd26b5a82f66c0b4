"""Improve: do the ratios planned before looking beat unfiltered, and what is the best of a search worth?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from embfilter_core.quality.bootstrap import Estimate
from embfilter_core.quality.decisions.measured import MeasuredTreatment, MeasuredTreatments
from embfilter_core.quality.decisions.searched_best import SearchedGain
from embfilter_core.quality.decisions.simultaneous import simultaneous_intervals
from embfilter_core.quality.decisions.wording import can_show, counted, plain, signed
from embfilter_core.spectral.families import ks_of_taus


class Verdict(StrEnum):
    """Whether the filter improves embeddings."""

    PLANNED = "planned"
    SEARCHED = "searched"
    WORSE = "worse"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class PlannedRatio:
    """A ratio that was planned before looking.

    Attributes:
        tau: The ratio.
        measured: The bulk of d // tau directions in float32.
        gain: Its difference to unfiltered float32, in points; intervals simultaneous for all planned ratios.
    """

    tau: int
    measured: MeasuredTreatment
    gain: Estimate


@dataclass(frozen=True)
class Improve:
    """Whether the filter improves embeddings. Scores and differences in points.

    Attributes:
        verdict: Whether planned ratios, or only a search, beat unfiltered; whether all planned ones are worse.
        planned: The ratios 2, 4 and 8.
        unfiltered: Unfiltered float32.
        best: The best treatment on all data: searched for there, hence flattered.
        candidates: How many were searched.
        searched: What the best of one half is on the other.
        half_width: Half of the width of the interval of the planned ratio that is known best.
        evidence: What was scored, in words.
    """

    verdict: Verdict
    planned: tuple[PlannedRatio, ...]
    unfiltered: MeasuredTreatment
    best: MeasuredTreatment
    candidates: int
    searched: SearchedGain
    half_width: float
    evidence: str

    @property
    def shown(self) -> PlannedRatio | None:
        """The planned ratio with the largest gain that is shown, or None."""
        gaining = [one for one in self.planned if one.gain.low > 0]
        return max(gaining, key=lambda one: one.gain.value, default=None)

    @property
    def sentence(self) -> str:
        """The answer."""
        if self.shown is not None:
            one = self.shown
            return (
                f"Yes: τ = {one.tau} ({one.measured.treatment.k:,} directions) gains {signed(one.gain)} points over "
                "unfiltered, without any search."
            )
        if self.verdict is Verdict.SEARCHED:
            return (
                "Only by a search: no planned ratio is shown to score more than unfiltered, but the best treatment of "
                f"one half gains {signed(self.searched.gain)} points over it on the other."
            )
        if self.verdict is Verdict.WORSE:
            return "The filter is beaten here: every planned ratio is shown to score less than unfiltered."
        return (
            "Not enough data to tell whether a planned ratio scores more than unfiltered. These data can show "
            f"{can_show(self.half_width)}."
        )

    def sentences(self) -> list[str]:
        """Return the answer, then what it rests on."""
        ratios = "; ".join(f"τ = {one.tau}: {signed(one.gain)}" for one in self.planned)
        said = [self.sentence]
        if self.planned:
            said.append(
                f"Planned before looking, on {self.evidence}: unfiltered scores {plain(self.unfiltered.score)}; to it, "
                f"{ratios}. "
                f"The intervals hold for all {len(self.planned)} at once."
            )
        return [*said, self._search()]

    def _search(self) -> str:
        halves = (
            f"Chosen on one half and reported on the other, over {self.searched.splits} random splits, the best scores "
            f"{self.searched.score.value:.1f} against {self.searched.unfiltered.value:.1f} for unfiltered, a "
            f"difference of {signed(self.searched.gain)}."
        )
        if self.best.treatment.is_unfiltered:
            return f"Searched among {self.candidates} treatments, none scores more than unfiltered float32. {halves}"
        return (
            f"Searched among {self.candidates} treatments: the best is {self.best.treatment.description}, "
            f"{self.best.score.value:.1f} on the data it was searched on, so expect less. {halves}"
        )


def improve(measured: MeasuredTreatments) -> Improve:
    """Return whether tau 2, 4 and 8 beat unfiltered, with simultaneous intervals, and what a search finds.

    The search is over all treatments. Under no effect a planned gain is shown in 2.5 % and a searched one in 2.5 %.
    """
    ks = {tau: k for tau, k in ks_of_taus(measured.d).items() if tau > 1}
    at = np.array([measured.find("bulk", k, "float32") for k in ks.values()], dtype=np.int64)
    gains = simultaneous_intervals(measured.to_unfiltered.values[at], measured.differences[at])
    planned = tuple(
        PlannedRatio(tau, measured.at(int(position)), gains.at(i))
        for i, (tau, position) in enumerate(zip(ks, at, strict=True))
    )
    best = measured.best
    return Improve(
        verdict=_verdict(planned, measured.searched),
        planned=planned,
        unfiltered=measured.at(measured.unfiltered),
        best=best.measured,
        candidates=best.candidates,
        searched=measured.searched,
        half_width=min(one.gain.half_width for one in planned),
        evidence=counted(measured),
    )


def _verdict(planned: tuple[PlannedRatio, ...], searched: SearchedGain) -> Verdict:
    if any(one.gain.low > 0 for one in planned):
        return Verdict.PLANNED
    if searched.gain.low > 0:
        return Verdict.SEARCHED
    return Verdict.WORSE if all(one.gain.high < 0 for one in planned) else Verdict.UNDECIDED
