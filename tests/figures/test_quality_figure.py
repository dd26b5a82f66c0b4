"""Figures of quality: every number is drawn where it belongs, and clicks and hovers say which it is."""

import json
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from embfilter_core.figures.palette import ABOVE_AND_BELOW
from embfilter_core.figures.quality_bands import band_map, outline
from embfilter_core.figures.quality_curve import Curve, quality_curve
from embfilter_core.figures.quality_marks import Mark, RandomSubspaceCurve, side_by_side
from embfilter_core.number_format import format_bytes
from embfilter_core.ranking.index_cost import bytes_per_million

D = 8
KS = np.arange(1, D + 1)
UNFILTERED = 47.0
GAINS = np.array([10.0, 20, 30, 40, 50, 52, 51, 47]) - UNFILTERED
NOW = Curve("now", KS, GAINS, GAINS - 5, GAINS + 6, UNFILTERED)
HOSTILE = "<script>alert(1)</script> %{x} & co"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt; %{x} &amp; co"
BANDS = np.array([(a, b) for a in range(0, D, 2) for b in range(a + 2, D + 1, 2)])


def named(figure: go.Figure) -> dict[str, go.Scatter]:
    return {trace.name: trace for trace in figure.data if trace.name}


def curve(**more: object) -> go.Figure:
    return quality_curve(NOW, D, "points to unfiltered", **more)


def test_the_curve_has_every_difference_and_a_click_tells_its_k() -> None:
    line = named(curve())["now"]
    assert line.x.tolist() == KS.tolist() == list(line.customdata)
    assert line.y.tolist() == GAINS.tolist()
    assert line.hovertext[2] == "now<br>3 directions: -17.0 (-22.0 to -11.0) to unfiltered, 95 %<br>score 30.0"


def test_the_band_is_the_interval_of_the_difference() -> None:
    (band,) = [trace for trace in curve().data if trace.fill == "toself"]
    assert band.x.tolist() == [*KS, *KS[::-1]]
    assert band.y.tolist() == [*(GAINS + 6), *(GAINS - 5)[::-1]]


def test_unfiltered_is_the_line_at_0_with_its_score_in_the_legend() -> None:
    line = named(curve())["unfiltered, all 8 directions: 47.0"]
    assert (list(line.x), list(line.y)) == ([0, D], [0, 0])


def test_presets_are_points_with_their_intervals() -> None:
    points = named(curve(marks=[Mark("dominant", 4, 33.0, 30.0, 35.0), Mark("edges", D, 49.0, 48.0, 50.0)]))
    one, other = points["dominant"], points["edges"]
    assert (one.x, one.y, one.customdata) == ((4,), (33.0,), (4,))
    assert (one.error_y.array[0], one.error_y.arrayminus[0]) == (2.0, 3.0)
    assert "+33.0 (+30.0 to +35.0) to unfiltered" in one.hovertext
    assert one.marker.symbol != other.marker.symbol
    assert one.marker.color != other.marker.color


def test_random_subspaces_and_earlier_measurements_lie_behind_the_curve_of_now() -> None:
    random = RandomSubspaceCurve("random, 100 seeds", KS[3:], GAINS[3:] - 9, GAINS[3:] - 6, GAINS[3:] - 3)
    figure = curve(random=random, earlier=[replace(NOW, name="before")])
    names = [trace.name for trace in figure.data]
    assert names.index("random, 100 seeds") < names.index("before") < names.index("now")
    assert "middle 95 % of the seeds" in named(figure)["random, 100 seeds"].hovertext[0]
    bands = [trace for trace in figure.data if trace.fill == "toself"]
    assert len(bands) == 2
    assert bands[0].fillcolor != bands[1].fillcolor


def test_the_upper_axis_has_the_bytes_of_the_k_below() -> None:
    layout = curve().layout
    assert layout.xaxis.tickvals == layout.xaxis2.tickvals
    assert layout.xaxis.range == layout.xaxis2.range
    assert layout.xaxis.tickvals == (2, 4, 6, 8)
    assert layout.xaxis2.ticktext == tuple(format_bytes(bytes_per_million(k)) for k in layout.xaxis.tickvals)
    assert layout.xaxis2.side == "top"
    assert any(trace.xaxis == "x2" for trace in curve().data)


@pytest.mark.parametrize(
    ("k", "said"), [(1, "4 MB"), (249, "996 MB"), (250, "1.00 GB"), (288, "1.15 GB"), (4096, "16.38 GB")]
)
def test_a_million_vectors_take_four_bytes_a_number(k: int, said: str) -> None:
    assert format_bytes(bytes_per_million(k)) == said


def test_the_axes_hold_all_that_is_drawn_and_stay_when_the_band_moves() -> None:
    marks = [Mark("far below", 2, -20.0, -30.0, -10.0), Mark("far above", 3, 90.0, 89.0, 91.0)]
    here, there = (curve(marks=marks, kept=k).layout for k in (2, 7))
    low, high = here.yaxis.range
    assert low < -30
    assert high > 90
    assert here.yaxis.range == there.yaxis.range
    assert here.xaxis.range == there.xaxis.range == (0, 1.06 * D)
    assert here.xaxis.fixedrange and here.xaxis2.fixedrange and here.yaxis.fixedrange


def test_the_number_kept_now_is_a_vertical_line() -> None:
    (line,) = curve(kept=6).layout.shapes
    assert (line.x0, line.x1) == (6, 6)
    assert len(curve().layout.shapes) == 0


def test_names_are_shown_as_text_and_never_as_markup_or_as_a_template() -> None:
    hostile = replace(NOW, name=HOSTILE)
    figure = quality_curve(hostile, D, HOSTILE, [Mark(HOSTILE, 2, 3.0, 2.0, 4.0)], earlier=[hostile])
    texts = [trace.name for trace in figure.data if trace.name and "script" in trace.name]
    assert texts == [ESCAPED] * 3
    assert figure.layout.yaxis.title.text == ESCAPED
    assert "<script" not in figure.to_json().replace("\\u003c", "<")
    assert all(trace.hovertemplate is None for trace in figure.data)
    coloured = band_map(BANDS, (np.ones(len(BANDS)),) * 3, 47.0, D, 0.5, HOSTILE)
    assert coloured.data[0].marker.colorbar.title.text == ESCAPED


DIFFERENCES = np.arange(len(BANDS), dtype=float) - 5


def map_of(differences: np.ndarray = DIFFERENCES, **more: object) -> go.Figure:
    around = differences, differences - 2, differences + 3
    return band_map(BANDS, around, UNFILTERED, D, 0.5, "points to unfiltered", **more)


def test_every_band_is_a_square_where_its_ends_are_dropped_and_a_click_tells_it() -> None:
    cells = map_of().data[0]
    assert cells.marker.symbol == "square"
    assert cells.x.tolist() == BANDS[:, 0].tolist()
    assert cells.y.tolist() == (D - BANDS[:, 1]).tolist()
    assert list(map(list, cells.customdata)) == BANDS.tolist()
    assert isinstance(cells.to_plotly_json()["customdata"][0], list)  # of an array, a click tells an object
    assert cells.marker.color.tolist() == DIFFERENCES.tolist()
    assert cells.hovertext[6] == (
        "start 2, stop 8: 6 kept<br>2 largest and 0 smallest dropped<br>+1.0 (-1.0 to +4.0) to unfiltered, 95 %<br>"
        "score 48.0"
    )


def test_the_colours_are_even_around_unfiltered_and_a_huge_loss_does_not_pale_the_gains() -> None:
    lost = DIFFERENCES.copy()
    lost[0] = -90
    for differences in (DIFFERENCES, lost):
        marker = map_of(differences).data[0].marker
        assert -marker.cmin == marker.cmax == differences.max()
        assert marker.colorbar.ticktext[0] == f"{-differences.max():+.1f} or less"
    scale = [colour for _, colour in map_of().data[0].marker.colorscale]
    assert scale == [colour for _, colour in ABOVE_AND_BELOW]


def test_without_any_gain_most_losses_have_the_last_colour_and_tiny_ones_look_tiny() -> None:
    marker = map_of(-np.linspace(1, 40, len(BANDS))).data[0].marker
    assert 1 < marker.cmax < 10
    assert map_of(np.full(len(BANDS), 0.01)).data[0].marker.cmax == 0.2


def test_the_bands_that_lose_no_more_than_the_margin_are_outlined() -> None:
    line = named(map_of())["loses at most 0.5 points to unfiltered (95 %)"]
    inside = DIFFERENCES - 2 >= -0.5
    assert inside.sum() == 3
    expected = outline(BANDS[:, 0], D - BANDS[:, 1], inside)
    assert (list(line.x), list(line.y)) == expected


def test_an_outline_goes_round_the_chosen_cells_and_not_through_them() -> None:
    x, y = (axis.ravel() for axis in np.meshgrid([0, 2, 4], [0, 2, 4]))
    xs, ys = outline(x, y, (x <= 2) & (y == 2))
    segments = {tuple(sorted([(xs[i], ys[i]), (xs[i + 1], ys[i + 1])])) for i in range(0, len(xs), 3)}
    assert segments == {
        ((-1, 1), (-1, 3)),
        ((3, 1), (3, 3)),
        ((-1, 1), (1, 1)),
        ((1, 1), (3, 1)),
        ((-1, 3), (1, 3)),
        ((1, 3), (3, 3)),
    }
    assert xs[2::3] == ys[2::3] == [None] * 6
    assert outline(x, y, np.zeros(9, dtype=bool)) == ([], [])


def test_the_diagonal_is_where_both_ends_are_dropped_alike() -> None:
    line = named(map_of())["both ends alike"]
    assert list(line.x) == list(line.y) == [0, D / 2]


def test_the_band_kept_now_is_ringed_and_the_axes_stay() -> None:
    here, there = map_of(kept=(2, 6)), map_of(kept=(0, 3))
    ring = named(here)["kept now"]
    assert (ring.x, ring.y) == ((2,), (2,))
    assert here.layout.xaxis.range == there.layout.xaxis.range
    assert here.layout.yaxis.range == there.layout.yaxis.range
    assert here.layout.xaxis.range[0] < 0 < D - 2 < here.layout.xaxis.range[1]
    assert here.layout.xaxis.fixedrange and here.layout.yaxis.fixedrange
    assert here.layout.dragmode is False


def test_one_band_alone_is_drawn() -> None:
    figure = band_map(np.array([[0, 8]]), (np.zeros(1),) * 3, 3.0, D, 0.5, "MAP")
    assert len(named(figure)["loses at most 0.5 points to unfiltered (95 %)"].x) == 12


def test_both_survive_json() -> None:
    for figure in (curve(kept=3), map_of(kept=(2, 6))):
        assert "NaN" not in figure.to_json()
        assert json.loads(figure.to_json())["layout"]["height"] == figure.layout.height


def test_marks_of_one_k_stand_beside_each_other_around_it() -> None:
    alone, *together = side_by_side([10, 50, 50, 50], 100)
    assert alone == 10
    assert together == sorted(set(together))
    assert np.mean(together) == pytest.approx(50)
