"""Budget: the best treatment for so many bytes a vector, and what other budgets would give."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.quality.bootstrap import LEVEL, Estimate
from embfilter_core.quality.decisions.gain_steps import SplitGain, split_treatment
from embfilter_core.quality.decisions.measured import MeasuredTreatment, MeasuredTreatments
from embfilter_core.quality.decisions.pareto import pareto_front
from embfilter_core.quality.decisions.simultaneous import SMALLEST_ERROR, simultaneous_intervals
from embfilter_core.quality.decisions.wording import changed, counted, plain, signed, sized


class Standing(StrEnum):
    """How the filter stands against everything else that fits."""

    AHEAD = "ahead"
    BEATEN = "beaten"
    UNDECIDED = "undecided"
    ALONE = "alone"


@dataclass(frozen=True)
class Budget:
    """The best treatment for so many bytes a vector. Scores and differences in points.

    Attributes:
        bytes: The budget.
        best: The best that fits: searched for on these data.
        to_unfiltered: Its difference to unfiltered float32; the interval holds for all that fit at once.
        fitting: How many treatments fit.
        smaller: The best that takes fewer bytes than `best`, or None where nothing does.
        larger: The smallest that scores more than `best`, or None where nothing does.
        filtered: The best that fits with the filter, or None.
        other: The best that fits without it, or None.
        filter_gain: `filtered` less `other`; the interval holds for every such pair that fits at once.
        standing: Whether the filter is ahead, beaten, or neither is shown.
        split: What of its gain is the filter, and what its precision; None where it is unfiltered float32.
        reference: What `best` has learnt from, or None.
        evidence: What was scored, in words.
    """

    bytes: int
    best: MeasuredTreatment
    to_unfiltered: Estimate
    fitting: int
    smaller: MeasuredTreatment | None
    larger: MeasuredTreatment | None
    filtered: MeasuredTreatment | None
    other: MeasuredTreatment | None
    filter_gain: Estimate | None
    standing: Standing
    split: SplitGain | None
    reference: str | None
    evidence: str

    @property
    def sentence(self) -> str:
        """The answer."""
        start = f"For {sized(self.bytes)} a vector, keep {self.best.treatment.description}"
        takes = "" if self.best.bytes == self.bytes else f" ({sized(self.best.bytes)})"
        if self.best.treatment.is_unfiltered:
            return f"{start}{takes}: nothing that fits scores more."
        return (
            f"{start}{takes}: {self.best.score.value:.1f} points, {signed(self.to_unfiltered)} to unfiltered float32."
        )

    def sentences(self) -> list[str]:
        """Return the answer, then what it rests on."""
        said = [
            self.sentence,
            f"It was searched for among the {self.fitting} treatments that fit, on {self.evidence}: its own score is "
            f"{plain(self.best.score)}, so expect less; the interval of the difference holds for all of them at once.",
            "" if self.split is None else self.split.sentence,
            self._other_budgets(),
            self._filter(),
        ]
        if self.reference is not None:
            said.append(f"It learns from {self.reference}, so what was learnt has to be kept with the index.")
        return [sentence for sentence in said if sentence]

    def _other_budgets(self) -> str:
        said = []
        if self.smaller is not None:
            said.append(f"With fewer bytes, the best is {self._step(self.smaller)}.")
        if self.larger is None:
            said.append("No larger budget scores higher here.")
        else:
            said.append(f"The next larger budget that scores higher gives {self._step(self.larger)}.")
        return " ".join(said)

    def _step(self, one: MeasuredTreatment) -> str:
        change = changed(one.score.value - self.best.score.value)
        return f"{one.treatment.description}: {sized(one.bytes)}, {one.score.value:.1f} ({change:+.1f})"

    def _filter(self) -> str:
        if self.filtered is None or self.other is None or self.filter_gain is None:
            return ""
        gain = Estimate(*(_turned(self.standing, self.filter_gain)))
        pair = (
            f"{self.filtered.treatment.description} scores {self.filtered.score.value:.1f}, "
            f"{self.other.treatment.description} {self.other.score.value:.1f}"
        )
        if self.standing is Standing.BEATEN:
            return f"The filter is beaten here: {pair}, {signed(gain)} more."
        if self.standing is Standing.AHEAD:
            return f"The filter is ahead of everything else that fits: {pair}, {signed(gain)} to it."
        return (
            "Whether the filter or something else is best at this size cannot be told: "
            f"{pair}, a difference of {signed(gain)}."
        )


def budget(measured: MeasuredTreatments, bytes_a_vector: int) -> Budget:
    """Return the best treatment that takes so many bytes a vector or fewer, and what other budgets would give.

    Raises:
        InputError: Nothing fits.
    """
    sizes, scores = measured.bytes, measured.scores.values
    fits = np.flatnonzero(sizes <= bytes_a_vector)
    if len(fits) == 0:
        raise InputError(
            f"Nothing that was measured fits {sized(bytes_a_vector)} a vector.", f"The smallest takes {sizes.min():,}."
        )
    front = pareto_front(sizes, scores)
    best = int(front[sizes[front] <= bytes_a_vector][-1])
    gains = simultaneous_intervals(measured.to_unfiltered.values[fits], measured.differences[fits])
    step = int(np.flatnonzero(front == best)[0])
    filtered, other = ([int(i) for i in fits if measured.treatments[i].filters is filters] for filters in (True, False))
    gain, standing = _filter_against_others(measured, filtered, other)
    chosen = measured.at(best)
    return Budget(
        bytes=bytes_a_vector,
        best=chosen,
        to_unfiltered=gains.at(int(np.flatnonzero(fits == best)[0])),
        fitting=len(fits),
        smaller=measured.at(int(front[step - 1])) if step else None,
        larger=measured.at(int(front[step + 1])) if step + 1 < len(front) else None,
        filtered=_best_of(measured, filtered),
        other=_best_of(measured, other),
        filter_gain=gain,
        standing=standing,
        split=None if chosen.treatment.is_unfiltered else split_treatment(measured, best),
        reference=measured.reference if chosen.treatment.learns else None,
        evidence=counted(measured),
    )


def _best_of(measured: MeasuredTreatments, positions: list[int]) -> MeasuredTreatment | None:
    return measured.at(max(positions, key=lambda i: measured.scores.values[i])) if positions else None


def _filter_against_others(
    measured: MeasuredTreatments, filtered: list[int], other: list[int]
) -> tuple[Estimate | None, Standing]:
    """The best with the filter less the best without; its interval is simultaneous over all pairs of the two kinds."""
    if not filtered or not other:
        return None, Standing.ALONE
    ours, theirs = (max(some, key=lambda i: measured.scores.values[i]) for some in (filtered, other))
    largest = np.zeros(measured.samples.shape[1])
    rest = measured.samples[other]
    for i in filtered:
        differences = measured.samples[i] - rest
        errors = differences.std(axis=1, ddof=1, keepdims=True)
        deviations = np.abs(differences - differences.mean(axis=1, keepdims=True))
        scaled = np.divide(deviations, errors, out=np.zeros_like(deviations), where=errors > SMALLEST_ERROR)
        np.maximum(largest, scaled.max(axis=0), out=largest)
    value = float(measured.scores.values[ours] - measured.scores.values[theirs])
    half = float(np.quantile(largest, LEVEL) * (measured.samples[ours] - measured.samples[theirs]).std(ddof=1))
    gain = Estimate(value, value - half, value + half)
    if gain.includes_zero:
        return gain, Standing.UNDECIDED
    return gain, Standing.AHEAD if value > 0 else Standing.BEATEN


def _turned(standing: Standing, gain: Estimate) -> tuple[float, float, float]:
    """A difference from the side of the one that is ahead."""
    if standing is Standing.BEATEN:
        return -gain.value, -gain.high, -gain.low
    return gain.value, gain.low, gain.high
