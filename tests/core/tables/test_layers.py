"""The tables of the layers hold what the readings hold, one row a cell, a token or a layer."""

import numpy as np
import pandas as pd
import pytest

from embfilter_core import Backbone
from embfilter_core.errors import InputError
from embfilter_core.lens.layers.reading import LayerReading, read_layers
from embfilter_core.lens.layers.states import LayerStates, layer_states
from embfilter_core.lens.layers.summaries import depth_trend, layer_energy, layer_frequency
from embfilter_core.lens.layers.trajectories import trajectories
from embfilter_core.lens.token_counts import count_tokens
from embfilter_core.lens.token_rates import TokenRates, token_rates
from embfilter_core.quality.by_layer import LayerQuality
from embfilter_core.tables.files import to_csv
from embfilter_core.tables.layers import (
    TRENDS,
    cell_table,
    depth_table,
    layers_table,
    quality_table,
    trajectory_table,
    trend_table,
)
from embfilter_core.vocabulary.token_frequency import token_zipf

TEXT = "the cat <script> sat"


@pytest.fixture(params=["prompteol", "plain-mean"])
def states(llama: Backbone, request: pytest.FixtureRequest) -> LayerStates:
    return layer_states(llama, TEXT, request.param, most_positions=8)


@pytest.fixture
def rates(llama: Backbone) -> TokenRates:
    return token_rates(count_tokens(llama, ["the cat sat on the mat"], "here"))


@pytest.fixture
def reading(llama: Backbone, states: LayerStates) -> LayerReading:
    return read_layers(llama, states)


def test_the_table_of_cells_has_every_number_of_every_cell(llama: Backbone, reading: LayerReading) -> None:
    table = layers_table(reading, llama.token_texts)
    grid = reading.grid
    assert len(table) == len(grid.layers) * len(grid.positions)
    assert table[["layer", "position"]].values.tolist() == [[la, p] for la in grid.layers for p in grid.positions]
    for row in table.itertuples():
        i, j = grid.cell(row.layer, row.position)
        assert row.top_token_id == reading.token_ids[i, j, 0]
        assert row.top_token == llama.token_texts.readable(row.top_token_id)
        assert row.logit == reading.logits[i, j, 0]
        assert row.probability == reading.probabilities[i, j, 0]
        assert row.final_token == llama.token_texts.readable(reading.final_tokens[j])
        assert row.final_rank == reading.final_ranks[i, j]
        assert row.final_log_probability == reading.final_log_probabilities[i, j]
        assert row.settled == reading.settled[j]
        assert (row.entropy, row.kl) == (reading.entropy[i, j], reading.kl[i, j])
        assert row.pooled == (j == grid.pooled_column)


def test_a_cell_names_the_token_that_stands_there_or_what_is_averaged(llama: Backbone, reading: LayerReading) -> None:
    table = layers_table(reading, llama.token_texts)
    grid = reading.grid
    names = table[table["layer"] == 1]["token"].tolist()
    assert names[grid.places] == llama.token_texts.readable_all(grid.token_ids[grid.places])
    if grid.positions[-1] == -1:
        assert names[-1] == f"mean of positions {grid.pooled[0]} to {grid.pooled[1] - 1}"


def test_the_table_of_a_cell_lists_its_tokens_best_first(
    llama: Backbone, reading: LayerReading, rates: TokenRates
) -> None:
    for layer, position in ((0, 1), (2, int(reading.grid.positions[-1]))):
        table = cell_table(reading, llama.token_texts, rates, layer, position)
        row, column = reading.grid.cell(layer, position)
        assert table["rank"].tolist() == list(range(1, 21))
        assert table["token_id"].tolist() == reading.token_ids[row, column].tolist()
        assert table["token"].tolist() == llama.token_texts.readable_all(table["token_id"])
        assert table["probability"].is_monotonic_decreasing
        assert table["probability"].sum() <= 1 + 1e-5
        assert np.allclose(table["logit"], reading.logits[row, column])
        assert table.loc[table["is_final"], "token_id"].isin([reading.final_tokens[column]]).all()
        expected = [token_zipf(llama.token_texts.text(i)) for i in table["token_id"]]
        assert np.array_equal(table["zipf"], expected, equal_nan=True)
        assert table["per_million"].tolist() == rates.per_million[table["token_id"]].tolist()
        assert table["estimated"].tolist() == (~rates.seen[table["token_id"]]).tolist()
        assert table["frequent"].tolist() == rates.frequent[table["token_id"]].tolist()
    assert table["is_final"].tolist() == [True] + 19 * [False]  # at the last layer the final token is on top


def test_a_cell_that_is_not_shown_has_no_table(llama: Backbone, reading: LayerReading, rates: TokenRates) -> None:
    with pytest.raises(InputError, match="Layer 3, position 0 is not shown"):
        cell_table(reading, llama.token_texts, rates, 3, 0)


def test_the_table_of_trajectories_has_a_row_for_every_layer_and_token(llama: Backbone, states: LayerStates) -> None:
    followed = trajectories(llama, states, [9, 4])
    table = trajectory_table(followed, llama.token_texts)
    assert table[["layer", "token_id"]].values.tolist() == [[layer, token] for layer in (0, 1, 2) for token in (9, 4)]
    for (layer, token), rows in table.groupby(["layer", "token_id"]):
        (row,) = rows.itertuples()
        column = [9, 4].index(token)
        assert row.token == llama.token_texts.readable(token)
        assert (row.logit, row.rank) == (followed.logits[layer, column], followed.ranks[layer, column])
        assert row.probability == followed.probabilities[layer, column]


def test_the_table_of_depth_has_two_rows_a_layer(
    llama: Backbone, states: LayerStates, reading: LayerReading, rates: TokenRates
) -> None:
    energy, frequency = layer_energy(llama.spectrum, states), layer_frequency(reading, llama.token_texts, rates)
    table = depth_table(energy, frequency)
    assert table[["layer", "of"]].values.tolist() == [[i, of] for i in (0, 1, 2) for of in ("pooled", "positions")]
    for row in table.itertuples():
        edges, tokens = getattr(energy, row.of)[row.layer], getattr(frequency, row.of)[row.layer]
        assert (row.first, row.last, row.very_last) == (edges.first, edges.last, edges.very_last)
        found = [row.frequent_share, row.mean_zipf, row.mean_known_zipf, row.known_share]
        expected = [tokens.frequent_share, tokens.zipf.mean, tokens.zipf.mean_known, tokens.zipf.known_share]
        assert found == pytest.approx(expected, nan_ok=True)


def test_the_table_of_trends_has_a_row_for_every_quantity_and_place() -> None:
    numbers = np.arange(12.0)
    depth = pd.DataFrame(
        {
            "layer": np.repeat(np.arange(6), 2),
            "of": ["pooled", "positions"] * 6,
            "frequent_share": numbers,
            "mean_zipf": -numbers,
            "known_share": numbers / 12,
            "last": np.tile([0.5, 0.25], 6),
        }
    )
    table = trend_table(depth)
    assert table[["quantity", "of"]].values.tolist() == [
        [name, of] for name in TRENDS for of in ("pooled", "positions")
    ]
    neither = "neither grows nor shrinks steadily"
    assert table["trend"].tolist() == [*["grows"] * 2, *["shrinks"] * 2, *["grows"] * 2, neither, neither]
    for row in table.itertuples():
        own = depth[depth["of"] == row.of]
        trend = depth_trend(own["layer"], own[row.quantity])
        assert (row.first_third, row.last_third, row.correlation) == (trend.first, trend.last, trend.correlation)


def test_the_tables_can_be_written_out(llama: Backbone, reading: LayerReading) -> None:
    written = to_csv(layers_table(reading, llama.token_texts)).decode("utf-8-sig")
    assert len(written.splitlines()) == 1 + reading.final_ranks.size


def test_the_table_of_quality_has_one_row_a_layer_and_a_ratio() -> None:
    scores = np.arange(6.0).reshape(2, 3)
    layers, ratios = np.array([0, 5]), np.array([1, 2, 8])
    table = quality_table(LayerQuality("spearman", layers, ratios, scores, scores - 1, scores + 2, "pairs", 60))
    assert table[["layer", "ratio"]].to_numpy().tolist() == [[0, 1], [0, 2], [0, 8], [5, 1], [5, 2], [5, 8]]
    assert table["score"].tolist() == [0, 1, 2, 3, 4, 5]
    assert (table["low"] == table["score"] - 1).all()
    assert (table["high"] == table["score"] + 2).all()
