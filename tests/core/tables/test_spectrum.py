"""Tables of the directions: steps add up to the curves, ends to their sums, and tokens stand at their own ends."""

import numpy as np
import pytest

from embfilter_core import Backbone
from embfilter_core.lens.token_counts import count_tokens
from embfilter_core.lens.token_rates import token_rates
from embfilter_core.number_format import format_rate
from embfilter_core.spectral.direction_grid import grid_edges
from embfilter_core.spectral.geometry import edge_shares
from embfilter_core.tables.spectrum import (
    EVENLY,
    direction_ends_table,
    directions_table,
    end_shares_table,
    steps_table,
)

CURVES = {"one": np.random.default_rng(0).random(64), "other": np.random.default_rng(1).random(64)}


@pytest.mark.parametrize(
    "kept",
    [None, np.arange(16, 48), np.arange(0, 64, 3), np.array([63]), np.arange(19, 23)],
    ids=["none", "band", "scattered", "one", "inside a block"],
)
def test_the_steps_of_a_curve_hold_every_direction_once(kept: np.ndarray | None) -> None:
    edges = grid_edges(64)
    table = steps_table(CURVES, edges, kept)
    for name, steps in table.groupby("of"):
        assert steps["directions"].sum() == 64
        assert steps["sum"].sum() == pytest.approx(CURVES[name].sum())
        assert np.allclose(steps["mean"] * steps["directions"], steps["sum"])
        ends = steps["start"] + steps["width"]
        assert np.allclose(ends[:-1], steps["start"][1:])  # one beside the other, without a gap
        assert ends.iloc[-1] == pytest.approx(len(edges) - 1)
        for step in steps.itertuples():
            assert step.first <= step.largest <= step.last
        expected = 64 if kept is None else len(kept)
        assert steps.loc[steps["kept"], "directions"].sum() == expected


def test_the_largest_direction_of_a_step_is_the_one_with_the_largest_value() -> None:
    values = np.zeros(64)
    values[[3, 30]] = 1.0
    table = steps_table({"curve": values}, grid_edges(64))
    assert {3, 30} <= set(table["largest"])


def test_every_direction_has_a_row() -> None:
    scores, energy = np.arange(64.0), np.full(64, 1 / 64)
    table = directions_table(np.arange(64.0)[::-1], scores, {"this text": energy})
    assert list(table) == ["direction", "singular_value", "delta_pi", "energy of this text"]
    assert table["direction"].tolist() == list(range(64))
    assert np.array_equal(table["delta_pi"], scores)


def test_the_ends_hold_their_shares_and_an_even_spread_stands_beside() -> None:
    scores, shares = CURVES["one"], CURVES["other"] / CURVES["other"].sum()
    table = end_shares_table(scores, {"the corpus": shares}).set_index("of")
    assert list(table.index) == ["Δπ", "energy of the corpus", EVENLY]
    for name, curve in (("Δπ", scores / scores.sum()), ("energy of the corpus", shares), (EVENLY, np.full(64, 1 / 64))):
        ends, row = edge_shares(curve), table.loc[name]
        assert (row["first"], row["last"], row["very_last"]) == (ends.first, ends.last, ends.very_last)
        assert row[["first", "between", "last"]].sum() == pytest.approx(1)


def test_the_tokens_at_the_ends_stand_with_their_rates(llama: Backbone) -> None:
    rates = token_rates(count_tokens(llama, ["the cat sat on the word"], "a text"))
    table = direction_ends_table(llama.direction_tokens, 5, llama.token_texts, rates, 4)
    for end, ids in zip(("positive", "negative"), llama.direction_tokens.ends(5), strict=True):
        assert table[end].tolist() == llama.token_texts.readable_all(ids[:4])
        assert table[f"{end}_rate"].tolist() == [format_rate(rates.per_million[i], rates.seen[i]) for i in ids[:4]]
