"""What people would pick in place of the filter, each measured against unfiltered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embfilter_core.data.tasks import Task
from embfilter_core.errors import InputError
from embfilter_core.progress import Progress, report
from embfilter_core.quality.bootstrap import Estimate, percentile_interval
from embfilter_core.quality.comparison import MeasuredAlone, measure_alone, treat_by_baselines
from embfilter_core.quality.decisions.measured import SearchedBest
from embfilter_core.quality.forest_rows import (
    BASELINE,
    CONTROL,
    FILTER,
    PLANNED_TAU,
    Forest,
    ForestRow,
    Learnt,
    bare_row,
    completed_row,
    in_order,
    planned_place,
)
from embfilter_core.quality.measuring import Vectors
from embfilter_core.quality.random_subspaces import SEEDS, measure_random_subspaces
from embfilter_core.quality.sweep import QualitySweep
from embfilter_core.quality.tfidf import tfidf_vectors
from embfilter_core.spectral.baselines.registry import BASELINES
from embfilter_core.spectral.families import ks_of_taus
from embfilter_core.spectral.presets import choose_directions
from embfilter_core.spectral.selection import KeptDirections


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
    best: SearchedBest | None = None,
) -> Forest:
    """Measure what people would pick instead, over the resamples of the sweep of the bulk.

    Args:
        task: The task.
        coefficients: Of its corpora, (n, d) each.
        sweep: Of the bulk; the filter's own rows are its tau = 2, 4 and 8.
        k: Numbers that a baseline may take, where it reduces.
        untreated: What the baselines are made of.
        bulk_start: First kept direction of the bulk, where a backbone fixes it.
        progress: Told after every row.
        best: The best of all treatments of the same task, to be a row too, or None.

    Raises:
        InputError: The sweep is of another family or of other data, or k is out of range.
        Cancelled: `progress` returned False.
    """
    d = coefficients[0].shape[1]
    if sweep.family != "bulk" or int(sweep.ks[-1]) != d or d < PLANNED_TAU:
        raise InputError("The filter's own rows need a sweep of the bulk.", "Sweep the bulk of the same backbone.")
    kept = choose_directions("bulk", d, keep=k, bulk_start=bulk_start)
    treated, left_out = _alternatives(task, coefficients, untreated, kept)
    rows = _of_filter(sweep)  # the planned one first
    planned = rows[0]
    if best is not None:
        rows.append(searched_row(best, sweep))
    for done, (row, vectors, selection) in enumerate(treated):
        report(progress, done, len(treated) + 1, "rows")
        rows.append(completed_row(row, measure_alone(task, vectors, selection, sweep), sweep))
    report(progress, len(treated), len(treated) + 1, "rows")
    rows.append(_random(task, coefficients, sweep, k))
    report(progress, len(treated) + 1, len(treated) + 1, "rows")
    return Forest(in_order(rows), planned, left_out, float(sweep.scores.values[-1]), sweep.unit, sweep.units)


def _of_filter(sweep: QualitySweep) -> list[ForestRow]:
    """The ratios that are planned before looking, tau = 2 first."""
    ks, planned = sweep.ks.tolist(), ks_of_taus(int(sweep.ks[-1]))
    return [_of_sweep(sweep, ks.index(k), f"EmbedFilter, τ = {tau}") for tau, k in planned.items() if tau > 1]


def _of_sweep(sweep: QualitySweep, at: int, name: str) -> ForestRow:
    one = MeasuredAlone(sweep.scores.at(at), sweep.samples[at])
    return completed_row(bare_row(name, FILTER, int(sweep.ks[at])), one, sweep)


def searched_row(best: SearchedBest, sweep: QualitySweep) -> ForestRow:
    """Return the best of all treatments as a row; they were scored on the resamples of the sweep."""
    kept = best.measured.treatment
    learnt: Learnt = "reference corpus" if kept.learns else "nothing"
    row = bare_row(best.name, FILTER if kept.filters else BASELINE, kept.k, learnt, searched=True)
    return completed_row(row, MeasuredAlone(best.measured.score, best.samples), sweep)


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
        learnt: Learnt = "reference corpus" if info.needs_reference else "nothing"
        row = bare_row(f"{info.name}{reduced}", BASELINE, width, learnt)
        found.append((row, vectors, KeptDirections.unfiltered(width)))
    both = f"EmbedFilter, {len(kept)} directions, and centring"
    if untreated.centre is None:
        left_out[both] = "Its mean is that of a reference corpus, and there is none."
    else:
        centred = tuple(part - untreated.centre for part in coefficients)
        found.append((bare_row(both, FILTER, len(kept), "reference corpus"), centred, kept))
    try:
        words = tfidf_vectors(task)
        width = words[0].shape[1]
        found.append((bare_row("TF-IDF", BASELINE, width, "measured texts"), words, KeptDirections.unfiltered(width)))
    except InputError as problem:
        left_out["TF-IDF"] = str(problem)
    return found, left_out


def _random(task: Task, coefficients: Vectors, sweep: QualitySweep, k: int) -> ForestRow:
    """The median of many random subspaces, with the middle 95 % of the seeds."""
    scores = measure_random_subspaces(task, coefficients, [k], sweep.measure).scores[0]
    planned = planned_place(sweep)

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
