"""Sentences on the layers hold the numbers of the reading that they are made of."""

from dataclasses import replace

import numpy as np
import pytest

from embfilter_core import Backbone, KeptDirections
from embfilter_core.lens.layers.reading import read_layers
from embfilter_core.lens.layers.sentences import PLACES, depth_sentence, final_token_sentences, shown_sentence
from embfilter_core.lens.layers.states import layer_states
from embfilter_core.lens.layers.summaries import depth_trend, layer_frequency
from embfilter_core.lens.token_counts import count_tokens
from embfilter_core.lens.token_rates import token_rates

TEXT = "the cat sat on one word"


def test_what_is_shown_counts_layers_and_positions_and_names_the_filter(llama: Backbone) -> None:
    grid = layer_states(llama, TEXT, "plain-last").grid
    places = len(grid.positions)
    assert shown_sentence(grid, None, None) == (f"Shown: all 3 layers, {places} positions, unfiltered.")
    thinned = replace(grid, layers=grid.layers[[0, 2]], hidden_positions=1_500, truncated_tokens=30)
    assert shown_sentence(thinned, KeptDirections.bulk(32), 2) == (
        f"Shown: 2 of 3 layers, {places} positions, 1,500 in the middle are left out, 30 tokens of the text were too "
        "many for the model, filtered (16 of 32, start 8, stop 24 kept), after the mean of the reference "
        "documents at layer 2 is taken off at every layer."
    )


@pytest.mark.parametrize("prompt", ["plain-last", "plain-mean", "prompteol", "echo"])
def test_a_mean_is_not_said_to_be_what_the_model_predicts(llama: Backbone, prompt: str) -> None:
    grid = layer_states(llama, TEXT, prompt).grid
    said = " ".join(final_token_sentences(grid))
    assert "The final token of a position is the top token at the last layer" in said
    assert ("the model predicts no token there" in said) == (grid.positions[-1] == -1)
    assert "layer 2, the last, is read as the model returns it" in said


def test_the_answer_on_depth_names_the_trend_of_both_places(llama: Backbone) -> None:
    rates = token_rates(count_tokens(llama, [TEXT], "a text"))
    frequency = layer_frequency(read_layers(llama, layer_states(llama, TEXT)), llama.token_texts, rates)
    answer = depth_sentence(frequency, str.upper)
    assert f"the top {frequency.top} that are among the {rates.most_frequent} most frequent tokens" in answer
    for of, where in PLACES.items():
        shares = [summary.frequent_share for summary in getattr(frequency, of)]
        assert f"{depth_trend(np.arange(3), shares).direction.upper()} with depth {where}" in answer
