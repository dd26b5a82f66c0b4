"""Energy and word frequency by layer are those of the states and tokens, and trends and quality follow from them."""

from dataclasses import astuple, replace

import numpy as np
import pytest

from embfilter_core import Backbone, EmbedFilter, KeptDirections
from embfilter_core.data.built_in_tasks import graded_pairs, topics_task
from embfilter_core.errors import Cancelled, InputError
from embfilter_core.lens.layers.reading import read_layers
from embfilter_core.lens.layers.states import LayerStates, layer_states
from embfilter_core.lens.layers.summaries import depth_trend, layer_energy, layer_frequency
from embfilter_core.quality.by_layer import LayerQuality, layer_quality
from embfilter_core.quality.metrics import cosines_of_pairs, knn_accuracy, spearman
from embfilter_core.vocabulary.token_frequency import summarise_zipf, token_zipf

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


def random_embeddings(layer: int, n: int, d: int) -> np.ndarray:
    return np.random.default_rng(layer).normal(size=(n, d)).astype(np.float32)


def test_quality_is_that_of_the_filtered_embeddings_of_each_layer_in_points(llama: Backbone) -> None:
    pairs, topics = graded_pairs(), topics_task()
    asked: list[int] = []

    def embeddings_of(layer: int) -> np.ndarray:
        asked.append(layer)
        return random_embeddings(layer, len(pairs.texts), llama.d)

    quality = layer_quality(pairs, embeddings_of, [0, 3, 9], llama.spectrum)
    assert asked == [0, 3, 9] == quality.layers.tolist()
    assert quality.ratios.tolist() == [1, 2, 4, 8]
    assert (quality.unit, quality.units, quality.measure) == ("pairs", 60, "spearman")
    _, codes = np.unique(topics.labels, return_inverse=True)
    accuracy = layer_quality(
        topics, lambda layer: random_embeddings(layer, len(topics), llama.d), [0, 3, 9], llama.spectrum
    )
    for row, column in np.ndindex(3, 4):
        reduced = [
            EmbedFilter(llama.spectrum, KeptDirections.bulk(llama.d, (1, 2, 4, 8)[column])).reduce(
                random_embeddings((0, 3, 9)[row], len(task.texts), llama.d)
            )
            for task in (pairs, topics)
        ]
        correlation = spearman(cosines_of_pairs(reduced[0], pairs.left, pairs.right), pairs.scores)
        assert quality.scores[row, column] == pytest.approx(100 * correlation, abs=1e-3)
        assert accuracy.scores[row, column] == pytest.approx(100 * knn_accuracy(reduced[1], codes), abs=1e-9)


def test_every_score_lies_in_its_interval_and_the_half_width_is_the_middle_one(llama: Backbone) -> None:
    task = graded_pairs()
    quality = layer_quality(task, lambda layer: random_embeddings(layer, len(task.texts), llama.d), [1], llama.spectrum)
    assert (quality.low < quality.scores).all()
    assert (quality.scores < quality.high).all()
    assert quality.half_width == pytest.approx(np.median((quality.high - quality.low) / 2))
    assert 20 < quality.half_width < 30  # 60 pairs without any correlation: 196 / sqrt(60) is 25


def test_quality_by_layer_reports_from_the_start_and_can_be_stopped_between_layers(llama: Backbone) -> None:
    task = graded_pairs()
    seen: list[tuple[int, int]] = []

    def measure_until(stop: int) -> None:
        layer_quality(
            task,
            lambda layer: random_embeddings(layer, len(task.texts), llama.d),
            [0, 1],
            llama.spectrum,
            progress=lambda *at: seen.append(at) or at[0] < stop,
        )

    measure_until(3)
    assert seen == [(0, 2), (1, 2), (2, 2)]
    for stop in (0, 1):
        with pytest.raises(Cancelled, match=f"{stop} of 2"):
            measure_until(stop)


def test_nothing_to_score_is_refused(llama: Backbone) -> None:
    for layers, ratios in (([], [2]), ([1], [])):
        with pytest.raises(InputError, match="nothing to score"):
            layer_quality(graded_pairs(), lambda layer: np.ones((2, llama.d)), layers, llama.spectrum, ratios)


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


def test_layers_whose_states_are_alike_for_all_texts_are_named() -> None:
    scores = np.array([[0.0, 0.0], [5.0, 0.0], [0.0, 0.0]])
    low, high = scores.copy(), scores.copy()
    high[2, 1] = 3.0
    quality = LayerQuality("spearman", np.array([0, 4, 8]), np.array([1, 2]), scores, low, high, "pairs", 9)
    assert quality.alike.tolist() == [0]
