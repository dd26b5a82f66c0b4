"""The tables of measured treatments: the page, its downloads and the command line all print these."""

from __future__ import annotations

import numpy as np
import pandas as pd

from embfilter_core.quality.bootstrap import percentile_interval
from embfilter_core.quality.decisions.controls import RandomControls
from embfilter_core.quality.decisions.gain_steps import split_treatment
from embfilter_core.quality.decisions.goals import Answer, chosen_treatment
from embfilter_core.quality.decisions.measured import SEARCHED, MeasuredTreatments
from embfilter_core.quality.decisions.pareto import pareto_front
from embfilter_core.spectral.families import ks_of_taus
from embfilter_core.tables.quality import ends_of, estimate_cells

STEPS = ("by_line", "by_centring", "by_scaling", "by_precision")
NUMBERS = ["bytes", *ends_of("score"), *ends_of("to_unfiltered")]


def treatments_table(measured: MeasuredTreatments) -> pd.DataFrame:
    """Return one row a treatment, as measured; scores and differences in points.

    Columns: `line`, `k`, `precision`, `bytes` (a vector), `score` with `low` and `high`, `to_unfiltered` (difference
    to unfiltered float32) with `to_unfiltered_low` and `to_unfiltered_high`, `on_front` (none that takes as few bytes
    scores as much), `learns` (from a reference corpus), and of the difference what is due to each step: `by_line` (the
    filter, or what stands in its place), `by_centring`, `by_scaling` and `by_precision`.
    """
    front = set(pareto_front(measured.bytes, measured.scores.values).tolist())
    rows: list[dict[str, object]] = []
    for i, one in enumerate(measured.treatments):
        named = {"line": one.line, "k": one.k, "precision": one.precision}
        steps = dict(zip(STEPS, (step.gain.value for step in split_treatment(measured, i).steps), strict=True))
        rows.append({**named, **_numbers(measured, i), "on_front": i in front, "learns": one.learns, **steps})
    return pd.DataFrame(rows, columns=["line", "k", "precision", *NUMBERS, "on_front", "learns", *STEPS])


def controls_table(controls: RandomControls | None) -> pd.DataFrame:
    """Return one row a number of random directions and precision, over all seeds; scores in points.

    Columns: `k`, `precision`, `bytes`, `median`, `low` and `high` (95 % of the seeds lie between), `seeds`.
    """
    columns = ["k", "precision", "bytes", "median", "low", "high", "seeds"]
    if controls is None:
        return pd.DataFrame(columns=columns)
    low, high = percentile_interval(controls.scores)
    values = (controls.ks, controls.precisions, controls.bytes, np.median(controls.scores, axis=1), low, high)
    return pd.DataFrame(dict(zip(columns, (*values, controls.scores.shape[1]), strict=True)))


def decision_summary(measured: MeasuredTreatments, answer: Answer | None = None) -> pd.DataFrame:
    """Return the treatments that people compare, by bytes, the largest first; in points.

    These are unfiltered in every precision, the planned ratios of the bulk in float32, the best of all, and what an
    answer says to keep. Columns: `what`, `bytes`, `score` and `to_unfiltered` as in `treatments_table`.
    """
    what: dict[int, list[str]] = {}
    for i, one in enumerate(measured.treatments):
        if one.line == "unfiltered":
            what[i] = []
    for tau, k in ks_of_taus(measured.d).items():
        if tau > 1:
            what[measured.find("bulk", k, "float32")] = [f"τ = {tau}"]
    best = measured.best
    what.setdefault(measured.treatments.index(best.measured.treatment), []).append(best.called)
    chosen = None if answer is None else chosen_treatment(answer)
    if chosen is not None:
        at = measured.treatments.index(chosen)
        planned = any(said.startswith("τ") for said in what.get(at, []))
        what.setdefault(at, []).append("the answer" if planned else f"the answer, {SEARCHED}")
    order = sorted(what, key=lambda i: (-measured.bytes[i], -measured.scores.values[i]))
    rows = [{"what": _named(measured, i, what[i]), **_numbers(measured, i)} for i in order]
    return pd.DataFrame(rows, columns=["what", *NUMBERS])


def _named(measured: MeasuredTreatments, position: int, marks: list[str]) -> str:
    name = measured.treatments[position].description
    return f"{name} ({'; '.join(marks)})" if marks else name


def _numbers(measured: MeasuredTreatments, position: int) -> dict[str, object]:
    found = measured.at(position)
    return {
        "bytes": found.bytes,
        **estimate_cells("score", found.score),
        **estimate_cells("to_unfiltered", found.to_unfiltered),
    }
