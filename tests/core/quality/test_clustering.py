"""V-measure of k-means: the library's own over resamples, with intervals that hold what was measured."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import v_measure_score

from embfilter_core.data.tasks import LabelledTask
from embfilter_core.errors import Cancelled, InputError
from embfilter_core.quality import clustering
from embfilter_core.quality.clustering import cluster, cluster_quality, describe_clustering, v_measures
from embfilter_core.quality.metrics import unit_rows
from embfilter_core.quality.nested_cosines import DECIMALS

TOPICS, A_TOPIC, D = 3, 20, 12


def task_of(codes: np.ndarray) -> LabelledTask:
    texts = tuple(f"text {i}" for i in range(len(codes)))
    return LabelledTask("labelled", "Labelled", texts, tuple(f"label {code}" for code in codes), "Made up")


def noisy_ends(seed: int = 0, noise: float = 3.0) -> tuple[LabelledTask, np.ndarray]:
    """Topics in the middle directions, noise in the others."""
    random, codes = np.random.default_rng(seed), np.repeat(np.arange(TOPICS), A_TOPIC)
    vectors = noise * random.normal(size=(len(codes), D))
    vectors[:, 3:9] = 2 * np.eye(TOPICS, 6)[codes] + 0.3 * random.normal(size=(len(codes), 6))
    return task_of(codes), vectors


def test_the_v_measure_of_a_resample_is_that_of_its_texts_repeated() -> None:
    random = np.random.default_rng(1)
    labels, found = random.integers(4, size=40), random.integers(5, size=40)
    counts = random.multinomial(40, np.full(40, 1 / 40), size=6)
    drawn = [np.repeat(np.arange(40), row) for row in counts]
    by_library = [v_measure_score(labels[at], found[at]) for at in drawn]
    assert v_measures(labels, found, counts) == pytest.approx(by_library)


def test_clusters_that_are_the_labels_score_one_and_one_cluster_scores_nothing() -> None:
    labels = np.repeat([0, 1, 2], 4)
    whole = np.ones((1, 12))
    assert v_measures(labels, 2 - labels, whole) == pytest.approx([1])
    assert v_measures(labels, np.zeros(12, dtype=int), whole) == pytest.approx([0])


def test_clusters_that_are_far_apart_are_found_whatever_the_lengths() -> None:
    labels, random = np.repeat(np.arange(TOPICS), A_TOPIC), np.random.default_rng(0)
    apart = np.eye(TOPICS, D)[labels] + 0.01 * random.normal(size=(60, D))
    (found,) = cluster(apart * random.uniform(1, 9, size=(60, 1)), TOPICS, [0])
    assert v_measures(labels, found, np.ones((1, 60))) == pytest.approx([1])


@pytest.mark.parametrize(("texts", "d", "clusters"), [(200, 12, 25), (200, 1, 5), (90, 40, 3)])
def test_the_clusters_are_those_of_scikit_learns_own_starts(texts: int, d: int, clusters: int) -> None:
    random = np.random.default_rng(3)
    vectors = random.normal(size=(clusters, d))[random.integers(clusters, size=texts)] + random.normal(size=(texts, d))
    rows = np.round(unit_rows(vectors), DECIMALS)
    kept = min(clusters, len(np.unique(rows, axis=0)))
    found = cluster(vectors, clusters, [0, 5])
    for seed, one in zip((0, 5), found, strict=True):
        assert one.tolist() == KMeans(kept, n_init=clustering.STARTS, random_state=seed).fit_predict(rows).tolist()


def test_scores_are_the_means_over_the_runs() -> None:
    task, vectors = noisy_ends()
    found = cluster_quality(task, (vectors,))
    labels = np.unique(task.labels, return_inverse=True)[1]
    runs = cluster(unit_rows(vectors), TOPICS, range(clustering.RUNS))
    by_hand = np.mean([100 * v_measure_score(labels, run) for run in runs])
    assert found.scores.values[-1] == pytest.approx(by_hand)
    assert found.to_unfiltered.values == pytest.approx(found.scores.values - found.scores.values[-1])


def test_intervals_hold_what_was_measured_and_the_gain_of_leaving_noise_out() -> None:
    task, vectors = noisy_ends()
    found = cluster_quality(task, (vectors,))
    for one in (found.scores, found.to_unfiltered):
        assert (one.low <= one.values).all()
        assert (one.values <= one.high).all()
    assert [ends[-1] for ends in (found.to_unfiltered.low, found.to_unfiltered.high)] == [0, 0]
    at = found.ks.tolist().index(6)
    assert found.to_unfiltered.low[at] > 20
    assert "τ = 2: +" in describe_clustering(found)
    assert "which texts are scored, not that other texts" in describe_clustering(found)


def test_no_gain_is_shown_where_labels_are_drawn_at_random() -> None:
    shown = 0
    for seed in range(6):
        random = np.random.default_rng(seed)
        found = cluster_quality(task_of(random.permutation(np.repeat([0, 1, 2], 12))), (random.normal(size=(36, 8)),))
        shown += int(found.to_unfiltered.low[found.ks.tolist().index(4)] > 0)
    assert shown <= 1


def test_of_many_texts_a_part_is_clustered_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustering, "MOST_TEXTS", 30)
    found = cluster_quality(noisy_ends()[0], (noisy_ends()[1],))
    assert (found.texts, found.of_texts) == (30, 60)
    assert "30 of 60 texts" in describe_clustering(found)


def test_it_repeats_and_can_be_stopped() -> None:
    task, vectors = noisy_ends()
    first, second = (cluster_quality(task, (vectors,)).scores for _ in range(2))
    assert first.low.tolist() == second.low.tolist()
    with pytest.raises(Cancelled):
        cluster_quality(task, (vectors,), progress=lambda done, total: done < 3)


@pytest.mark.parametrize(("codes", "said"), [([0, 1] * 3, "too few"), ([0] * 20, "at least two different")])
def test_too_few_texts_or_labels_are_refused(codes: list[int], said: str) -> None:
    with pytest.raises(InputError, match=said):
        cluster_quality(task_of(np.array(codes)), (np.random.default_rng(0).normal(size=(len(codes), 4)),))
