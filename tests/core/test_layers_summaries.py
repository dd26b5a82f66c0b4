"""Energy and word frequency by layer are those of the states and tokens, and quality is asked once a layer."""

from dataclasses import astuple, replace

import numpy as np
import pytest

from embfilter_core import Backbone, EmbedFilter, KeptDirections
from embfilter_core.errors import EmbeddingCancelled, InputError
from embfilter_core.lens.layer_quality import Progress, quality_by_layer
from embfilter_core.lens.layer_states import LayerStates, layer_states
from embfilter_core.lens.layer_summaries import layer_energy, layer_frequency
from embfilter_core.lens.layers import read_layers
from embfilter_core.lens.token_frequency import summarise_zipf, token_zipf

TEXT = "the cat sat on one word"


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
    reading = read_layers(llama, layer_states(llama, TEXT, prompt), top=30)
    frequency = layer_frequency(reading, llama.token_texts)
    places = len(reading.grid.positions) - (prompt == "plain-mean")
    assert frequency.top == 30
    for row, ids in enumerate(reading.token_ids):
        zipf = [[token_zipf(llama.token_texts.text(int(i))) for i in column] for column in ids]
        flat = [value for column in zipf[:places] for value in column]
        for found, expected in ((frequency.pooled[row], zipf[-1]), (frequency.positions[row], flat)):
            assert astuple(found) == pytest.approx(astuple(summarise_zipf(expected)), nan_ok=True)


def test_a_layer_that_speaks_only_frequent_words_says_so(llama: Backbone) -> None:
    reading = read_layers(llama, layer_states(llama, TEXT), top=1)
    ids = {text: i for i, text in enumerate(llama.token_texts.raw)}
    spoken = np.full_like(reading.token_ids, ids[b"%"])
    spoken[0] = ids[b" the"]
    spoken[1] = ids[b" cat"]
    frequency = layer_frequency(replace(reading, token_ids=spoken), llama.token_texts)
    assert [summary.frequent_share for summary in frequency.pooled] == [1, 0, 0]
    assert [summary.frequent_share for summary in frequency.positions] == [1, 0, 0]
    assert frequency.pooled[0].mean_zipf > 7 > 5 > frequency.pooled[1].mean_zipf > 4
    assert np.isnan(frequency.positions[2].mean_zipf)


def mean_length(coefficients: np.ndarray) -> float:
    return float(np.linalg.norm(coefficients, axis=1).mean())


def test_quality_is_scored_on_the_reduced_form_of_the_embeddings_of_each_layer(llama: Backbone) -> None:
    random = np.random.default_rng(0)
    embeddings = {layer: random.normal(size=(6, llama.d)).astype(np.float32) for layer in (0, 3, 9)}
    selections = [KeptDirections.bulk(llama.d, ratio) for ratio in (2, 4)] + [KeptDirections.edges(llama.d)]
    asked: list[int] = []

    def embeddings_of(layer: int) -> np.ndarray:
        asked.append(layer)
        return embeddings[layer]

    scores = quality_by_layer(embeddings_of, [0, 3, 9], llama.spectrum, selections, mean_length)
    assert asked == [0, 3, 9]
    assert scores.shape == (3, 3)
    for row, layer in enumerate(embeddings):
        for column, kept in enumerate(selections):
            reduced = EmbedFilter(llama.spectrum, kept).reduce(embeddings[layer])
            assert scores[row, column] == pytest.approx(mean_length(reduced), rel=1e-5)


def test_quality_by_layer_reports_from_the_start_and_can_be_stopped_between_scores(llama: Backbone) -> None:
    everything = [KeptDirections.everything(llama.d)] * 2
    seen: list[tuple[int, int]] = []

    def embeddings_of(layer: int) -> np.ndarray:
        return np.ones((2, llama.d))

    quality_by_layer(embeddings_of, [0, 1], llama.spectrum, everything, mean_length, lambda *at: seen.append(at))
    assert seen == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    for stop in (0, 3):
        with pytest.raises(EmbeddingCancelled, match=f"{stop} of 4"):
            quality_by_layer(embeddings_of, [0, 1], llama.spectrum, everything, mean_length, until(stop))


def until(stop: int) -> Progress:
    return lambda done, total: done < stop


def test_nothing_to_score_is_refused(llama: Backbone) -> None:
    for layers, selections in (([], [KeptDirections.bulk(llama.d)]), ([1], [])):
        with pytest.raises(InputError, match="nothing to score"):
            quality_by_layer(lambda layer: np.ones((2, llama.d)), layers, llama.spectrum, selections, mean_length)
