"""The summary of a measurement: the rows that people compare, with the sweep's numbers."""

from dataclasses import astuple

import pandas as pd
import pytest

from embfilter_core.quality.bootstrap import Estimate
from embfilter_core.quality.comparison import Alternative
from embfilter_core.quality.sweep import QualitySweep, sweep_quality
from embfilter_core.tables.quality_summary import COLUMNS, quality_summary
from tests.core.synthetic_tasks import D, disjoint_pairs


@pytest.fixture(scope="module")
def sweep() -> QualitySweep:
    return sweep_quality(*disjoint_pairs())


def named(table: pd.DataFrame) -> dict[int, str]:
    return dict(zip(table["k"], table["what"], strict=True))


def test_every_row_holds_the_numbers_of_the_sweep_at_its_k(sweep: QualitySweep) -> None:
    table = quality_summary(sweep, [], kept=5)
    assert list(table.columns) == COLUMNS
    for row in table.itertuples():
        at = row.k - 1
        for intervals, shown in (
            (sweep.scores, (row.score, row.low, row.high)),
            (sweep.to_unfiltered, (row.to_unfiltered, row.to_unfiltered_low, row.to_unfiltered_high)),
        ):
            assert shown == (intervals.values[at], intervals.low[at], intervals.high[at])


def test_the_ratios_of_the_paper_and_the_kept_number_are_there_once_each(sweep: QualitySweep) -> None:
    for kept in range(1, D + 1):
        rows = quality_summary(sweep, [], kept)["k"].tolist()
        assert rows == sorted({D, D // 2, D // 4, D // 8, kept}, reverse=True)


def test_a_row_says_what_it_is(sweep: QualitySweep) -> None:
    kept = next(k for k in range(1, D) if k not in {D, D // 2, D // 4, D // 8})
    rows = named(quality_summary(sweep, [], kept))
    assert rows[D] == "unfiltered, all directions"
    assert rows[D // 2] == "bulk, τ = 2"
    assert rows[kept] == "bulk, as kept now"


def test_what_is_compared_comes_last_with_its_own_numbers_and_its_kind(sweep: QualitySweep) -> None:
    alternatives = [
        Alternative("edges", "Edges", "preset", 6, Estimate(1.0, 0.5, 1.5), Estimate(-2.0, -3.0, -1.0)),
        Alternative("centring", "Centring", "baseline", D, Estimate(4.0, 3.5, 4.5), Estimate(1.0, 0.0, 2.0)),
    ]
    rows = quality_summary(sweep, alternatives, kept=6).tail(2)
    assert rows["what"].tolist() == ["preset: Edges", "baseline: Centring"]
    for row, one in zip(rows.itertuples(index=False), alternatives, strict=True):
        assert tuple(row)[1:] == (one.k, *astuple(one.score), *astuple(one.to_unfiltered))


def test_a_kept_number_that_was_not_measured_has_no_row() -> None:
    task, (vectors,) = disjoint_pairs(d=700)
    sweep = sweep_quality(task, (vectors,), "pearson")
    missing = next(k for k in range(1, 700) if k not in sweep.ks)
    assert missing not in quality_summary(sweep, [], missing)["k"].tolist()
