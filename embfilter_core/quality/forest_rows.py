"""The rows of a forest plot, whatever they were measured on, and what they say in sentences."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from embfilter_core.number_format import format_interval
from embfilter_core.quality.bootstrap import Estimate
from embfilter_core.quality.comparison import MeasuredAlone
from embfilter_core.quality.sweep import QualitySweep
from embfilter_core.spectral.families import ks_of_taus

Learnt = Literal["nothing", "reference corpus", "measured texts", "another model"]
Spread = Literal["resamples", "seeds"]
PLANNED_TAU = 2
FILTER, BASELINE, CONTROL, BESIDE = "filter", "baseline", "control", "own vectors"


@dataclass(frozen=True)
class ForestRow:
    """One way to treat embeddings, or to do without them; numbers in points.

    Attributes:
        name: For people; a row that was searched for says so.
        kind: `filter`, `baseline`, `control`, or `own vectors` of another model.
        k: Numbers that a text takes; of TF-IDF, terms.
        learnt_from: What it learnt from; never from judgements, unless it was searched for.
        searched: Whether it was chosen by its own score.
        spread: What the intervals are over: resamples of the data, or seeds.
        score: Its score.
        to_unfiltered: Difference to unfiltered, paired.
        to_planned: Difference to the filter at tau = 2, paired.
    """

    name: str
    kind: str
    k: int
    learnt_from: Learnt
    searched: bool
    spread: Spread
    score: Estimate
    to_unfiltered: Estimate
    to_planned: Estimate


@dataclass(frozen=True, eq=False)
class Forest:
    """All rows, the greatest difference to unfiltered first.

    Attributes:
        rows: The rows.
        planned: The filter at tau = 2, chosen before looking.
        left_out: Why a row is missing, by its name.
        unfiltered: Score of all directions, in points.
        unit: Resampling unit.
        units: How many.
    """

    rows: tuple[ForestRow, ...]
    planned: ForestRow
    left_out: dict[str, str]
    unfiltered: float
    unit: str
    units: int

    def with_row(self, row: ForestRow) -> Forest:
        """Return the forest with one row more, in its place."""
        return replace(self, rows=in_order([*self.rows, row]))


def in_order(rows: list[ForestRow]) -> tuple[ForestRow, ...]:
    """Return rows with the greatest difference to unfiltered first."""
    return tuple(sorted(rows, key=lambda row: -row.to_unfiltered.value))


def bare_row(name: str, kind: str, k: int, learnt: Learnt = "nothing", searched: bool = False) -> ForestRow:
    """Return a row over resamples whose numbers are not known yet."""
    unknown = Estimate(np.nan, np.nan, np.nan)
    return ForestRow(name, kind, k, learnt, searched, "resamples", unknown, unknown, unknown)


def completed_row(row: ForestRow, one: MeasuredAlone, sweep: QualitySweep) -> ForestRow:
    """Return a row with its numbers, compared within the resamples of a sweep of the bulk."""
    to_unfiltered, to_planned = (
        one.less(float(sweep.scores.values[at]), sweep.samples[at]) for at in (-1, planned_place(sweep))
    )
    return replace(row, score=one.score, to_unfiltered=to_unfiltered, to_planned=to_planned)


def planned_place(sweep: QualitySweep) -> int:
    """Return where the filter at tau = 2 stands in a sweep of the bulk."""
    return int(sweep.ks.tolist().index(ks_of_taus(int(sweep.ks[-1]))[PLANNED_TAU]))


def describe_forest(forest: Forest) -> str:
    """Return what unfiltered and the planned filter score, and which rows lie above or below it, as sentences."""
    others = [row for row in forest.rows if row.kind == BASELINE and not row.searched]
    above = [row for row in others if row.to_planned.low > 0]
    below = [row for row in others if row.to_planned.high < 0]
    said = (
        f"Over {forest.units:,} {forest.unit}, unfiltered scores {forest.unfiltered:.1f}, and the filter at τ = "
        f"{PLANNED_TAU} differs from it by {signed(forest.planned.to_unfiltered)}. "
    )
    if above:
        told = ", ".join(f"{row.name} ({signed(row.to_planned)} to the filter at τ = {PLANNED_TAU})" for row in above)
        said += f"The filter is beaten here by {told}. "
    else:
        said += "No baseline is shown to score above the filter. "
    return (
        said + f"Of {len(others)} baselines, each looked at alone at 95 %, {len(below)} score below it, and of "
        f"{len(others) - len(above) - len(below)} these data cannot tell."
    )


def signed(estimate: Estimate) -> str:
    """Return a difference with its interval: `+1.9 (+0.4 to +3.4)`."""
    return format_interval(estimate.value, estimate.low, estimate.high, "+.1f")
