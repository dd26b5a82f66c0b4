"""Sentences on the layers hold the numbers of the reading that they are made of."""

from dataclasses import replace

import numpy as np
import pytest

from embfilter_core import Backbone, InputError, KeptDirections
from embfilter_core.lens.layers.reading import read_layers
from embfilter_core.lens.layers.sentences import PLACES, cell_sentences, depth_sentence, shown_sentence
from embfilter_core.lens.layers.states import layer_states
from embfilter_core.lens.layers.summaries import depth_trend, layer_energy, layer_frequency
from embfilter_core.lens.token_counts import count_tokens
from embfilter_core.lens.token_rates import token_rates
from embfilter_core.number_format import format_change

TEXT = "the cat sat on one word"


def test_what_is_shown_counts_layers_and_positions_and_names_the_filter(llama: Backbone) -> None:
    grid = layer_states(llama, TEXT, "plain-last").grid
    places = len(grid.positions)
    assert shown_sentence(grid, None, None).startswith(f"Shown: all 3 layers, {places} positions, unfiltered. Inner")
    thinned = replace(grid, layers=grid.layers[[0, 2]], hidden_positions=1_500, truncated_tokens=30)
    assert shown_sentence(thinned, KeptDirections.bulk(32), 2).startswith(
        f"Shown: 2 of 3 layers, {places} positions, 1,500 in the middle are left out, 30 tokens of the text were too "
        "many for the model, filtered (16 of 32, start 8, stop 24 kept), after the mean of the reference "
        "documents at layer 2 is taken off at every layer. "
    )


@pytest.mark.parametrize(("layer", "place"), [(0, 1), (2, 2), (2, -1)])
def test_a_cell_says_its_final_token_and_its_numbers(llama: Backbone, layer: int, place: int) -> None:
    reading = read_layers(llama, layer_states(llama, TEXT, "plain-mean"))
    position = int(reading.grid.positions[place])
    row, column = reading.grid.cell(layer, position)
    where, near, sure = cell_sentences(reading, llama.token_texts, layer, position, lambda token: f"<{token}>")
    token = llama.token_texts.readable(int(reading.grid.token_ids[column])) if position >= 0 else ""
    expected = f"position {position}, where the text has <{token}>" if position >= 0 else "the mean"
    assert where == f"Layer {layer} of 2, {expected}."
    final = llama.token_texts.readable(int(reading.final_tokens[column]))
    assert f"is <{final}>: at this layer rank {reading.final_ranks[row, column]:,}, " in near
    assert ("It stays on top from" in near) == (reading.settled[column] >= 0)
    assert f"{reading.entropy[row, column]:.2f} nats" in sure
    assert f"{reading.kl[row, column]:.2f} nats" in sure


def test_a_cell_that_is_not_shown_has_no_sentences(llama: Backbone) -> None:
    with pytest.raises(InputError, match="position 99 is not shown"):
        cell_sentences(read_layers(llama, layer_states(llama, TEXT)), llama.token_texts, 0, 99)


def test_the_answer_on_depth_holds_every_trend(llama: Backbone) -> None:
    states = layer_states(llama, TEXT)
    energy = layer_energy(llama.spectrum, states)
    rates = token_rates(count_tokens(llama, ["the cat sat on the mat"], "here"))
    frequency = layer_frequency(read_layers(llama, states), llama.token_texts, rates)
    answer = depth_sentence(energy, frequency, str.upper)
    for of in PLACES:
        shares = [tokens.frequent_share for tokens in getattr(frequency, of)]
        zipf = [tokens.zipf.mean for tokens in getattr(frequency, of)]
        known = [tokens.zipf.known_share for tokens in getattr(frequency, of)]
        last = [edges.last for edges in getattr(energy, of)]
        for values, number in ((shares, ".0%"), (zipf, ".2f"), (known, ".0%"), (last, ".0%")):
            trend = depth_trend(np.arange(3), values)
            assert f"{format_change(trend.first, trend.last, number)}, {trend.correlation:+.2f}" in answer
        assert depth_trend(np.arange(3), shares).direction.upper() in answer
    assert f"the share of the top 20 that are among the {rates.most_frequent} most frequent tokens" in answer
