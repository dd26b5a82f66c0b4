"""Quality by layer is what the measures give of each layer's embeddings, and says how it is to be read."""

import numpy as np
import pytest

from embfilter_core import Backbone, EmbedFilter, KeptDirections
from embfilter_core.data.built_in_tasks import graded_pairs, topics_task
from embfilter_core.errors import Cancelled, InputError
from embfilter_core.quality.by_layer import LayerQuality, explain_layer_quality, layer_quality
from embfilter_core.quality.metrics import spearman
from tests.core.scored_by_hand import cosines_of_pairs, knn_accuracy


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


def test_layers_whose_states_are_alike_for_all_texts_are_named() -> None:
    scores = np.array([[0.0, 0.0], [5.0, 0.0], [0.0, 0.0]])
    low, high = scores.copy(), scores.copy()
    high[2, 1] = 3.0
    quality = LayerQuality("spearman", np.array([0, 4, 8]), np.array([1, 2]), scores, low, high, "pairs", 9)
    assert quality.alike.tolist() == [0]
    how, why = explain_layer_quality(quality, graded_pairs())
    assert how.startswith(
        "Spearman correlation of cosine and judgement, in points (x 100), of Sixty graded pairs (demo)"
    )
    assert "n = 9 pairs" in how
    assert "typically 0.0 points" in how
    assert "a demo, not a benchmark" in how
    assert why.startswith("0.0 ± 0.0 at layer 0: ")
