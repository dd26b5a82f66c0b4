"""Shrink without loss: the smallest index that is not worse than unfiltered float32 by more than a margin."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.quality.bootstrap import Estimate
from embfilter_core.quality.decisions.gain_steps import SplitGain, split_treatment
from embfilter_core.quality.decisions.measured import MeasuredTreatment, MeasuredTreatments
from embfilter_core.quality.decisions.simultaneous import Simultaneous, simultaneous_bounds
from embfilter_core.quality.decisions.wording import at_worst, can_show, changed, counted, plain, sized, width_sentence

MARGIN = 0.5


@dataclass(frozen=True)
class Candidate:
    """A treatment and what its difference to unfiltered float32 is at least and at most, all candidates at once.

    Attributes:
        measured: The treatment.
        bounds: Its difference in points, with one-sided simultaneous 95 % bounds.
    """

    measured: MeasuredTreatment
    bounds: Estimate


@dataclass(frozen=True)
class Shrink:
    """The smallest index without a loss. Differences are to unfiltered float32, in points.

    Attributes:
        margin: What may be lost.
        chosen: The smallest, or None where there are not enough data to tell.
        unfiltered: Unfiltered float32.
        candidates: How many treatments were weighed.
        smaller: How many of them take fewer bytes than the chosen one; all, where there is none.
        worse: How many of the smaller ones are shown to lose more than the margin.
        nearest: Of the smaller ones the one that may lose least, or None where there is none.
        sign_bits: Of the smaller ones the sign bits that may lose least, or None where there are none.
        half_width: From the difference of `nearest` (else of the chosen one) to its lower bound.
        split: What of the gain of the chosen one is the filter, and what its precision; None where there is none.
        reference: What the chosen one has learnt from, or None.
        evidence: What was scored, in words.
        width: How well the deciding difference is known, in words.
    """

    margin: float
    chosen: Candidate | None
    unfiltered: MeasuredTreatment
    candidates: int
    smaller: int
    worse: int
    nearest: Candidate | None
    sign_bits: Candidate | None
    half_width: float
    split: SplitGain | None
    reference: str | None
    evidence: str
    width: str

    @property
    def sentence(self) -> str:
        """The answer."""
        if self.chosen is None:
            return (
                f"Not enough data to tell: no smaller index is shown to lose at most {self.margin:g} points. "
                f"These data can show {can_show(self.half_width)}."
            )
        one = self.chosen.measured
        return (
            f"Keep {one.treatment.description}: {sized(one.bytes)} a vector instead of {self.unfiltered.bytes:,}; "
            f"{at_worst(self.chosen.bounds.low)}."
        )

    def sentences(self) -> list[str]:
        """Return the answer, then what it rests on."""
        split = "" if self.split is None else self.split.sentence
        said = [self.sentence, *self._scores(), *([split] if split else []), *self._why_not_smaller(), self.width]
        if self.reference is not None:
            said.append(f"It learns from {self.reference}, so what was learnt has to be kept with the index.")
        return said

    def _scores(self) -> list[str]:
        raw = f"unfiltered float32 scores {plain(self.unfiltered.score)}"
        if self.chosen is None:
            return [f"On {self.evidence}, {raw}."]
        one = self.chosen
        return [
            f"On {self.evidence}, it scores {plain(one.measured.score)} and {raw}: a difference of "
            f"{changed(one.bounds.value):+.1f}, and of {changed(one.bounds.low):+.1f} or more at 95 % "
            f"for all {self.candidates} candidates at once."
        ]

    def _why_not_smaller(self) -> list[str]:
        if not self.smaller or self.nearest is None:
            return []
        others = f"; of the other {self.smaller - self.worse} these data cannot tell" * (self.worse < self.smaller)
        said = [
            f"Of the {self.smaller} smaller candidates, {self.worse} are shown to lose more than {self.margin:g} "
            f"points{others}. {_may_lose('Nearest', self.nearest)}"
        ]
        if self.sign_bits is not None and self.sign_bits != self.nearest:
            said.append(_may_lose("Sign bits", self.sign_bits))
        return said


def shrink(measured: MeasuredTreatments, margin: float = MARGIN) -> Shrink:
    """Return the smallest index that is not worse than unfiltered float32 by more than a margin, in points.

    A candidate is good enough where the lower bound of its difference, simultaneous over all candidates at 95 %,
    is at least -margin, and that of every larger k of its line in its precision too.

    Raises:
        InputError: The margin is not above 0 or endless.
    """
    if not 0 < margin < math.inf:
        raise InputError(f"A margin of {margin:g} points is impossible.", "Use a number above 0.")
    raw = measured.unfiltered
    at = np.array([i for i in range(len(measured.treatments)) if measured.bytes[i] < measured.bytes[raw]])
    bounds = simultaneous_bounds(measured.to_unfiltered.values[at], measured.differences[at])
    good = _good_enough(measured, at, bounds, margin)
    sizes = measured.bytes[at]
    chosen = None
    if good.any():
        chosen = int(np.lexsort((-bounds.low, sizes, ~good))[0])
    smaller = np.ones(len(at), dtype=bool) if chosen is None else sizes < sizes[chosen]
    nearest = _highest(bounds.low, smaller)
    signs = np.array([measured.treatments[i].precision == "sign" for i in at])
    sign_bits = _highest(bounds.low, smaller & signs)
    deciding = nearest if nearest is not None else chosen
    half_width = 0.0 if deciding is None else float(bounds.values[deciding] - bounds.low[deciding])

    def candidate(position: int | None) -> Candidate | None:
        return None if position is None else Candidate(measured.at(int(at[position])), bounds.at(position))

    kept = candidate(chosen)
    return Shrink(
        margin=margin,
        chosen=kept,
        unfiltered=measured.at(raw),
        candidates=len(at),
        smaller=int(smaller.sum()),
        worse=int((smaller & (bounds.high < -margin)).sum()),
        nearest=candidate(nearest),
        sign_bits=candidate(sign_bits),
        half_width=half_width,
        split=None if chosen is None else split_treatment(measured, int(at[chosen])),
        reference=measured.reference if kept is not None and kept.measured.treatment.learns else None,
        evidence=counted(measured),
        width=width_sentence(measured, half_width, margin),
    )


def _good_enough(measured: MeasuredTreatments, at: np.ndarray, bounds: Simultaneous, margin: float) -> np.ndarray:
    """Whether each candidate and every larger one of its line and precision is within the margin, (c,) bool."""
    within = bounds.low >= -margin
    good = np.zeros(len(at), dtype=bool)
    broken: set[tuple[str, str]] = set()
    by_k = sorted(range(len(at)), key=lambda i: -measured.treatments[at[i]].k)
    for i in by_k:
        one = measured.treatments[at[i]]
        if not within[i]:
            broken.add((one.line, one.precision))
        good[i] = (one.line, one.precision) not in broken
    return good


def _highest(values: np.ndarray, among: np.ndarray) -> int | None:
    return int(np.where(among, values, -np.inf).argmax()) if among.any() else None


def _may_lose(what: str, one: Candidate) -> str:
    found = one.measured
    return (
        f"{what}: {found.treatment.description} ({sized(found.bytes)}) scores {found.score.value:.1f}, a difference of "
        f"{changed(one.bounds.value):+.1f} that may be as low as {changed(one.bounds.low):+.1f}."
    )
