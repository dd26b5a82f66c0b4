"""Figures of the spectrum: every direction once in the small one, the peaks of every curve in the three panels."""

import json
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
import pytest

from embfilter_core.figures.palette import KEPT, LEFT_OUT
from embfilter_core.figures.spectrum import ENERGY_COLOURS, LOWEST_ENERGY, MOST_BARS, direction_panels, kept_band, peaks
from tests.each import for_each

VALUES = np.linspace(100.0, 1.0, 10)


def parts(figure: go.Figure) -> tuple[go.Bar, go.Bar]:
    by_name = {trace.name: trace for trace in figure.data}
    assert set(by_name) == {"left out", "kept"}
    return by_name["left out"], by_name["kept"]


@pytest.mark.parametrize(
    "kept",
    [[3, 4, 5, 6], [0, 1, 8, 9], [0, 3, 7], [9], list(range(10))],
    ids=["band", "edges", "random", "one", "unfiltered"],
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


LONG = [MOST_BARS + 1, 2 * MOST_BARS, 4096, 16_384]


@pytest.mark.parametrize("d", [1, 32, 576, MOST_BARS])
def test_a_row_that_fits_is_drawn_whole(d: int) -> None:
    values = np.random.default_rng(d).random(d)
    assert peaks(values).tolist() == list(range(d))


@pytest.mark.parametrize("d", LONG)
def test_of_a_long_row_the_largest_value_of_every_block_is_drawn(d: int) -> None:
    values = np.random.default_rng(d).random(d)
    at = peaks(values)
    assert len(at) == MOST_BARS
    assert (np.diff(at) > 0).all()
    edges = [block * d // MOST_BARS for block in range(MOST_BARS + 1)]
    blocks = [range(start, stop) for start, stop in pairwise(edges)]
    assert at.tolist() == [max(block, key=lambda i: values[i]) for block in blocks]


@for_each(d=LONG, share=[0.0, 0.37, 1.0])
def test_one_high_peak_is_never_lost(d: int, share: float) -> None:
    values = np.full(d, 0.1)
    values[round(share * (d - 1))] = 7.0
    at = peaks(values)
    assert values[at].max() == 7.0
    assert (values[at] == 7.0).sum() == 1


def test_as_many_blocks_are_made_as_asked_for() -> None:
    assert peaks(np.array([1.0, 3, 2, 9, 4, 8, 5]), most=3).tolist() == [1, 3, 5]


def panels(d: int, kept: list[int] | None = None, selected: int = 0, names: tuple[str, ...] = ("this text",)):
    """Panels over random curves of length d, and the curves: singular values, scores, energies by name."""
    rng = np.random.default_rng(d)
    values, scores = np.sort(rng.uniform(1, 100, d))[::-1], rng.random(d)
    energies = {name: rng.dirichlet(np.ones(d)) for name in names}
    kept = list(range(d // 4, 3 * d // 4)) if kept is None else kept
    return direction_panels(values, scores, energies, np.array(kept), selected), (values, scores, energies)


@pytest.mark.parametrize("d", [16, 576, 4096])
def test_singular_values_and_scores_stand_at_their_directions(d: int) -> None:
    figure, (values, scores, _) = panels(d)
    for trace, curve, axis in zip(figure.data[:2], (values, scores), ("y", "y2"), strict=True):
        assert trace.x.tolist() == peaks(curve).tolist()
        assert trace.y.tolist() == curve[trace.x].tolist()
        assert trace.yaxis == axis
        assert trace.width * len(trace.x) == pytest.approx(d)
        assert np.argmax(curve) in trace.x


@pytest.mark.parametrize(
    "kept", [[3, 4, 5], [0, 15], [15], list(range(16))], ids=["band", "edges", "one", "unfiltered"]
)
def test_kept_directions_are_coloured_and_called_kept_in_both_bar_panels(kept: list[int]) -> None:
    figure, _ = panels(16, kept)
    for trace in figure.data[:2]:
        assert [i for i, colour in zip(trace.x, trace.marker.color, strict=True) if colour == KEPT] == kept
        assert set(trace.marker.color) <= {KEPT, LEFT_OUT}
        assert [i for i, hover in zip(trace.x, trace.hovertext, strict=True) if ", kept<br>" in hover] == kept


def test_in_a_long_spectrum_too_the_colour_is_that_of_the_direction() -> None:
    kept = list(range(1, 4096, 2))
    figure, _ = panels(4096, kept)
    for trace in figure.data[:2]:
        odd = np.asarray(trace.x) % 2 == 1
        assert odd.any()
        assert (~odd).any()
        assert np.array_equal(np.array(trace.marker.color) == KEPT, odd)


@pytest.mark.parametrize("d", [16, 4096])
def test_energies_are_lines_by_name_in_a_panel_of_their_own(d: int) -> None:
    figure, (_, _, energies) = panels(d, names=tuple(ENERGY_COLOURS))
    lines = {trace.name: trace for trace in figure.data[2:]}
    assert list(lines) == list(energies) == list(ENERGY_COLOURS)
    for name, trace in lines.items():
        assert trace.yaxis == "y3"
        assert trace.x.tolist() == peaks(energies[name]).tolist()
        assert trace.y.tolist() == energies[name][trace.x].tolist()
        assert trace.hovertext[0] == f"direction {trace.x[0]}<br>{name}: {trace.y[0]:.3%} of the energy"
    assert len({trace.line.color for trace in lines.values()}) == len(lines)
    assert [trace.showlegend for trace in figure.data[:2]] == [False, False]
    assert figure.layout.showlegend


@pytest.mark.parametrize("selected", [0, 7, 15])
def test_the_selected_direction_is_marked_in_every_panel(selected: int) -> None:
    figure, _ = panels(16, selected=selected)
    assert {shape.xref for shape in figure.layout.shapes} == {"x", "x2", "x3"}
    assert {(shape.x0, shape.x1) for shape in figure.layout.shapes} == {(selected, selected)}


def test_the_panels_hold_every_direction_and_cannot_be_zoomed_by_accident() -> None:
    layout = panels(576)[0].layout
    for axis in (layout.xaxis, layout.xaxis2, layout.xaxis3):
        assert axis.range == (-0.5, 575.5)
        assert axis.fixedrange
    assert [axis.type for axis in (layout.yaxis, layout.yaxis2, layout.yaxis3)] == ["log", None, "log"]
    assert all(axis.fixedrange for axis in (layout.yaxis, layout.yaxis2, layout.yaxis3))
    assert layout.yaxis3.range == (LOWEST_ENERGY, 0.1)
    assert layout.dragmode is False


@pytest.mark.parametrize("d", [16, 4096])
def test_the_panels_survive_json(d: int) -> None:
    figure, _ = panels(d, names=tuple(ENERGY_COLOURS))
    read = json.loads(figure.to_json())
    assert [trace["type"] for trace in read["data"]] == ["bar", "bar", "scatter", "scatter", "scatter"]
    assert [trace["name"] for trace in read["data"][2:]] == list(ENERGY_COLOURS)
    assert len(read["data"][1]["hovertext"]) == min(d, MOST_BARS)


def test_directions_without_any_energy_leave_a_readable_figure() -> None:
    shares = np.zeros(16)
    shares[3] = 1.0
    values = np.append(np.linspace(9.0, 1.0, 15), 0.0)
    figure = direction_panels(values, np.zeros(16), {"this text": shares}, np.array([3]), 3)
    text = figure.to_json()
    assert "NaN" not in text
    assert "Infinity" not in text
    assert figure.data[2].y[3] == 1.0
