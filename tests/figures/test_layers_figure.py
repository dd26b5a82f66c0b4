"""The map of the layers shows the numbers of its table, escaped, on axes and colours that stay."""

import json
from math import log, log10

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from embfilter_core.figures.layer_lines import (
    ENERGY,
    energy_lines,
    frequency_lines,
    trajectory_lines,
)
from embfilter_core.figures.layer_metrics import FREQUENCIES, METRICS
from embfilter_core.figures.layers import LONGEST_IN_CELL, MOST_TEXT_COLUMNS, MOST_TICKS, layer_map
from embfilter_core.figures.palette import LIGHT, QUANTITIES

VOCABULARY = 49_152


def cells(layers: list[int], positions: list[int], seed: int = 0) -> pd.DataFrame:
    """A table as `layers_table` gives it; the last position is pooled, and one token is a tag."""
    rng = np.random.default_rng(seed)
    n = len(layers) * len(positions)
    return pd.DataFrame(
        {
            "layer": np.repeat(layers, len(positions)),
            "position": np.tile(positions, len(layers)),
            "pooled": np.tile([position == positions[-1] for position in positions], len(layers)),
            "token": [f"␣word{i}" for i in range(len(positions))] * len(layers),
            "top_token": ["<b>", *(f"␣extraordinary{i}" for i in range(n - 1))],
            "final_token": ["<i>"] * n,
            "probability": rng.random(n),
            "final_rank": rng.integers(1, VOCABULARY, n),
            "final_log_probability": -30 * rng.random(n),
            "entropy": 10 * rng.random(n),
            "kl": 40 * rng.random(n),
        }
    )


SMALL = cells([0, 2, 4, 5], [0, 1, 2])


def heat(figure: go.Figure) -> go.Heatmap:
    return figure.data[0]


def squares(figure: go.Figure) -> go.Scatter:
    return figure.data[1]


@pytest.mark.parametrize("metric", METRICS)
def test_a_cell_has_the_colour_of_its_metric(metric: str) -> None:
    trace = heat(layer_map(SMALL, metric, VOCABULARY))
    expected = SMALL[METRICS[metric].column].to_numpy(dtype=float).reshape(4, 3)
    assert np.allclose(trace.z, np.log10(expected) if metric == "rank" else expected)
    assert METRICS[metric].label == trace.colorbar.title.text


@pytest.mark.parametrize("metric", METRICS)
def test_the_colours_do_not_depend_on_the_text(metric: str) -> None:
    one, other = (heat(layer_map(cells([0, 1], [0, 1], seed), metric, VOCABULARY)) for seed in (1, 2))
    assert (one.zmin, one.zmax) == (other.zmin, other.zmax)
    assert one.zmin < one.zmax


def test_bright_is_always_nearer_to_the_end() -> None:
    assert {name for name in METRICS if heat(layer_map(SMALL, name, VOCABULARY)).reversescale} == {
        "rank",
        "entropy",
        "kl",
    }
    assert heat(layer_map(SMALL, "entropy", VOCABULARY)).zmax == pytest.approx(log(VOCABULARY))
    bar = heat(layer_map(SMALL, "rank", VOCABULARY)).colorbar
    assert list(bar.ticktext) == ["1", "10", "100", "1,000", "10,000"]
    assert list(bar.tickvals) == [0, 1, 2, 3, 4]


def test_the_deepest_layer_is_on_top_and_every_axis_is_fixed() -> None:
    layout = layer_map(SMALL, "rank", VOCABULARY).layout
    assert layout.yaxis.range == (-0.5, 3.5)
    assert list(layout.yaxis.ticktext) == ["0", "2", "4", "5"]
    assert list(layout.yaxis.tickvals) == [0, 1, 2, 3]
    assert layout.xaxis.range == (-0.5, 2.5)
    assert layout.xaxis.fixedrange
    assert layout.yaxis.fixedrange
    assert layout.dragmode is False


def test_the_last_layer_is_always_named() -> None:
    layout = layer_map(cells(list(range(31)), [0, 1]), "rank", VOCABULARY).layout
    assert layout.yaxis.ticktext[-1] == "30"
    assert len(layout.yaxis.ticktext) <= 16


def test_a_square_on_every_cell_says_which_layer_and_position_it_is() -> None:
    trace = squares(layer_map(SMALL, "kl", VOCABULARY))
    assert [row[:2] for row in trace.customdata] == SMALL[["layer", "position"]].values.tolist()
    assert (trace.marker.symbol, trace.marker.opacity) == ("square", 0)
    assert (trace.selected.marker.opacity, trace.unselected.marker.opacity) == (0, 0)
    row = 5
    assert (trace.x[row], trace.y[row]) == (2, 1)
    assert trace.customdata[row][:2] == [2, 2]
    numbers = SMALL.loc[row, ["probability", "final_rank", "final_log_probability", "entropy", "kl"]]
    assert np.allclose(trace.customdata[row][2:], numbers.to_numpy(dtype=float), rtol=1e-3)
    assert heat(layer_map(SMALL, "kl", VOCABULARY)).hoverinfo == "skip"  # or it would hide the squares


@pytest.mark.parametrize(("columns", "size"), [(1, 18), (13, 18), (24, 10), (40, 6), (129, 6)])
def test_squares_are_no_wider_than_their_cells_and_the_nearest_counts(columns: int, size: int) -> None:
    figure = layer_map(cells([0, 1], list(range(columns))), "rank", VOCABULARY)
    assert squares(figure).marker.size == size
    assert figure.layout.hoverdistance == -1
    assert figure.layout.hovermode == "closest"


def test_custom_data_are_sent_as_lists_that_a_selection_can_read() -> None:
    sent = json.loads(layer_map(SMALL, "kl", VOCABULARY).to_json())["data"][1]["customdata"]
    assert isinstance(sent, list)
    assert sent[4][:2] == [2, 1]


def test_tokens_are_cut_escaped_and_shown_whole_on_hover() -> None:
    figure = layer_map(SMALL, "rank", VOCABULARY)
    written = np.array(heat(figure).text)
    assert written.shape == (4, 3)
    assert written[0, 0] == "&lt;b&gt;"
    assert written[0, 1] == "␣extrao…"
    assert all(len(text) <= LONGEST_IN_CELL for text in written.ravel()[1:])
    assert squares(figure).hovertext[1].startswith("<b>␣extraordinary0</b>")
    assert "final token &lt;i&gt;" in squares(figure).hovertext[0]
    assert "<script" not in layer_map(SMALL.assign(token="<script>"), "rank", VOCABULARY).to_json()


@pytest.mark.parametrize("columns", [MOST_TEXT_COLUMNS, MOST_TEXT_COLUMNS + 1, 128])
def test_tokens_are_left_out_of_cells_too_narrow_for_them(columns: int) -> None:
    figure = layer_map(cells([0, 1], list(range(columns))), "rank", VOCABULARY)
    assert (heat(figure).text is not None) == (columns <= MOST_TEXT_COLUMNS)
    assert len(squares(figure).hovertext) == 2 * columns
    assert len(figure.layout.xaxis.ticktext) <= MOST_TICKS
    assert figure.layout.xaxis.ticktext[-1] == f"<b>▸ ␣word{columns - 1}</b>"


def test_the_pooled_column_is_framed_and_named_and_so_is_a_selected_cell() -> None:
    figure = layer_map(SMALL, "rank", VOCABULARY)
    assert {(shape.x0, shape.x1, shape.y0, shape.y1) for shape in figure.layout.shapes} == {(1.5, 2.5, -0.5, 3.5)}
    assert list(figure.layout.xaxis.ticktext) == ["␣word0", "␣word1", "<b>▸ ␣word2</b>"]
    selected = layer_map(SMALL, "rank", VOCABULARY, selected=(4, 1)).layout.shapes[-1]
    assert (selected.x0, selected.x1, selected.y0, selected.y1) == (0.5, 1.5, 1.5, 2.5)
    assert selected.line.color == LIGHT
    gone = layer_map(SMALL, "rank", VOCABULARY, selected=(3, 1))  # a cell of another text
    assert len(gone.layout.shapes) == len(figure.layout.shapes)


def test_positions_that_are_left_out_are_counted_where_they_are_missing() -> None:
    figure = layer_map(cells([0, 1], [0, 1, 1040, 1041, -1]), "rank", VOCABULARY)
    (note,) = figure.layout.annotations
    assert note.text == "1,038 positions left out"
    assert note.x == 1.5
    assert 1.5 in {shape.x0 for shape in figure.layout.shapes}
    assert figure.layout.xaxis.ticktext[-1] == "<b>▸ mean</b>"
    assert not layer_map(cells([0, 1], [0, 1, 2, -1]), "rank", VOCABULARY).layout.annotations


@pytest.mark.parametrize("metric", METRICS)
def test_the_map_survives_json(metric: str) -> None:
    text = layer_map(SMALL, metric, VOCABULARY).to_json()
    assert [trace["type"] for trace in json.loads(text)["data"]] == ["heatmap", "scatter"]
    assert "NaN" not in text
    assert "Infinity" not in text


FOLLOWED = pd.DataFrame(
    {
        "layer": np.repeat([0, 15, 30], 2),
        "token": ["␣fire", "<b>"] * 3,
        "token_id": [42, 7] * 3,
        "logit": [1.0, 2, 3, 4, 5, 6],
        "probability": [0.1, 0.2, 0.3, 0.4, 0.5, 0.25],
        "rank": [40_000, 3, 200, 2, 1, 5],
    }
)


@pytest.mark.parametrize("quantity", ["rank", "probability", "logit"])
def test_every_followed_token_has_a_line_of_its_own(quantity: str) -> None:
    figure = trajectory_lines(FOLLOWED, quantity, VOCABULARY)
    assert [trace.name for trace in figure.data] == ["␣fire", "&lt;b&gt;"]
    for trace, token_id in zip(figure.data, (42, 7), strict=True):
        mine = FOLLOWED[FOLLOWED["token_id"] == token_id]
        assert list(trace.x) == [0, 15, 30]
        assert list(trace.y) == mine[quantity].tolist()
        assert f"(id {token_id})" in trace.hovertext[0]
    assert len({(trace.line.color, trace.line.dash) for trace in figure.data}) == 2
    assert "<b><b>" not in figure.to_json()


def test_four_tokens_are_told_apart_by_colour_and_by_dash() -> None:
    four = pd.concat([FOLLOWED.assign(token_id=FOLLOWED["token_id"] + shift) for shift in (0, 100)])
    lines = [trace.line for trace in trajectory_lines(four, "rank", VOCABULARY).data]
    assert len({line.color for line in lines}) == len({line.dash for line in lines}) == len(QUANTITIES) == 4


def test_rank_one_is_on_top_of_an_axis_that_holds_the_whole_vocabulary() -> None:
    axis = trajectory_lines(FOLLOWED, "rank", VOCABULARY).layout.yaxis
    assert axis.type == "log"
    lowest, highest = axis.range
    assert lowest > log10(VOCABULARY) > 0 > highest
    assert trajectory_lines(FOLLOWED, "probability", VOCABULARY).layout.yaxis.range == (-0.02, 1.02)


DEPTH = pd.DataFrame(
    {
        "layer": np.repeat([0, 15, 30], 2),
        "of": ["pooled", "positions"] * 3,
        "first": [0.4, 0.3, 0.2, 0.2, 0.2, 0.1],
        "last": [0.1, 0.1, 0.3, 0.3, 0.6, 0.5],
        "very_last": [0.0, 0.0, 0.0, 0.1, 0.26, 0.2],
        "frequent_share": [0.0, 0.1, 0.6, 0.5, 0.5, 0.4],
        "mean_zipf": [np.nan, 3.0, 6.0, 5.0, 4.9, 4.0],
    }
)


def test_energy_has_a_solid_line_for_the_pooled_state_and_a_dotted_one_for_all_positions() -> None:
    figure = energy_lines(DEPTH)
    assert len(figure.data) == 6
    for trace, (column, of) in zip(
        figure.data, [(c, of) for c in ("first", "last", "very_last") for of in ("pooled", "positions")], strict=True
    ):
        assert list(trace.y) == DEPTH.loc[DEPTH["of"] == of, column].tolist()
        assert trace.line.dash == ("solid" if of == "pooled" else "dot")
    assert len({trace.line.color for trace in figure.data}) == 3
    assert [trace.name for trace in figure.data if trace.showlegend] == list(ENERGY.values())
    assert figure.layout.yaxis.range == (-0.02, 1.02)


@pytest.mark.parametrize("quantity", FREQUENCIES)
def test_frequency_has_a_line_for_the_pooled_state_and_one_for_all_positions(quantity: str) -> None:
    figure = frequency_lines(DEPTH, quantity)
    assert [trace.name for trace in figure.data] == ["where the embedding is read", "over all shown positions"]
    for trace, of in zip(figure.data, ("pooled", "positions"), strict=True):
        assert np.array_equal(trace.y, DEPTH.loc[DEPTH["of"] == of, FREQUENCIES[quantity].column], equal_nan=True)
    low, high = figure.layout.yaxis.range
    assert low < FREQUENCIES[quantity].limits[0] < FREQUENCIES[quantity].limits[1] < high
    assert "NaN" not in figure.to_json()


def test_shares_are_percentages_on_the_axis_and_on_hover() -> None:
    for figure in (energy_lines(DEPTH), frequency_lines(DEPTH, "frequent-share")):
        assert list(figure.layout.yaxis.ticktext) == ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]
        assert all(text.endswith(" %") for trace in figure.data for text in trace.hovertext)
    assert frequency_lines(DEPTH, "mean-zipf").data[0].hovertext[2].endswith(": 4.90")
    assert heat(layer_map(SMALL, "probability", VOCABULARY)).colorbar.ticktext[-1] == "100 %"


@pytest.mark.parametrize(
    "figure", [trajectory_lines(FOLLOWED, "rank", VOCABULARY), energy_lines(DEPTH), frequency_lines(DEPTH, "mean-zipf")]
)
def test_lines_cover_all_layers_and_cannot_be_zoomed_by_accident(figure: go.Figure) -> None:
    low, high = figure.layout.xaxis.range
    assert low < 0 < 30 < high
    assert figure.layout.xaxis.fixedrange
    assert figure.layout.yaxis.fixedrange
    assert figure.layout.showlegend
