"""What people would pick in place of the filter, each against unfiltered: the rows of a forest plot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from embfilter_core.data.tasks import Task
from embfilter_core.errors import InputError
from embfilter_core.number_format import format_interval
from embfilter_core.progress import Progress, report
from embfilter_core.quality.bootstrap import Estimate, percentile_interval
from embfilter_core.quality.comparison import MeasuredAlone, measure_alone, treat_by_baselines
from embfilter_core.quality.decisions.treatments import candidate_ks
from embfilter_core.quality.measuring import Vectors, cost_of
from embfilter_core.quality.random_subspaces import SEEDS, measure_random_subspaces
from embfilter_core.quality.sweep import QualitySweep
from embfilter_core.quality.tfidf import tfidf_vectors
from embfilter_core.spectral.baselines.registry import BASELINES
from embfilter_core.spectral.families import ks_of_taus
from embfilter_core.spectral.presets import choose_directions
from embfilter_core.spectral.selection import KeptDirections

Learnt = Literal["nothing", "reference corpus", "measured texts"]
Spread = Literal["resamples", "seeds"]
PLANNED_TAU = 2
FILTER, BASELINE, CONTROL = "filter", "baseline", "control"


@dataclass(frozen=True)
class ForestRow:
    """One way to treat embeddings, or to do without them; numbers in points.

    Attributes:
        name: For people; a row that was searched for says so.
        kind: `filter`, `baseline` or `control`.
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


@dataclass(frozen=True, eq=False)
class Untreated:
    """What the baselines are made of.

    Attributes:
        embeddings: Of the task's corpora, as they are, (n, d) each.
        reference: (m, d) embeddings of other texts to learn from, or None.
        centre: (d,) coefficients of their mean, or None.
        average_token: h_avg, (d,), or None where its row is not asked for.
    """

    embeddings: Vectors
    reference: np.ndarray | None = None
    centre: np.ndarray | None = None
    average_token: np.ndarray | None = None


def measure_forest(
    task: Task,
    coefficients: Vectors,
    sweep: QualitySweep,
    k: int,
    untreated: Untreated,
    bulk_start: int | None = None,
    progress: Progress | None = None,
) -> Forest:
    """Measure what people would pick instead, over the resamples of the sweep of the bulk.

    Args:
        task: The task.
        coefficients: Of its corpora, (n, d) each.
        sweep: Of the bulk; the filter's own rows are its tau = 2, 4 and 8 and the best of the k that decisions weigh.
        k: Numbers that a baseline may take, where it reduces.
        untreated: What the baselines are made of.
        bulk_start: First kept direction of the bulk, where a backbone fixes it.
        progress: Told after every row.

    Raises:
        InputError: The sweep is of another family or of other data, or k is out of range.
        Cancelled: `progress` returned False.
    """
    d = coefficients[0].shape[1]
    if sweep.family != "bulk" or int(sweep.ks[-1]) != d or d < PLANNED_TAU:
        raise InputError("The filter's own rows need a sweep of the bulk.", "Sweep the bulk of the same backbone.")
    kept = choose_directions("bulk", d, keep=k, bulk_start=bulk_start)
    treated, left_out = _alternatives(task, coefficients, untreated, kept)
    rows = _of_filter(sweep, candidate_ks(d, cost_of(task)))  # the planned one first
    for done, (row, vectors, selection) in enumerate(treated):
        report(progress, done, len(treated) + 1, "rows")
        rows.append(_completed(row, measure_alone(task, vectors, selection, sweep), sweep))
    report(progress, len(treated), len(treated) + 1, "rows")
    rows.append(_random(task, coefficients, sweep, k))
    report(progress, len(treated) + 1, len(treated) + 1, "rows")
    planned = rows[0]
    rows.sort(key=lambda row: -row.to_unfiltered.value)
    return Forest(tuple(rows), planned, left_out, float(sweep.scores.values[-1]), sweep.unit, sweep.units)


def describe_forest(forest: Forest) -> str:
    """Return what unfiltered and the planned filter score, and which baselines lie above or below it, as sentences."""
    others = [row for row in forest.rows if row.kind == BASELINE]
    above = [row for row in others if row.to_planned.low > 0]
    below = [row for row in others if row.to_planned.high < 0]
    said = (
        f"Over {forest.units:,} {forest.unit}, unfiltered scores {forest.unfiltered:.1f}, and the filter at τ = "
        f"{PLANNED_TAU} differs from it by {_signed(forest.planned.to_unfiltered)}. "
    )
    if above:
        told = ", ".join(f"{row.name} ({_signed(row.to_planned)} to the filter at τ = {PLANNED_TAU})" for row in above)
        said += f"The filter is beaten here by {told}. "
    else:
        said += "No baseline is shown to score above the filter. "
    return (
        said + f"Of {len(others)} baselines, each looked at alone at 95 %, {len(below)} score below it, and of "
        f"{len(others) - len(above) - len(below)} these data cannot tell."
    )


def _of_filter(sweep: QualitySweep, candidates: list[int]) -> list[ForestRow]:
    d, ks = int(sweep.ks[-1]), sweep.ks.tolist()
    rows = [
        _of_sweep(sweep, ks.index(k), f"EmbedFilter, τ = {tau}", False) for tau, k in ks_of_taus(d).items() if tau > 1
    ]
    weighed = [ks.index(k) for k in candidates if k in ks]
    best = max(weighed, key=lambda at: sweep.scores.values[at])
    return [*rows, _of_sweep(sweep, best, f"EmbedFilter, the best of {len(weighed)} k, searched", True)]


def _of_sweep(sweep: QualitySweep, at: int, name: str, searched: bool) -> ForestRow:
    one = MeasuredAlone(sweep.scores.at(at), sweep.samples[at])
    return _completed(_bare(name, FILTER, int(sweep.ks[at]), searched=searched), one, sweep)


def _alternatives(
    task: Task, coefficients: Vectors, untreated: Untreated, kept: KeptDirections
) -> tuple[list[tuple[ForestRow, Vectors, KeptDirections]], dict[str, str]]:
    """Rows without their numbers, each with its vectors and what is kept of them; and why others are left out."""
    made, left_out = treat_by_baselines(untreated.embeddings, untreated.reference, len(kept), untreated.average_token)
    if untreated.average_token is None:
        left_out = {name: why for name, why in left_out.items() if name != BASELINES["average-token"].name}
    found = []
    for name, vectors in made.items():
        info, width = BASELINES[name], vectors[0].shape[1]
        reduced = f", {width} numbers" if "k" in info.needs else ""
        row = _bare(f"{info.name}{reduced}", BASELINE, width, "reference corpus" if info.needs_reference else "nothing")
        found.append((row, vectors, KeptDirections.unfiltered(width)))
    both = f"EmbedFilter, {len(kept)} directions, and centring"
    if untreated.centre is None:
        left_out[both] = "Its mean is that of a reference corpus, and there is none."
    else:
        centred = tuple(part - untreated.centre for part in coefficients)
        found.append((_bare(both, FILTER, len(kept), "reference corpus"), centred, kept))
    try:
        words = tfidf_vectors(task)
        width = words[0].shape[1]
        found.append((_bare("TF-IDF", BASELINE, width, "measured texts"), words, KeptDirections.unfiltered(width)))
    except InputError as problem:
        left_out["TF-IDF"] = str(problem)
    return found, left_out


def _random(task: Task, coefficients: Vectors, sweep: QualitySweep, k: int) -> ForestRow:
    """The median of many random subspaces, with the middle 95 % of the seeds."""
    scores = measure_random_subspaces(task, coefficients, [k], sweep.measure).scores[0]
    planned = sweep.ks.tolist().index(_planned_k(sweep))

    def over_seeds(values: np.ndarray) -> Estimate:
        return Estimate(float(np.median(values)), *map(float, percentile_interval(values)))

    return ForestRow(
        f"Random subspaces, {k} numbers, {SEEDS} seeds",
        CONTROL,
        k,
        "nothing",
        False,
        "seeds",
        over_seeds(scores),
        over_seeds(scores - sweep.scores.values[-1]),
        over_seeds(scores - sweep.scores.values[planned]),
    )


def _bare(name: str, kind: str, k: int, learnt: Learnt = "nothing", searched: bool = False) -> ForestRow:
    unknown = Estimate(np.nan, np.nan, np.nan)
    return ForestRow(name, kind, k, learnt, searched, "resamples", unknown, unknown, unknown)


def _completed(row: ForestRow, one: MeasuredAlone, sweep: QualitySweep) -> ForestRow:
    planned = sweep.ks.tolist().index(_planned_k(sweep))
    to_unfiltered, to_planned = (
        one.less(float(sweep.scores.values[at]), sweep.samples[at]) for at in (len(sweep.ks) - 1, planned)
    )
    return replace(row, score=one.score, to_unfiltered=to_unfiltered, to_planned=to_planned)


def _planned_k(sweep: QualitySweep) -> int:
    d = int(sweep.ks[-1])
    return ks_of_taus(d)[PLANNED_TAU]


def _signed(estimate: Estimate) -> str:
    return format_interval(estimate.value, estimate.low, estimate.high, "+.1f")
