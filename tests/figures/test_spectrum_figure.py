"""The small spectrum: every direction once, kept or left out, on a logarithmic axis."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from embfilter_core.figures.spectrum import kept_band
from embfilter_core.figures.style import KEPT, LEFT_OUT

VALUES = np.linspace(100.0, 1.0, 10)


def parts(figure: go.Figure) -> tuple[go.Bar, go.Bar]:
    by_name = {trace.name: trace for trace in figure.data}
    assert set(by_name) == {"left out", "kept"}
    return by_name["left out"], by_name["kept"]


@pytest.mark.parametrize(
    "kept",
    [[3, 4, 5, 6], [0, 1, 8, 9], [0, 3, 7], [9], list(range(10))],
    ids=["band", "edges", "random", "one", "everything"],
)
def test_the_kept_directions_and_no_others_are_in_the_kept_colour(kept: list[int]) -> None:
    left_out, in_colour = parts(kept_band(VALUES, np.array(kept)))
    assert in_colour.x.tolist() == kept
    assert left_out.x.tolist() == [i for i in range(10) if i not in kept]
    assert in_colour.y.tolist() == VALUES[kept].tolist()
    assert (left_out.marker.color, in_colour.marker.color) == (LEFT_OUT, KEPT)
    assert LEFT_OUT != KEPT


def test_the_axes_hold_every_direction_and_every_singular_value() -> None:
    figure = kept_band(VALUES, np.array([4]))
    assert figure.layout.xaxis.range == (-0.5, 9.5)
    assert figure.layout.yaxis.type == "log"
    low, high = figure.layout.yaxis.range
    assert low < np.log10(VALUES[-1])
    assert high > np.log10(VALUES[0])


def test_the_axes_stay_where_they_are_when_the_band_moves() -> None:
    here, there = (kept_band(VALUES, np.array(kept)).layout for kept in ([0, 1], [8, 9]))
    assert here.xaxis.range == there.xaxis.range
    assert here.yaxis.range == there.yaxis.range


def test_a_singular_value_of_zero_leaves_a_finite_axis() -> None:
    figure = kept_band(np.array([10.0, 1.0, 0.0]), np.array([1]))
    assert np.isfinite(figure.layout.yaxis.range).all()
    assert "NaN" not in figure.to_json()


def test_the_height_is_the_one_asked_for() -> None:
    assert kept_band(VALUES, np.array([4]), height=123).layout.height == 123


def test_it_cannot_be_zoomed_by_accident() -> None:
    layout = kept_band(VALUES, np.array([4])).layout
    assert layout.dragmode is False
    assert layout.xaxis.fixedrange
    assert layout.yaxis.fixedrange


def test_it_survives_json() -> None:
    figure = kept_band(VALUES, np.array([2, 5]))
    read = json.loads(figure.to_json())
    assert [trace["name"] for trace in read["data"]] == ["left out", "kept"]
    assert read["layout"]["height"] == figure.layout.height
