"""Tables of treatments hold their numbers, and a searched number carries that word in its own row."""

import numpy as np
import pytest

from embfilter_core.quality.decisions.goals import chosen_treatment, decide
from embfilter_core.quality.decisions.measure_treatments import measure_treatments
from embfilter_core.quality.decisions.measured import MeasuredTreatments
from embfilter_core.quality.decisions.pareto import pareto_front
from embfilter_core.quality.precisions import PRECISIONS
from embfilter_core.spectral.spectrum import Spectrum
from embfilter_core.tables.treatments import controls_table, decision_summary, treatments_table
from tests.core.synthetic_tasks import D, disjoint_pairs


@pytest.fixture(scope="module")
def measured() -> MeasuredTreatments:
    return measure_treatments(*disjoint_pairs(60), Spectrum(np.linspace(9, 1, D), np.eye(D)))


def test_every_treatment_is_a_row_with_its_numbers(measured: MeasuredTreatments) -> None:
    table = treatments_table(measured)
    for i, row in enumerate(table.itertuples()):
        one, found = measured.treatments[i], measured.at(i)
        assert (row.line, row.k, row.precision, row.bytes) == (one.line, one.k, one.precision, one.bytes)
        assert (row.score, row.low, row.high) == (found.score.value, found.score.low, found.score.high)
        assert row.to_unfiltered_low == found.to_unfiltered.low
    steps = table[["by_line", "by_centring", "by_scaling", "by_precision"]].sum(axis=1)
    assert steps.to_numpy() == pytest.approx(table["to_unfiltered"].to_numpy())
    front = pareto_front(measured.bytes, measured.scores.values)
    assert np.flatnonzero(table["on_front"]).tolist() == sorted(front)


@pytest.mark.parametrize("goal", ["shrink", "improve", "budget"])
def test_the_summary_has_unfiltered_the_ratios_the_best_and_the_answer(measured: MeasuredTreatments, goal: str) -> None:
    answer = decide(measured, goal, margin=5, bytes_a_vector=8)
    table = decision_summary(measured, answer)
    rows = table["what"].tolist()
    assert sum(f"all {D} numbers, unfiltered" in row for row in rows) == len(PRECISIONS)
    assert [sum(f"τ = {tau}" in row for row in rows) for tau in (2, 4, 8)] == [1, 1, 1]
    best = table[table["what"].str.contains("treatments, searched")]
    assert best["score"].tolist() == [measured.scores.values.max()]
    assert measured.best.called in best["what"].item()
    chosen = chosen_treatment(answer)
    answered = [row for row in rows if "the answer" in row]
    assert len(answered) == (chosen is not None)
    if chosen is not None:
        assert answered[0].startswith(chosen.description)
        assert "the answer, searched" in answered[0] or "τ = " in answered[0]
    assert table["bytes"].tolist() == sorted(table["bytes"], reverse=True)


def test_controls_are_told_by_their_median_and_range_of_seeds(measured: MeasuredTreatments) -> None:
    table, controls = controls_table(measured.controls), measured.controls
    assert table["median"].to_numpy() == pytest.approx(np.median(controls.scores, axis=1))
    assert (table["low"] <= table["median"]).all()
    assert set(table["seeds"]) == {20}
    assert len(controls_table(None)) == 0
