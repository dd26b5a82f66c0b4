"""The forest plot: a row a treatment, its interval, what it learnt from by shape and by word, and 0 as unfiltered."""

import json

import pandas as pd
import plotly.graph_objects as go

from embfilter_core.figures.forest import forest_plot

HOSTILE = "<script>alert(1)</script> & co"
ROWS = [
    ("Z-score", "baseline", 8, "reference corpus", False, "resamples", 3.0, 2.0, 4.5),
    ("EmbedFilter, the best of 8 k, searched", "filter", 6, "nothing", True, "resamples", 2.0, 1.0, 3.0),
    ("EmbedFilter, τ = 2", "filter", 4, "nothing", False, "resamples", 1.5, 0.5, 2.5),
    ("Random subspaces", "control", 4, "nothing", False, "seeds", -1.0, -2.0, 0.5),
    (HOSTILE, "baseline", 900, "measured texts", False, "resamples", -5.0, -7.0, -3.0),
]
FACTS = ["name", "kind", "k", "learnt_from", "searched", "spread"]
TABLE = pd.DataFrame(ROWS, columns=[*FACTS, "to_unfiltered", "to_unfiltered_low", "to_unfiltered_high"])
TABLE["score"] = 50 + TABLE["to_unfiltered"]


def points(figure: go.Figure) -> dict[float, dict]:
    """What is drawn of each row, by its height."""
    found = {}
    for trace in figure.data:
        if trace.showlegend is not False:
            continue
        (x,), (y,) = trace.x, trace.y
        low, high = x - trace.error_x.arrayminus[0], x + trace.error_x.array[0]
        drawn = {"x": x, "low": low, "high": high, "hover": trace.hovertext}
        found[y] = drawn | {"symbol": trace.marker.symbol, "colour": trace.marker.color}
    return found


def test_every_row_has_its_difference_and_interval_the_first_on_top() -> None:
    drawn = points(forest_plot(TABLE))
    assert sorted(drawn) == [0, 1, 2, 3, 4]
    for at, row in enumerate(ROWS):
        one = drawn[4 - at]
        assert [one["x"], one["low"], one["high"]] == list(row[-3:])


def test_names_stand_over_their_rows_at_the_left_edge_and_leave_the_width_to_the_intervals() -> None:
    figure = forest_plot(TABLE)
    names = {note.text: note for note in figure.layout.annotations}
    assert len(names) == len(ROWS)
    first = names["Z-score (reference)"]
    assert 4 < first.y < 4.5
    assert (first.x, first.xref, first.xanchor) == (0, "paper", "left")
    assert figure.layout.yaxis.showticklabels is False


def test_what_was_learnt_from_is_a_shape_and_words_and_a_search_is_hollow() -> None:
    drawn = points(forest_plot(TABLE))
    assert [drawn[y]["symbol"] for y in (4, 3, 2, 0)] == ["diamond", "circle-open", "circle", "square"]
    assert "learnt from the measured texts" in drawn[0]["hover"]
    legend = {trace.name: trace.marker.symbol for trace in forest_plot(TABLE).data if trace.showlegend is not False}
    assert legend == {
        "learnt from nothing": "circle",
        "learnt from a reference corpus": "diamond",
        "learnt from the measured texts": "square",
        "searched for on these data": "circle-open",
    }


def test_the_filter_the_baselines_and_the_control_have_colours_of_their_own() -> None:
    drawn = points(forest_plot(TABLE))
    assert drawn[2]["colour"] == drawn[3]["colour"]
    assert len({drawn[y]["colour"] for y in (2, 4, 1)}) == 3


def test_0_is_a_line_and_the_axis_is_the_difference() -> None:
    figure = forest_plot(TABLE)
    (line,) = figure.layout.shapes
    assert (line.x0, line.x1) == (0, 0)
    assert figure.layout.xaxis.title.text == "points to unfiltered"


def test_hovers_say_what_an_interval_is_over() -> None:
    drawn = points(forest_plot(TABLE))
    assert "+1.5 (+0.5 to +2.5) to unfiltered, 95 %" in drawn[2]["hover"]
    assert "the middle 95 % of the seeds" in drawn[1]["hover"]
    assert "score 51.5; 4 numbers a text" in drawn[2]["hover"]


def test_names_are_shown_as_text_and_it_survives_json() -> None:
    written = forest_plot(TABLE).to_json()
    assert "<script" not in written.replace("\\u003c", "<")
    assert "NaN" not in written
    assert json.loads(written)["layout"]["height"] > 30 * len(ROWS)
