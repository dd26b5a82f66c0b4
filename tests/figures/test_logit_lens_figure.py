"""The bars of the logit lens: what they show, that they share a scale, and that no token becomes markup."""

import json
import math
import subprocess
import sys

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from embfilter_core.figures.logit_lens import (
    AXIS_HEIGHT,
    LONGEST_TOKEN,
    ROW_HEIGHT,
    difference_bars,
    rank_notes,
    shared_range,
    shorten,
    token_bars,
)
from embfilter_core.figures.rate_colours import rate_colours

HOSTILE = ["<b>bold</b>", "<script>", "a&lt;b", "x<br>y", '<a href="#">z']


def lens_rows(tokens: list[str], name: str = "unfiltered", logits: list[float] | None = None) -> pd.DataFrame:
    """Rows of one list as `lens_table` gives them, every token one place up, in turn frequent to unseen."""
    n = len(tokens)
    logits = logits or [float(n - i) for i in range(n)]
    ranks = np.arange(1, n + 1)
    return pd.DataFrame(
        {
            "list": name,
            "rank": ranks,
            "token": tokens,
            "token_id": np.arange(100, 100 + n),
            "logit": logits,
            "other_rank": ranks + 1,
            "other_logit": np.array(logits) - 1,
            "change": 1,
            "status": "stayed",
            "per_million": [(2000.0, 12.0, 0.4, 0.5)[i % 4] for i in range(n)],
            "estimated": [i % 4 > 1 for i in range(n)],
            "frequent": [i % 4 == 0 for i in range(n)],
            "zipf": [(6.0, 3.0, 0.0, math.nan)[i % 4] for i in range(n)],
        }
    )


def difference_rows(tokens: list[str], differences: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "list": "risen",
            "rank": np.arange(1, len(tokens) + 1),
            "token": tokens,
            "token_id": np.arange(len(tokens)),
            "difference": differences,
            "rank_unfiltered": 49_000,
            "rank_filtered": 3,
            "per_million": 100.0,
            "estimated": False,
            "frequent": False,
            "zipf": 4.0,
        }
    )


def bars(figure: go.Figure) -> go.Bar:
    assert len(figure.data) == 1
    return figure.data[0]


@pytest.mark.parametrize("token", HOSTILE)
def test_no_token_becomes_markup_on_the_axis_or_in_the_hover(token: str) -> None:
    for figure in (
        token_bars(lens_rows([token]), (0, 1), "to"),
        difference_bars(difference_rows([token], [1.0]), 1.0),
    ):
        (label,) = figure.layout.yaxis.ticktext
        (hover,) = bars(figure).hovertext
        assert "<" not in label
        assert token not in hover
        ours = hover.replace("<b>", "", 1).replace("</b>", "", 1).replace("<br>", "")
        assert "<" not in ours


def test_an_escaped_token_reads_as_it_is() -> None:
    figure = token_bars(lens_rows(["<b>&</b>"]), (0, 1), "to")
    assert figure.layout.yaxis.ticktext == ("&lt;b&gt;&amp;&lt;/b&gt;",)
    assert bars(figure).hovertext[0].startswith("<b>&lt;b&gt;&amp;&lt;/b&gt;</b> (id 100)<br>")


def test_the_bars_are_the_logits_best_on_top() -> None:
    rows = lens_rows(["a", "b", "c"], logits=[3.0, 2.0, -1.0])
    figure = token_bars(rows, (-2, 4), "to")
    assert list(bars(figure).x) == [3.0, 2.0, -1.0]
    assert list(bars(figure).y) == [1, 2, 3]
    top, bottom = sorted(figure.layout.yaxis.range)
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    assert top < 1
    assert bottom > 3
    assert figure.layout.xaxis.range == (-2, 4)


def test_the_hover_says_id_rank_logit_the_other_list_and_the_frequency() -> None:
    figure = token_bars(lens_rows(["a", "b", "c", "d"], logits=[3.14159, 2.0, 1.0, 0.0]), (0, 4), "to")
    first, second, third, fourth = bars(figure).hovertext
    assert first == (
        "<b>a</b> (id 100)<br>rank 1, logit 3.142<br>in the other list: rank 2, logit 2.142"
        "<br>2,000 in a million tokens, among the most frequent<br>Zipf 6.00"
    )
    assert second.endswith("12 in a million tokens<br>Zipf 3.00")
    assert third.endswith("not seen; ≈ 0.4 in a million, estimated from the tokenizer's order<br>not a known word")
    assert fourth.endswith("not a word")


def test_a_bar_is_coloured_by_the_rate_of_its_token_and_hatched_where_that_is_an_estimate() -> None:
    rows = lens_rows(["a", "b", "c", "d"])
    marker = bars(token_bars(rows, (0, 5), "to")).marker
    assert list(marker.color) == rate_colours(rows["per_million"])
    assert list(marker.pattern.shape) == ["/" if estimated else "" for estimated in rows["estimated"]]
    assert bars(difference_bars(difference_rows(["a"], [1.0]), 1.0)).marker.color == tuple(rate_colours([100.0]))


def test_texts_on_the_chart_can_be_read_from_afar() -> None:
    figure = token_bars(lens_rows(["a"]), (0, 1), "to")
    assert figure.layout.yaxis.tickfont.size >= 14
    assert bars(figure).textfont.size >= 12


def test_figures_side_by_side_share_one_range_that_holds_every_value_and_zero() -> None:
    left, right = lens_rows(["a", "b"], logits=[30.0, 28.0]), lens_rows(["c", "d"], "filtered", [5.0, 4.0])
    low, high = shared_range([left, right])
    assert low == 0
    assert high > 30
    assert shared_range([right, left]) == (low, high)


def test_negative_values_get_room_on_their_side_too() -> None:
    low, high = shared_range([lens_rows(["a", "b"], logits=[2.0, -3.0])])
    assert low < -3
    assert high > 2
    only_negative = shared_range([lens_rows(["a"], logits=[-3.0])])
    assert only_negative[0] < -3
    assert only_negative[1] == 0


def test_values_that_are_all_zero_still_have_a_range() -> None:
    low, high = shared_range([lens_rows(["a"], logits=[0.0])])
    figure = token_bars(lens_rows(["a"], logits=[0.0]), (low, high), "to")
    assert low <= 0 <= high
    assert json.loads(figure.to_json())["layout"]["xaxis"]["range"] == [low, high]


def test_risen_and_fallen_run_away_from_a_common_zero_on_one_scale() -> None:
    risen = difference_bars(difference_rows(["a"], [4.0]), 6.0).layout.xaxis.range
    fallen = difference_bars(difference_rows(["b"], [-6.0]).assign(list="fallen"), 6.0).layout.xaxis.range
    assert risen[0] == fallen[0] == 0
    assert risen[1] > 6
    assert fallen[1] == -risen[1]


def test_no_difference_at_all_still_has_a_range() -> None:
    assert difference_bars(difference_rows(["a"], [0.0]), 0.0).layout.xaxis.range[1] > 0


def test_notes_name_the_direction_and_the_other_rank() -> None:
    rows = pd.DataFrame({"rank": [1, 2, 3], "other_rank": [1, 1250, 1], "change": [0, -1248, 2]})
    assert rank_notes(rows, "to") == ["= 1", "▼ to 1,250", "▲ to 1"]
    assert rank_notes(rows, "from") == ["= 1", "▼ from 1,250", "▲ from 1"]


def test_the_notes_stand_at_the_bars() -> None:
    rows = lens_rows(["a", "b"], "filtered")
    assert list(bars(token_bars(rows, (0, 1), "from")).text) == rank_notes(rows, "from")
    difference = difference_bars(difference_rows(["a"], [1.5]), 2.0)
    assert bars(difference).text == ("49,000 → 3",)
    assert "+1.500" in bars(difference).hovertext[0]
    assert "rank 49,000 unfiltered, 3 filtered" in bars(difference).hovertext[0]


@pytest.mark.parametrize("rows", [1, 5, 50])
def test_the_height_grows_with_the_rows(rows: int) -> None:
    figure = token_bars(lens_rows(["t"] * rows), (0, 1), "to")
    assert figure.layout.height == AXIS_HEIGHT + ROW_HEIGHT * rows
    assert len(figure.layout.yaxis.tickvals) == len(figure.layout.yaxis.ticktext) == rows


def test_a_long_token_is_cut_on_the_axis_and_whole_in_the_hover() -> None:
    token = "x" * (LONGEST_TOKEN + 5)
    figure = token_bars(lens_rows([token]), (0, 1), "to")
    assert figure.layout.yaxis.ticktext == ("x" * (LONGEST_TOKEN - 1) + "…",)
    assert token in bars(figure).hovertext[0]
    assert shorten("x" * LONGEST_TOKEN) == "x" * LONGEST_TOKEN


def test_a_cut_token_cannot_leave_half_an_entity() -> None:
    figure = token_bars(lens_rows(["a" * (LONGEST_TOKEN - 2) + "<<<<"]), (0, 1), "to")
    assert figure.layout.yaxis.ticktext == ("a" * (LONGEST_TOKEN - 2) + "&lt;…",)


def test_a_figure_survives_json() -> None:
    for figure in (
        token_bars(lens_rows(["a", "⟨F0⟩", "‮"]), (0, 1), "to"),
        difference_bars(difference_rows(["a"], [1.0]), 1.0),
    ):
        read = go.Figure(json.loads(figure.to_json()))
        assert list(read.data[0].text) == list(figure.data[0].text)
        assert read.layout.height == figure.layout.height


@pytest.mark.parametrize("module", ["spectrum", "style"])
def test_figures_of_numbers_load_no_model_library(module: str) -> None:
    code = f"import sys, embfilter_core.figures.{module}; print('torch' in sys.modules, 'transformers' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]
