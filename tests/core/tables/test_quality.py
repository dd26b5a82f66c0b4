"""The tables of measured quality hold the numbers of what was measured, and nothing is rounded or left out."""

from dataclasses import astuple

import numpy as np
import pandas as pd
import pytest

from embfilter_core.quality.bands import map_bands
from embfilter_core.quality.bootstrap import Intervals
from embfilter_core.quality.comparison import compare_baselines, compare_presets
from embfilter_core.quality.random_subspaces import RandomSubspaces, measure_random_subspaces
from embfilter_core.quality.sweep import QualitySweep, sweep_quality
from embfilter_core.tables.quality import alternatives_table, bands_table, ends_of, random_subspaces_table, sweep_table
from tests.core.synthetic_tasks import D, disjoint_pairs

TASK, VECTORS = disjoint_pairs()
SHARE = "share_above_unfiltered"


@pytest.fixture(scope="module")
def sweep() -> QualitySweep:
    return sweep_quality(TASK, VECTORS)


def holds(table: pd.DataFrame, prefix: str, name: str, intervals: Intervals) -> bool:
    columns = (name, f"{prefix}low", f"{prefix}high")
    expected = (intervals.values, intervals.low, intervals.high)
    return all(np.array_equal(table[column], values) for column, values in zip(columns, expected, strict=True))


def test_the_sweep_has_a_row_a_k_with_its_difference_and_the_bytes(sweep: QualitySweep) -> None:
    table = sweep_table(sweep)
    assert list(table.columns) == ["k", "score", "low", "high", *ends_of("to_unfiltered"), "bytes_per_million"]
    assert table["k"].tolist() == list(range(1, D + 1))
    assert holds(table, "", "score", sweep.scores)
    assert holds(table, "to_unfiltered_", "to_unfiltered", sweep.to_unfiltered)
    assert table["bytes_per_million"].tolist() == [4_000_000 * k for k in range(1, D + 1)]


def test_alternatives_have_a_row_each_in_their_order_with_all_they_say(sweep: QualitySweep) -> None:
    presets = compare_presets(TASK, VECTORS, sweep, 5)
    baselines, _ = compare_baselines(TASK, VECTORS, None, sweep, 4, np.ones(D))
    found = [*presets, *baselines]
    table = alternatives_table(found)
    assert table["id"].tolist() == ["bulk", "dominant", "secondary", "edges", "random", "truncation", "average-token"]
    for row, one in zip(table.to_dict(orient="records"), found, strict=True):
        assert (row["id"], row["name"], row["kind"], row["k"]) == (one.id, one.name, one.kind, one.k)
        assert [row[column] for column in ends_of("score")] == list(astuple(one.score))
        assert [row[column] for column in ends_of("to_unfiltered")] == list(astuple(one.to_unfiltered))
        assert row["bytes_per_million"] == 4_000_000 * one.k
    assert table["k"].tolist() == [5] * 5 + [4, D]


def test_no_alternatives_are_an_empty_table_with_the_same_columns(sweep: QualitySweep) -> None:
    empty = alternatives_table([])
    assert len(empty) == 0
    assert list(empty.columns) == list(alternatives_table(compare_presets(TASK, VECTORS, sweep, 5)).columns)


@pytest.mark.parametrize("around", [None, (3, 9)])
def test_bands_say_what_they_leave_out_at_either_end(around: tuple[int, int] | None) -> None:
    found = map_bands(TASK, VECTORS, around=around)
    table = bands_table(found, D)
    assert list(table.columns) == [
        *("start", "stop", "dropped_large", "dropped_small", "k", "score", "low", "high"),
        *("to_unfiltered", "to_unfiltered_low", "to_unfiltered_high", "bytes_per_million"),
    ]
    assert table[["start", "stop"]].to_numpy().tolist() == found.bands.tolist()
    assert (table["dropped_large"] + table["k"] + table["dropped_small"] == D).all()
    assert (table["dropped_large"] == table["start"]).all()
    assert (table["bytes_per_million"] == 4_000_000 * (table["stop"] - table["start"])).all()
    assert holds(table, "", "score", found.scores)
    assert holds(table, "to_unfiltered_", "to_unfiltered", found.to_unfiltered)


def test_random_subspaces_are_summed_up_over_their_seeds() -> None:
    scores = np.array([np.arange(101.0), np.full(101, 7.0)])
    table = random_subspaces_table(RandomSubspaces(np.array([3, 6]), scores), unfiltered=90)
    first, second = table.to_dict(orient="records")
    spread = {"k": 3, "median": 50, "low": 2.5, "high": 97.5, "seeds": 101, SHARE: 10 / 101}
    assert first == pytest.approx(spread)
    assert second == pytest.approx({**dict.fromkeys(("median", "low", "high"), 7), "k": 6, "seeds": 101, SHARE: 0})


def test_a_subspace_as_good_as_unfiltered_is_not_above_it(sweep: QualitySweep) -> None:
    subspaces = measure_random_subspaces(TASK, VECTORS, [4, D], "spearman", seeds=5)
    table = random_subspaces_table(subspaces, float(sweep.scores.values[-1]))
    assert table[SHARE].iloc[-1] == 0
    assert table["k"].tolist() == [4, D]
