"""The map: every text keeps its place in the data, and the frame never moves."""

import json
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from embfilter_core.figures.map_colours import (
    ESTIMATED,
    LONGEST_HOVER,
    MOST_GROUPS,
    SEEN,
    Groups,
    Rates,
    Values,
    hover_text,
)
from embfilter_core.figures.maps import FADED, MOST_DRAWN_AS_SVG, Marks, frame_ranges, map_scatter
from embfilter_core.figures.palette import ASIDE, CATEGORIES, RATE_ENDS
from embfilter_core.vocabulary.token_frequency import log_rate
from tests.each import for_each

RNG = np.random.default_rng(0)
STEPS = [RNG.normal(size=(12, 2)), 5 + 3 * RNG.normal(size=(12, 2)), RNG.normal(size=(12, 2)) - 3]
TEXTS = [f"text {i}" for i in range(12)]
LABELS = np.array(["sport", "food", "sport", "", "law", "food", "sport", "law", "sport", "", "food", "sport"])
NUMBERS = np.where(np.arange(12) == 4, np.nan, np.linspace(-2, 1, 12))
COLOURS = [None, Groups(LABELS), Values(NUMBERS, "change")]


def drawn(figure: go.Figure) -> dict[int, tuple[float, float]]:
    """Where each position is drawn, each exactly once."""
    found = {}
    for trace in figure.data:
        if trace.name in ("found", "your text"):
            continue
        for position, x, y in zip(trace.customdata, trace.x, trace.y, strict=True):
            assert position not in found
            found[int(position)] = (x, y)
    return found


def by_name(figure: go.Figure) -> dict[str, go.Scatter]:
    return {trace.name: trace for trace in figure.data}


@for_each(colour=COLOURS, step=[0, 1, 2])
def test_every_text_is_drawn_once_at_its_place_in_the_step(colour, step: int) -> None:
    places = drawn(map_scatter(STEPS, TEXTS, step, colour))
    assert sorted(places) == list(range(12))
    assert np.array_equal([places[i] for i in range(12)], STEPS[step])


@pytest.mark.parametrize("colour", COLOURS, ids=["plain", "groups", "values"])
def test_only_the_places_differ_between_two_steps(colour) -> None:
    one, other = (map_scatter(STEPS, TEXTS, step, colour, Marks([3], [4, 5])) for step in (0, 2))
    assert one.layout == other.layout
    for trace, moved in zip(one.data, other.data, strict=True):
        assert trace.name == moved.name
        assert np.array_equal(trace.customdata, moved.customdata)
        assert np.array_equal(trace.hovertext, moved.hovertext)
        assert trace.marker == moved.marker
        assert np.array_equal(trace.selectedpoints, moved.selectedpoints)


def test_the_ranges_hold_every_step_and_ones_own_text() -> None:
    far = np.array([40.0, -30.0])
    figure = map_scatter(STEPS, TEXTS, 0, marks=Marks(own=(STEPS[0][0], STEPS[1][0], far)))
    for axis, values in ((figure.layout.xaxis, 0), (figure.layout.yaxis, 1)):
        low, high = axis.range
        everything = [*(place for step in STEPS for place in step[:, values]), far[values]]
        assert low < min(everything)
        assert high > max(everything)


def test_one_spot_has_a_range_too() -> None:
    (low, high), _ = frame_ranges(np.ones((3, 2)), np.ones((3, 2)))
    assert low < 1 < high


def test_the_scale_is_the_same_on_both_axes() -> None:
    assert map_scatter(STEPS, TEXTS).layout.yaxis.scaleanchor == "x"


@pytest.mark.parametrize(("n", "kind"), [(MOST_DRAWN_AS_SVG, "scatter"), (MOST_DRAWN_AS_SVG + 1, "scattergl")])
def test_many_points_are_drawn_by_the_graphics_card(n: int, kind: str) -> None:
    points = RNG.normal(size=(n, 2))
    figure = map_scatter([points, points], ["a"] * n, marks=Marks([0]))
    assert {trace.type for trace in figure.data} == {kind}


def test_points_can_be_selected_and_carry_numpy_arrays_without_annotations() -> None:
    figure = map_scatter(STEPS, TEXTS, colour=Groups(LABELS), marks=Marks([1, 2]))
    assert figure.layout.dragmode == "lasso"
    assert not figure.layout.annotations
    for trace in figure.data:
        assert all(isinstance(part, np.ndarray) for part in (trace.x, trace.y, trace.customdata, trace.hovertext))


def test_a_zoom_is_kept_as_long_as_the_frame_is() -> None:
    one, same, other = (map_scatter([first, STEPS[1]], TEXTS) for first in (STEPS[0], STEPS[0], 9 * STEPS[0]))
    assert one.layout.uirevision == same.layout.uirevision != other.layout.uirevision


def test_each_group_has_its_colour_the_most_frequent_first_and_the_unlabelled_are_grey() -> None:
    figure = map_scatter(STEPS, TEXTS, colour=Groups(LABELS))
    assert [trace.name for trace in figure.data] == ["sport", "food", "law", "no label"]
    assert [trace.marker.color for trace in figure.data] == [*CATEGORIES[:3], ASIDE]
    assert by_name(figure)["no label"].customdata.tolist() == [3, 9]
    assert all(trace.showlegend for trace in figure.data)


def test_groups_are_told_apart_by_colour_and_symbol_and_the_rarest_share_one() -> None:
    n = MOST_GROUPS + 3
    labels = np.array([f"group {i:02}" for i in range(n)] + [f"group {i:02}" for i in range(3, n)])
    points = RNG.normal(size=(len(labels), 2))
    figure = map_scatter([points, points], ["a"] * len(labels), colour=Groups(labels))
    looks = {(trace.marker.color, trace.marker.symbol) for trace in figure.data}
    assert len(looks) == len(figure.data) == MOST_GROUPS + 1
    assert figure.data[-1].name == "other"
    assert figure.data[-1].customdata.tolist() == [0, 1, 2]


def test_the_colours_of_numbers_do_not_depend_on_the_step_and_nan_is_grey() -> None:
    figure = map_scatter(STEPS, TEXTS, colour=Values(NUMBERS, "change"))
    value, missing = by_name(figure)["value"], by_name(figure)["no value"]
    assert (value.marker.cmin, value.marker.cmax) == (-2, 1)
    assert np.array_equal(value.marker.color, NUMBERS[value.customdata])
    assert missing.customdata.tolist() == [4]
    assert missing.marker.color == ASIDE
    assert value.marker.colorbar.title.text == "change"


def test_the_ends_of_the_colours_can_be_given() -> None:
    figure = map_scatter(STEPS, TEXTS, colour=Values(NUMBERS, "share", limits=(0, 8)))
    assert (by_name(figure)["value"].marker.cmin, by_name(figure)["value"].marker.cmax) == (0, 8)


RATES = Rates(
    [f"token {i}" for i in range(12)], np.logspace(-2, 5, 12), np.arange(12) > 8, np.arange(12) < 2, "first token"
)


def test_rates_take_the_scale_of_tokens_and_estimates_are_open() -> None:
    seen, estimated = drawn_by = [by_name(map_scatter(STEPS, TEXTS, colour=RATES))[name] for name in (SEEN, ESTIMATED)]
    assert seen.customdata.tolist() == list(range(9))
    assert estimated.customdata.tolist() == [9, 10, 11]
    assert estimated.marker.symbol.endswith("open")
    for trace in drawn_by:
        assert np.allclose(trace.marker.color, log_rate(RATES.per_million[trace.customdata]))
        assert (trace.marker.cmin, trace.marker.cmax) == RATE_ENDS
    assert [bool(trace.marker.showscale) for trace in drawn_by] == [True, False]
    assert list(seen.marker.colorbar.ticktext) == ["0.1", "1", "10", "100", "1,000", "10,000"]
    assert "first token token 9: not seen; " in estimated.hovertext[0]


def test_rates_can_all_be_estimates() -> None:
    every = replace(RATES, estimated=np.ones(12, dtype=bool))
    (trace,) = map_scatter(STEPS, TEXTS, colour=every).data
    assert trace.marker.showscale


def test_zero_is_the_middle_of_diverging_colours() -> None:
    value = by_name(map_scatter(STEPS, TEXTS, colour=Values(NUMBERS, "change", diverging=True)))["value"]
    assert (value.marker.cmin, value.marker.cmax) == (-2, 2)
    assert value.marker.colorscale[1][0] == 0.5


@pytest.mark.parametrize("numbers", [np.full(12, np.nan), np.zeros(12), np.full(12, 7.0)], ids=["nan", "zero", "seven"])
@pytest.mark.parametrize("diverging", [True, False])
def test_numbers_that_do_not_vary_can_be_drawn(numbers: np.ndarray, diverging: bool) -> None:
    figure = map_scatter(STEPS, TEXTS, colour=Values(numbers, "change", diverging))
    assert len(drawn(figure)) == 12
    for trace in figure.data:
        assert trace.marker.cmin is None or trace.marker.cmin < trace.marker.cmax


def lit(figure: go.Figure) -> set[int]:
    """Positions of the texts that do not fade."""
    return {int(trace.customdata[i]) for trace in figure.data if trace.name != "found" for i in trace.selectedpoints}


def test_found_texts_are_ringed_once_and_all_others_fade() -> None:
    figure = map_scatter(STEPS, TEXTS, 1, Groups(LABELS), Marks([7, 0, 7]))
    ring = by_name(figure)["found"]
    assert ring.customdata.tolist() == [0, 7]
    assert np.array_equal(np.column_stack([ring.x, ring.y]), STEPS[1][[0, 7]])
    assert lit(figure) == {0, 7}
    assert all(trace.unselected.marker.opacity == FADED for trace in figure.data[:-1])


def test_a_search_leaves_the_legend_as_it_is() -> None:
    one, other = (map_scatter(STEPS, TEXTS, colour=Groups(LABELS), marks=Marks(found)) for found in ([], [1]))
    for trace, faded in zip(one.data, other.data[:-1], strict=True):
        assert trace.marker == faded.marker  # what the legend shows
        assert trace.opacity is None is faded.opacity


def test_chosen_texts_stand_out_before_found_ones_which_stay_ringed() -> None:
    figure = map_scatter(STEPS, TEXTS, colour=Groups(LABELS), marks=Marks([7], [2, 3, 2]))
    assert lit(figure) == {2, 3}
    assert by_name(figure)["found"].customdata.tolist() == [7]


def test_nothing_fades_where_nothing_was_searched() -> None:
    figure = map_scatter(STEPS, TEXTS)
    assert "found" not in by_name(figure)
    assert figure.data[0].selectedpoints is None


def test_ones_own_text_is_a_star_that_moves_with_the_step_and_is_no_text_of_the_corpus() -> None:
    own = [np.array([0.0, 1.0]), np.array([1.0, 3.0]), np.array([2.0, 5.0])]
    star = by_name(map_scatter(STEPS, TEXTS, 1, marks=Marks(own=own)))["your text"]
    assert (star.x.tolist(), star.y.tolist()) == ([1.0], [3.0])
    assert star.marker.symbol == "star"
    assert star.customdata is None


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "<b>bold</b> & co", "a<br>b"])
def test_a_text_a_label_and_a_title_are_never_markup(text: str) -> None:
    for colour in (Groups(np.full(12, text)), Values(NUMBERS, text)):
        figure = map_scatter(STEPS, [text] * 12, colour=colour)
        assert text not in json.loads(figure.to_json()).__repr__()


def test_the_hover_is_one_line_of_140_characters_cut_before_it_is_escaped() -> None:
    assert hover_text("a\n b\t\tc") == "a b c"
    assert hover_text("x" * LONGEST_HOVER) == "x" * LONGEST_HOVER
    assert hover_text("&" * 500) == "&amp;" * (LONGEST_HOVER - 1) + "…"
    assert LONGEST_HOVER == 140


def test_the_hover_says_which_text_it_is_and_what_its_colour_means() -> None:
    for colour, expected in ((Groups(LABELS), "law"), (Values(NUMBERS, "change"), "change: none")):
        hover = {
            p: h
            for t in map_scatter(STEPS, TEXTS, colour=colour).data
            for p, h in zip(t.customdata, t.hovertext, strict=True)
        }
        assert hover[4] == f"<b>5</b> text 4<br>{expected}"


def test_the_arguments_are_left_alone() -> None:
    before = [step.copy() for step in STEPS]
    map_scatter(STEPS, TEXTS, 1, Groups(LABELS), Marks([1], [2], [step[0] for step in STEPS]))
    assert np.array_equal(before, STEPS)
