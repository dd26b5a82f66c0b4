"""Layers: the map, its cells and what is said of them are the library's; only a new text runs the model, once."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone, KeptDirections, reference_token_rates
from embfilter_core.backbones.prompts import PROMPTS
from embfilter_core.data.corpora import lee_background
from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from embfilter_core.lens.layers.reading import read_layers
from embfilter_core.number_format import format_rate, format_share
from embfilter_core.tables.layers import cell_table
from pages.frame.controls import CONTROLS
from pages.layers.cached import layer_tables
from tests.app.acting import clear_caches, set_band
from tests.app.conftest import Open
from tests.app.layers import CELLS, LAYERS, SHORT, TEXT, downloaded, said, states_of
from tests.app.reading import blocks, errors, figures, markup, notes

pytestmark = pytest.mark.real

Change = Callable[[AppTest], object]


def shown_cell(at: AppTest) -> pd.Series:
    """The row of the map's table that is shown of the cell."""
    assert errors(at) == []
    (table,) = (frame.value for frame in at.dataframe if "settled" in frame.value)
    (row,) = (row for _, row in table.iterrows())
    return row


def shown_tokens(at: AppTest) -> pd.DataFrame:
    """The top tokens of the cell, a column each."""
    (table,) = (frame.value for frame in at.dataframe if "Rank" in frame.value)
    return table.set_index("Rank")


def test_the_page_says_what_it_shows_and_runs_the_text_once(open_page: Open, work: list[str]) -> None:
    at = open_page(LAYERS, text="a text for the first look at layers", **SHORT)
    assert errors(at) == notes(at) == []
    assert work == ["states", "read"]
    assert len(blocks(at)) == 4
    shown = said(at, "Shown:")
    assert "all 3 layers" in shown
    assert "unfiltered" in shown
    assert "left out" not in shown
    meaning = said(at, "- **probability**")
    assert "final norm first; layer 2, the last, is read as the model returns it" in meaning
    assert "The final token of a position is the top token at the last layer" in meaning
    assert set(figures(at)) == {"layer_map", "followed_lines", "frequency_lines", "energy_lines"}


LOOKS: dict[str, Change] = {
    "metric": lambda at: at.segmented_control(key="layer_metric").set_value("entropy"),
    "layer": lambda at: at.select_slider(key="cell_layer").set_value("0"),
    "position": lambda at: at.select_slider(key="cell_position").set_value("1"),
    "curve": lambda at: at.segmented_control(key="curve").set_value("logit"),
    "frequency": lambda at: at.segmented_control(key="frequency").set_value("mean-zipf"),
    "a word": lambda at: at.text_input(key="followed_word").set_value("dog"),
}


@pytest.mark.parametrize("change", LOOKS.values(), ids=LOOKS)
def test_another_look_at_a_text_neither_runs_the_model_nor_reads_again(
    open_page: Open, work: list[str], change: Change
) -> None:
    at = open_page(LAYERS, text=TEXT, **SHORT)
    before = figures(at)
    work.clear()
    change(at)
    at.run()
    assert errors(at) == []
    assert work == []
    assert figures(at) != before


def test_the_filter_reads_kept_states_again_and_a_band_only_with_the_filter_on(
    open_page: Open, work: list[str], downloads: Mapping[str, bytes]
) -> None:
    at = open_page(LAYERS, text="one text to filter at every layer", **SHORT)
    raw = downloads[CELLS]
    work.clear()
    set_band(at, 3, 13).run()
    assert work == []
    assert downloads[CELLS] == raw
    at.toggle(key="filtered").set_value(True).run()
    first = downloads[CELLS]
    set_band(at, 10, 29).run()
    assert errors(at) == []
    assert work == ["read", "read"]
    assert len({raw, first, downloads[CELLS]}) == 3
    assert "filtered (19 of 32, start 10, stop 29 kept)" in said(at, "Shown:")
    at.toggle(key="filtered").set_value(False).run()
    assert work == ["read", "read"]
    assert downloads[CELLS] == raw


def test_sessions_that_ask_at_the_same_moment_read_a_text_once(tiny: Backbone, work: list[str]) -> None:
    clear_caches()
    with ThreadPoolExecutor(3) as sessions:
        view = tiny, PROMPTS["echo"], TEXT, None, None, reference_token_rates(tiny)
        asked = [sessions.submit(layer_tables, *view) for _ in range(3)]
        made = [one.result() for one in asked]
    assert made[0] is made[1] is made[2]
    assert work == ["states", "read"]


@pytest.mark.parametrize(
    ("filtered", "cell", "layer", "place"),
    [
        ("false", {}, 2, -1),
        ("false", {"cell_layer": "0"}, 0, -1),
        ("true", {"cell_position": "2"}, 2, 2),
    ],
)
def test_a_cell_is_shown_as_its_row_of_the_map_with_its_top_tokens(
    open_page: Open, tiny: Backbone, filtered: str, cell: dict[str, str], layer: int, place: int
) -> None:
    at = open_page(LAYERS, text=TEXT, filtered=filtered, preset="edges", **SHORT, **cell)
    kept = KeptDirections.edges(tiny.d) if filtered == "true" else None
    reading = read_layers(tiny, states_of(tiny), kept)
    position = int(reading.grid.positions[place])
    expected = cell_table(reading, tiny.token_texts, reference_token_rates(tiny), layer, position).head(10)
    tokens = shown_tokens(at)
    assert list(tokens.columns) == [str(rank) for rank in range(1, 11)]
    assert tokens.loc["Token"].tolist() == expected["token"].tolist()
    assert tokens.loc["Probability"].tolist() == [format_share(value) for value in expected["probability"]]
    assert tokens.loc["In a million tokens"].tolist() == [
        format_rate(rate, not estimated)
        for rate, estimated in zip(expected["per_million"], expected["estimated"], strict=True)
    ]
    row, column = reading.grid.cell(layer, position)
    shown = shown_cell(at)
    assert (shown["layer"], shown["position"]) == (layer, str(position))
    assert shown["final_rank"] == reading.final_ranks[row, column]
    assert (shown["entropy"], shown["kl"]) == pytest.approx((reading.entropy[row, column], reading.kl[row, column]))
    settled = reading.settled[column]
    assert shown["settled"] == (str(settled) if settled >= 0 else "never")


def test_the_centre_is_taken_off_at_every_layer_once_the_corpus_is_embedded(
    open_page: Open, tiny: Backbone, downloads: Mapping[str, bytes]
) -> None:
    at = open_page(LAYERS, text=TEXT, centre="true", **SHORT)
    assert [button.key for button in at.button if button.label.startswith("Embed")] == ["layers_reference"]
    assert "taken off" not in said(at, "Shown:")
    raw = downloads[CELLS]
    mean = embed_corpus(tiny, lee_background(), "plain-last").mean(axis=0)
    at.run()
    assert "after the mean of the reference documents at layer 2 is taken off at every layer" in said(at, "Shown:")
    assert downloads[CELLS] != raw
    reading = read_layers(tiny, states_of(tiny), centre=mean)
    assert np.allclose(downloaded(downloads, CELLS)["entropy"], reading.entropy.ravel(), atol=1e-4)


@pytest.mark.parametrize("prompt", ["plain-mean", "echo"])
def test_a_mean_has_a_column_of_its_own_that_is_chosen_at_first(open_page: Open, tiny: Backbone, prompt: str) -> None:
    at = open_page(LAYERS, text=TEXT, prompt=prompt)
    states = states_of(tiny, prompt=prompt)
    reading = read_layers(tiny, states)
    assert shown_tokens(at).loc["Token"].tolist() == tiny.token_texts.readable_all(reading.token_ids[2, -1, :10])
    assert (shown_cell(at)["layer"], shown_cell(at)["position"]) == (2, "mean")
    assert "the model predicts no token there" in said(at, "- **probability**")
    assert at.select_slider(key="cell_position").options[-1] == "pooled"
    assert len(at.select_slider(key="cell_position").options) == len(states.grid.positions)


def test_a_long_text_is_cut_in_the_middle_and_says_so(open_page: Open, downloads: Mapping[str, bytes]) -> None:
    at = open_page(LAYERS, text="the cat sat " * 50, prompt="plain-last")
    assert errors(at) == []
    assert "128 positions, 23 in the middle are left out" in said(at, "Shown:")
    assert len(downloaded(downloads, CELLS)) == 3 * 128
    assert "texttemplate" not in figures(at)["layer_map"]["data"][0]


def test_a_cell_that_is_not_on_the_map_gives_way_to_the_pooled_one_and_says_so(open_page: Open) -> None:
    at = open_page(LAYERS, text=TEXT, cell_layer="40", cell_position="900", **SHORT)
    assert errors(at) == []
    assert notes(at) == [f"There is no {what} on the map of this text." for what in ("layer 40", "position 900")]
    assert at.session_state["cell_layer"] == "last"
    assert at.session_state["cell_position"] == "pooled"
    assert shown_cell(at).equals(shown_cell(open_page(LAYERS, text=TEXT, **SHORT)))


def test_the_last_layer_and_position_may_be_named_by_their_numbers(open_page: Open, tiny: Backbone) -> None:
    last = int(states_of(tiny).grid.positions[-1])
    at = open_page(LAYERS, text=TEXT, cell_layer="2", cell_position=str(last), **SHORT)
    assert errors(at) == notes(at) == []
    assert at.session_state["cell_layer"] == "last"
    assert at.session_state["cell_position"] == "pooled"


def test_a_text_of_one_token_has_one_column(open_page: Open, downloads: Mapping[str, bytes]) -> None:
    at = open_page(LAYERS, text="a", prompt="custom", template="{text}", pooling="last")
    assert errors(at) == notes(at) == []
    assert len(downloaded(downloads, CELLS)) in (3, 6)  # some tokenizers put a token in front
    assert shown_tokens(at).shape == (3, 10)


BAD = {
    "layer_metric": "<b>",
    "filtered": "yes",
    "cell_layer": "first",
    "cell_position": "-1",
    "curve": "loss",
    "frequency": "often",
    "labelled": "lee-51",
    "layer_step": "0",
}


def test_impossible_values_are_named_and_the_defaults_used(open_page: Open) -> None:
    at = open_page(LAYERS, text=TEXT, **SHORT, **BAD)
    assert errors(at) == []
    for (key, value), note in zip(sorted(BAD.items()), sorted(notes(at)), strict=True):
        assert note.startswith(f"The link asks for {key} = {value}, which is impossible")
        assert at.session_state[key] == CONTROLS[key].default


@pytest.mark.parametrize("text", ["", "\x00"])
def test_without_a_text_one_error_says_so(open_page: Open, text: str) -> None:
    at = open_page(LAYERS)
    at.text_area(key="text").set_value(text).run()
    (problem,) = errors(at)
    assert problem.startswith("There is no text yet.")
    assert blocks(at) == []


def test_hostile_texts_and_tokens_are_shown_to_the_letter(open_page: Open, tiny: Backbone) -> None:
    text = "<script> **y** $x$ :smile: 🐈 \u202e \u200b"
    pieces = tiny.token_texts.readable_all(states_of(tiny, text).grid.token_ids)
    at = open_page(LAYERS, text=text, cell_position=str(pieces.index("*")), **SHORT)
    assert shown_cell(at)["token"] == "*"
    assert "\u202e" not in markup(at)
    hovers = figures(at)["layer_map"]["data"][1]["hovertext"]
    assert "where the text has &lt;;" in hovers[pieces.index("<")]
    assert not any("has <" in hover for hover in hovers)


def test_a_layer_of_the_map_becomes_the_layer_of_every_page(open_page: Open, work: list[str]) -> None:
    at = open_page(LAYERS, text=TEXT, **SHORT)
    (button,) = (button for button in at.button if button.label.startswith("Use layer"))
    assert button.disabled
    at.select_slider(key="cell_layer").set_value("1").run()
    work.clear()
    (button,) = (button for button in at.button if button.label == "Use layer 1 everywhere")
    button.click().run()
    assert errors(at) == []
    assert at.number_input(key="layer").value == 1
    assert work == []
