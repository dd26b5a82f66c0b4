"""The curves over the directions show the numbers of their tables, on the widened axis of the instrument."""

import json

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from embfilter_core.figures.palette import KEPT, LEFT_OUT
from embfilter_core.figures.spectrum import ENERGY_LINES, direction_curves
from embfilter_core.lens.spectroscopy_report import CORPUS, CORPUS_MEAN, THIS_TEXT
from embfilter_core.spectral.direction_grid import direction_ticks, grid_edges, place_on_grid
from embfilter_core.tables.spectrum import steps_table

D = 576
EDGES = grid_edges(D)
BULK = np.arange(144, 432)


def curves(d: int = D, kept: np.ndarray = BULK, scores: np.ndarray | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables of random scores and energies of d directions, in steps."""
    random, edges = np.random.default_rng(d), grid_edges(d)
    scores = random.random(d) if scores is None else scores
    energies = {name: random.dirichlet(np.ones(d)) for name in ENERGY_LINES}
    return steps_table({"Δπ": scores}, edges, kept), steps_table(energies, edges)


def drawn(scores: pd.DataFrame, energies: pd.DataFrame, selected: float = 0.5) -> go.Figure:
    return direction_curves(scores, energies, direction_ticks(EDGES), selected)


def test_kept_and_left_out_scores_differ_by_colour_and_by_texture() -> None:
    scores, energies = curves()
    figure = drawn(scores, energies)
    for trace, kept, colour in zip(figure.data[:2], (True, False), (KEPT, LEFT_OUT), strict=True):
        steps = scores[scores["kept"] == kept]
        assert list(trace.y) == steps["mean"].tolist()
        assert np.allclose(trace.x - trace.width / 2, steps["start"])
        assert trace.marker.color == colour
        assert trace.yaxis == "y"
        assert (trace.marker.pattern.shape is None) == kept


def test_energies_are_lines_of_the_means_that_differ_by_more_than_colour() -> None:
    scores, energies = curves()
    lines = drawn(scores, energies).data[2:]
    assert [line.name for line in lines] == [f"energy of {name}" for name in (THIS_TEXT, CORPUS, CORPUS_MEAN)]
    for line, (_, steps) in zip(lines, energies.groupby("of", sort=False), strict=True):
        assert list(line.y) == steps["mean"].tolist()
        assert line.yaxis == "y2"
        assert line.line.shape == "hvh"
    assert len({(line.line.width, line.line.dash) for line in lines}) == 3


def test_a_click_is_told_by_the_direction_with_the_largest_value_of_its_step() -> None:
    scores, energies = curves()
    sent = json.loads(drawn(scores, energies).to_json())["data"]
    for trace in sent:
        assert isinstance(trace["customdata"], list)
    assert sorted(sent[0]["customdata"] + sent[1]["customdata"]) == sorted(scores["largest"])


def test_a_hover_names_a_block_and_says_what_is_an_average() -> None:
    figure = drawn(*curves())
    left_out, line = figure.data[1].hovertext, figure.data[2].hovertext
    assert left_out[0].startswith("direction 0, left out<br>Δπ ")
    assert "average" not in left_out[0]
    assert figure.data[0].hovertext[0].startswith("directions 144 to ")
    assert figure.data[0].hovertext[0].endswith(" each on average")
    assert any("of the energy of this text,<br>" in text and text.endswith(" each on average") for text in line)
    assert all("%" in text and "e-" not in text for text in line)


def test_a_scattered_choice_says_how_many_directions_of_a_block_it_means() -> None:
    scores, energies = curves(kept=np.arange(1, D, 3))
    assert any(text.split(" ")[1:3] == ["of", "the"] for text in drawn(scores, energies).data[0].hovertext)


@pytest.mark.parametrize("direction", [0, 300, D - 1])
def test_a_direction_is_marked_in_both_panels_where_the_axis_has_it(direction: int) -> None:
    figure = drawn(*curves(), selected=place_on_grid(direction + 0.5, EDGES))
    assert {shape.xref for shape in figure.layout.shapes} == {"x", "x2"}
    assert {shape.x0 for shape in figure.layout.shapes} == {place_on_grid(direction + 0.5, EDGES)}


def test_the_axis_is_that_of_the_grid_and_cannot_be_zoomed_by_accident() -> None:
    layout = drawn(*curves()).layout
    for axis in (layout.xaxis, layout.xaxis2):
        assert axis.range == (0, len(EDGES) - 1)
        assert list(axis.ticktext) == [str(direction) for direction in direction_ticks(EDGES)]
        assert axis.fixedrange
    assert (layout.yaxis.type, layout.yaxis2.type) == ("log", "log")
    assert layout.dragmode is False


def test_the_energies_keep_their_axis_and_every_figure_its_height() -> None:
    here, there = (drawn(*curves(kept=kept)).layout for kept in (BULK, np.arange(9)))
    assert here.yaxis2.range == there.yaxis2.range
    assert here.height == there.height
    assert list(here.yaxis2.ticktext) == ["0.01 %", "0.1 %", "1 %", "10 %", "100 %"]


@pytest.mark.parametrize("scores", [np.zeros(D), np.eye(D)[3]], ids=["none", "one"])
def test_directions_without_any_score_leave_a_readable_figure(scores: np.ndarray) -> None:
    text = drawn(*curves(scores=scores)).to_json()
    assert "NaN" not in text
    assert "Infinity" not in text
