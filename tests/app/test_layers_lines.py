"""Layers: followed tokens and curves over the layers are the library's, and so are the downloads."""

from collections.abc import Mapping

import numpy as np
import pytest

from embfilter_core import Backbone, KeptDirections
from embfilter_core.lens.layers.reading import read_layers
from embfilter_core.lens.layers.trajectories import first_token, tokens_to_follow, trajectories
from embfilter_core.number_format import format_share
from embfilter_core.tables.layers import TRENDS, layers_table, trajectory_table, trend_table
from tests.app.conftest import Open
from tests.app.layers import CELLS, CURVES, LAYERS, LINES, SHORT, TEXT, downloaded, said, states_of
from tests.app.reading import errors, figures

pytestmark = pytest.mark.real


def test_downloads_hold_the_numbers_of_the_map_the_lines_and_the_curves(
    open_page: Open, tiny: Backbone, downloads: Mapping[str, bytes]
) -> None:
    at = open_page(LAYERS, text=TEXT, layer_metric="kl", **SHORT)
    states = states_of(tiny)
    cells = downloaded(downloads, CELLS)
    expected = layers_table(read_layers(tiny, states), tiny.token_texts)
    for column in ("layer", "position", "top_token_id", "probability", "final_rank", "entropy", "kl"):
        assert np.allclose(cells[column], expected[column], atol=1e-5)
    drawn = figures(at)["layer_map"]["data"][1]["customdata"]
    assert np.allclose([row[6] for row in drawn], cells["kl"], rtol=1e-3, atol=1e-5)
    followed = tokens_to_follow(tiny, states, KeptDirections.bulk(tiny.d))
    lines = downloaded(downloads, LINES)
    expected = trajectory_table(trajectories(tiny, states, followed), tiny.token_texts)
    assert lines["token_id"].tolist() == expected["token_id"].tolist()
    assert np.allclose(lines["logit"], expected["logit"], atol=1e-5)
    assert len(downloaded(downloads, CURVES)) == 2 * 3


def test_the_answer_about_depth_is_the_trend_of_the_curves(open_page: Open, downloads: Mapping[str, bytes]) -> None:
    at = open_page(LAYERS, text=TEXT, **SHORT)
    answer, drawn = said(at, "For this text on this backbone, "), downloaded(downloads, CURVES)
    assert answer.count("neither grows nor shrinks steadily") == 2  # nothing can be said of three layers
    (table,) = (frame.value for frame in at.dataframe if "correlation" in frame.value)
    numbers = ["layer", *TRENDS]
    expected = trend_table(drawn.astype(dict.fromkeys(numbers, float)))
    assert np.allclose(table["correlation"], expected["correlation"])
    assert table["trend"].tolist() == expected["trend"].tolist()
    for column in ("first_third", "last_third"):
        assert table[column].tolist() == [
            f"{value:.2f}" if quantity == "mean_zipf" else format_share(value)
            for quantity, value in zip(expected["quantity"], expected[column], strict=True)
        ]


def test_followed_tokens_stay_with_a_text_and_are_proposed_anew_for_another(open_page: Open, tiny: Backbone) -> None:
    at = open_page(LAYERS, text=TEXT, **SHORT)
    proposed = tokens_to_follow(tiny, states_of(tiny), KeptDirections.bulk(tiny.d))
    assert at.session_state["followed"] == proposed
    at.text_input(key="followed_word").set_value("dog").run()
    dog = first_token(tiny, "dog")
    assert at.session_state["followed"] == [*proposed[:3], dog]
    assert at.text_input(key="followed_word").value == ""
    at.select_slider(key="cell_position").set_value("1").run()
    assert at.session_state["followed"][-1] == dog
    at.multiselect(key="followed").set_value([]).run()
    assert "followed_lines" not in figures(at)
    assert said(at, "Choose one to 4 tokens.")
    at.text_input(key="followed_word").set_value("  ").run()
    assert [problem.partition(".")[0] for problem in errors(at)] == ["There is no word to follow"]
    at.text_area(key="text").set_value("one dog sleeps").run()
    assert at.session_state["followed"] == tokens_to_follow(
        tiny, states_of(tiny, "one dog sleeps"), KeptDirections.bulk(tiny.d), column=1
    )
