"""The gain of a treatment in steps: the filter, centring, scaling, the precision."""

from __future__ import annotations

from dataclasses import dataclass

from embfilter_core.quality.bootstrap import Estimate, percentile_interval
from embfilter_core.quality.decisions.measured import MeasuredTreatments
from embfilter_core.quality.decisions.treatments import CENTRED, LINES
from embfilter_core.quality.decisions.wording import changed, signed

STEPS = ("filter", "centring", "scaling", "precision")


@dataclass(frozen=True)
class GainStep:
    """One step of a treatment.

    Attributes:
        name: filter, centring, scaling or precision.
        score: Score after it, in points.
        gain: Score after it less the score before, paired, in points.
    """

    name: str
    score: Estimate
    gain: Estimate

    @property
    def did_nothing(self) -> bool:
        """Whether no resample scores otherwise than before it."""
        return self.gain.low == self.gain.value == self.gain.high == 0


@dataclass(frozen=True)
class SplitGain:
    """The gain of a treatment over unfiltered float32, in points, step by step.

    Attributes:
        unfiltered: Score of unfiltered float32.
        steps: The filter, centring, scaling and the precision, in this order; their gains add up to `total`.
        total: Score of all of it less that of unfiltered float32.
    """

    unfiltered: Estimate
    steps: tuple[GainStep, ...]
    total: Estimate

    @property
    def sentence(self) -> str:
        """What of the gain is what; nothing where no step changes a tenth of a point."""
        return self.told if any(changed(one.gain.value) for one in self.steps) else ""

    @property
    def told(self) -> str:
        """What of the gain is what, also where it is nothing."""
        parts = ", ".join(f"{one.name} {'none' if one.did_nothing else signed(one.gain)}" for one in self.steps)
        return f"Of the {changed(self.total.value):+.1f} points to unfiltered float32: {parts}."


def split_treatment(measured: MeasuredTreatments, position: int) -> SplitGain:
    """Split what a measured treatment gains over unfiltered float32, from the scores that were measured with it.

    The first step of a line that is no filter is called by its name. No treatment scales its dimensions, so that the
    step of scaling does nothing.
    """
    one = measured.treatments[position]
    raw = measured.unfiltered
    whole = measured.find(one.line, one.k, "float32")
    centred = one.line == CENTRED
    reduced = measured.find("bulk", one.k, "float32") if centred else whole
    first = "filter" if one.filters or one.line == "unfiltered" else LINES[one.line].name
    path = [
        (first, raw, reduced),
        ("centring", reduced, whole),
        ("scaling", whole, whole),
        ("precision", whole, position),
    ]
    steps = tuple(GainStep(name, measured.scores.at(to), _difference(measured, to, start)) for name, start, to in path)
    return SplitGain(measured.scores.at(raw), steps, measured.to_unfiltered.at(position))


def _difference(measured: MeasuredTreatments, one: int, other: int) -> Estimate:
    low, high = percentile_interval(measured.samples[one] - measured.samples[other])
    values = measured.scores.values
    return Estimate(float(values[one] - values[other]), float(low), float(high))
