"""Energy and word frequency by layer are those of the states and tokens, and trends follow from them."""

from dataclasses import astuple, replace

import numpy as np
import pytest

from embfilter_core import Backbone
from embfilter_core.lens.layers.reading import read_layers
from embfilter_core.lens.layers.states import LayerStates, layer_states
from embfilter_core.lens.layers.summaries import depth_trend, layer_energy, layer_frequency
from embfilter_core.lens.token_counts import count_tokens
from embfilter_core.lens.token_rates import TokenRates, token_rates
from embfilter_core.vocabulary.token_frequency import summarise_zipf, token_zipf

TEXT = "the cat sat on one word"


def rates_of(backbone: Backbone) -> TokenRates:
    return token_rates(count_tokens(backbone, ["one in the middle of the dog"], "here"))


@pytest.mark.parametrize("prompt", ["prompteol", "plain-mean"])
def test_energy_by_layer_is_the_share_of_the_squared_length_at_the_ends(llama: Backbone, prompt: str) -> None:
    states = layer_states(llama, TEXT, prompt)
    energy = layer_energy(llama.spectrum, states)
    places = len(states.grid.positions) - (prompt == "plain-mean")
    for row, hidden in enumerate(states.states.astype(np.float64)):
        squares = (hidden @ llama.spectrum.directions.T) ** 2
        shares = squares / squares.sum(1, keepdims=True)
        for found, expected in (
            (energy.pooled[row], shares[-1]),
            (energy.positions[row], shares[:places].mean(0)),
        ):
            assert found.block == 2
            assert found.first == pytest.approx(expected[:2].sum())
            assert found.last == pytest.approx(expected[-2:].sum())
            assert found.very_last == pytest.approx(expected[-1])
    assert energy.layers.tolist() == [0, 1, 2]


@pytest.mark.parametrize(("direction", "expected"), [(0, (1, 0, 0)), (15, (0, 0, 0)), (30, (0, 1, 0)), (31, (0, 1, 1))])
def test_a_state_along_one_direction_has_all_its_energy_there(
    llama: Backbone, direction: int, expected: tuple[int, int, int]
) -> None:
    states = layer_states(llama, TEXT)
    along = np.broadcast_to(3 * llama.spectrum.directions[direction], states.states.shape).astype(np.float32)
    energy = layer_energy(llama.spectrum, LayerStates(states.grid, along))
    for shares in (*energy.pooled, *energy.positions):
        assert (shares.first, shares.last, shares.very_last) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("prompt", ["prompteol", "plain-mean"])
def test_frequency_by_layer_counts_the_top_tokens_of_the_pooled_state_and_of_all_positions(
    llama: Backbone, prompt: str
) -> None:
    reading, rates = read_layers(llama, layer_states(llama, TEXT, prompt), top=30), rates_of(llama)
    frequency = layer_frequency(reading, llama.token_texts, rates)
    places = len(reading.grid.positions) - (prompt == "plain-mean")
    assert (frequency.top, frequency.most_frequent) == (20, rates.most_frequent)
    for row, ids in enumerate(reading.token_ids[:, :, :20]):
        for found, listed in ((frequency.pooled[row], ids[-1]), (frequency.positions[row], ids[:places].ravel())):
            zipf = summarise_zipf(token_zipf(llama.token_texts.text(int(i))) for i in listed)
            assert found.frequent_share == rates.frequent[listed].mean()
            assert astuple(found.zipf) == pytest.approx(astuple(zipf), nan_ok=True)


def test_a_layer_that_speaks_only_frequent_tokens_says_so(llama: Backbone) -> None:
    reading = read_layers(llama, layer_states(llama, TEXT), top=1)
    ids = {text: i for i, text in enumerate(llama.token_texts.raw)}
    spoken = np.full_like(reading.token_ids, ids[b"%"])
    spoken[0] = ids[b" the"]
    spoken[1] = ids[b" cat"]  # which the texts below do not hold
    frequency = layer_frequency(replace(reading, token_ids=spoken), llama.token_texts, rates_of(llama))
    assert [summary.frequent_share for summary in frequency.pooled] == [1, 0, 0]
    assert [summary.frequent_share for summary in frequency.positions] == [1, 0, 0]
    assert frequency.pooled[0].zipf.mean > 7 > 5 > frequency.pooled[1].zipf.mean > 4
    assert np.isnan(frequency.positions[2].zipf.mean)


@pytest.mark.parametrize(
    ("values", "direction"),
    [
        ([1, 2, 3, 4, 5, 6], "grows"),
        ([6, 5, 4, 3, 2, 1], "shrinks"),
        ([1, 1, 1, 1, 1, 1], "neither grows nor shrinks steadily"),
        ([3, 2, 9, 0, 4, 2], "neither grows nor shrinks steadily"),
        ([1, 3, 2, 5, 4, 6], "neither grows nor shrinks steadily"),  # as often by chance with so few layers
        ([np.nan, 1, 2, np.nan, 3, 4, 5, 6], "grows"),
        ([np.nan] * 6, "neither grows nor shrinks steadily"),
    ],
)
def test_a_trend_is_named_only_where_thirds_and_correlation_agree(values: list[float], direction: str) -> None:
    assert depth_trend(np.arange(len(values)), np.array(values)).direction == direction


def test_a_trend_compares_the_first_and_the_last_third_of_the_layers_where_it_is_defined() -> None:
    trend = depth_trend(np.array([0, 2, 4, 6, 8, 9, 10]), np.array([1, 3, np.nan, 5, 6, 8, 10]))
    assert (trend.first, trend.last, trend.correlation) == (2, 9, pytest.approx(1))
    assert trend.layers == 6
