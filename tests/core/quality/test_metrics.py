"""What tasks measure, against scipy, scikit-learn and formulas written out."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import average_precision_score, ndcg_score
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from embfilter_core.errors import Cancelled, InputError
from embfilter_core.quality.metrics import (
    Judgements,
    RelevantRanks,
    average_precision,
    ndcg,
    neighbours_agree,
    pearson,
    recall,
    relevant_ranks,
    spearman,
)
from embfilter_core.quality.text_evidence import neighbour_evidence, retrieval_evidence
from embfilter_core.spectral.presets import choose_family
from tests.core.scored_by_hand import cosines_of_pairs, knn_accuracy

D, TEXTS, TOPICS = 12, 45, 3
QUERIES, DOCUMENTS = 7, 160
SELECTIONS = choose_family("bulk", D, range(1, D + 1))


def draw_topics(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    labels = random.integers(0, TOPICS, TEXTS)
    return random.normal(size=(TOPICS, D))[labels] + random.normal(size=(TEXTS, D)), labels


def draw_queries(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Queries, documents and grades (q, n) from 0 to 3, most of them 0; query 2 has no relevant document."""
    random = np.random.default_rng(seed)
    queries, documents = random.normal(size=(QUERIES, D)), random.normal(size=(DOCUMENTS, D))
    grades = random.integers(1, 4, size=(QUERIES, DOCUMENTS)) * (random.uniform(size=(QUERIES, DOCUMENTS)) < 0.1)
    grades[2] = 0
    return queries, documents, grades


def judgements(grades: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    query, document = np.nonzero(grades)
    order = np.random.default_rng(0).permutation(len(query))
    return query[order], document[order], grades[query, document][order]


@pytest.mark.parametrize("decimals", [0, 1, 12])
def test_correlations_are_those_of_scipy(decimals: int) -> None:
    x, y = np.round(np.random.default_rng(0).normal(size=(2, 80)), decimals)
    assert spearman(x, y) == pytest.approx(spearmanr(x, y).statistic, abs=1e-12)
    assert pearson(x, y) == pytest.approx(pearsonr(x, y).statistic, abs=1e-12)


def test_a_constant_correlates_with_nothing() -> None:
    x = np.arange(5.0)
    assert spearman(x, np.full(5, 0.3)) == pearson(np.full(5, 2), x) == 0


def test_a_row_of_zeros_has_cosine_zero() -> None:
    embeddings = np.array([[1.0, 0], [0, 0], [2, 2]])
    found = cosines_of_pairs(embeddings, np.array([0, 0, 1, 2]), np.array([1, 2, 1, 2]))
    assert found.tolist() == [0, pytest.approx(0.5**0.5, abs=1e-9), 0, 1]


@pytest.mark.parametrize("neighbours", [1, 3, 5])
def test_nearest_neighbours_vote_as_scikit_learn_leaves_one_out(neighbours: int) -> None:
    embeddings, labels = draw_topics()
    classifier = KNeighborsClassifier(neighbours, metric="cosine", algorithm="brute")
    expected = cross_val_score(classifier, embeddings, labels, cv=LeaveOneOut()).mean()
    assert knn_accuracy(embeddings, labels, neighbours) == pytest.approx(expected)


def test_of_texts_equally_near_the_earlier_vote() -> None:
    cosines = np.array([[1.0, 0.5, 0.9, 0.5, 0.5]])
    own, labels = np.array([0]), np.array([1, 1, 0, 0, 0])
    assert neighbours_agree(cosines, own, labels, neighbours=2).tolist() == [0]  # one vote each, the smaller code wins
    assert neighbours_agree(cosines, own, np.array([0, 0, 1, 1, 1]), neighbours=2).tolist() == [1]
    assert neighbours_agree(cosines, own, np.array([0, 0, 0, 1, 1]), neighbours=2).tolist() == [1]


@pytest.mark.parametrize("neighbours", [1, 2, 5, 11])
def test_in_rows_full_of_ties_those_vote_that_stand_first_in_a_stable_order(neighbours: int) -> None:
    random = np.random.default_rng(0)
    cosines, own = random.integers(4, size=(60, 12)) / 3, random.integers(12, size=60)
    labels = random.permutation(np.repeat([0, 1, 2, 3], 3))
    expected = []
    for row, me in zip(cosines, own, strict=True):
        others = [place for place in np.argsort(-row, kind="stable") if place != me][:neighbours]
        expected.append(float(np.bincount(labels[others]).argmax() == labels[me]))
    assert neighbours_agree(cosines, own, labels, neighbours).tolist() == expected


def test_fewer_texts_than_neighbours_all_vote() -> None:
    assert knn_accuracy(np.eye(3) + 1, np.array([0, 0, 1]), neighbours=50) == pytest.approx(2 / 3)


def test_texts_under_every_selection_score_as_filtered_for_each() -> None:
    embeddings, labels = draw_topics()
    evidence = neighbour_evidence(embeddings, labels, SELECTIONS, neighbours=3)
    found = evidence.scores(np.ones((1, TEXTS)))[:, 0]
    expected = [knn_accuracy(embeddings[:, kept.indices], labels, 3) for kept in SELECTIONS]
    assert (evidence.units, evidence.unit) == (TEXTS, "texts")
    assert found.tolist() == pytest.approx(expected)


def ranking(cosines: np.ndarray) -> np.ndarray:
    return np.argsort(-cosines, kind="stable")


def test_rankings_score_as_scikit_learn_and_the_formulas_say() -> None:
    queries, documents, grades = draw_queries()
    cosines = np.array([[cosines_of_pairs(np.stack([q, t]), [0], [1])[0] for t in documents] for q in queries])
    relevance = Judgements.of(*judgements(grades), QUERIES, DOCUMENTS)
    found = relevant_ranks(cosines[relevance.queries], relevance)
    gains, precisions, recalls = ndcg(found), average_precision(found), recall(found)
    assert relevance.queries.tolist() == [0, 1, 3, 4, 5, 6]
    for place, query in enumerate(relevance.queries):
        row, truth = cosines[query][None], grades[query][None]
        assert gains[place] == pytest.approx(ndcg_score(truth, row, k=10))
        assert precisions[place] == pytest.approx(average_precision_score(truth[0] > 0, row[0]))
        first = grades[query][ranking(row[0])][:100]
        assert recalls[place] == pytest.approx((first > 0).sum() / (grades[query] > 0).sum())


def test_among_equal_cosines_the_earlier_document_is_first() -> None:
    relevance = Judgements.of([0, 0], [1, 3], [1, 2], queries=1, documents=4)
    found = relevant_ranks(np.array([[0.5, 0.5, 0.9, 0.5]]), relevance)
    assert found.ranks.tolist() == [3, 4]
    assert average_precision(found) == pytest.approx((1 / 3 + 2 / 4) / 2)
    ideal = 2 / np.log2(2) + 1 / np.log2(3)
    assert ndcg(found) == pytest.approx((1 / np.log2(4) + 2 / np.log2(5)) / ideal)
    assert recall(found).tolist() == [1]


@pytest.mark.parametrize("metric", [ndcg, average_precision, recall])
def test_queries_under_every_selection_score_as_filtered_for_each(
    monkeypatch: pytest.MonkeyPatch, metric: Callable[[RelevantRanks], np.ndarray]
) -> None:
    queries, documents, grades = draw_queries(1)
    relevance = Judgements.of(*judgements(grades), QUERIES, DOCUMENTS)
    monkeypatch.setattr("embfilter_core.quality.text_evidence.COSINES_AT_ONCE", 4 * DOCUMENTS)  # two chunks
    evidence = retrieval_evidence(queries, documents, judgements(grades), SELECTIONS, metric)
    for b, kept in enumerate(SELECTIONS):
        rows = np.concatenate([queries[relevance.queries], documents])[:, kept.indices]
        left, right = np.meshgrid(np.arange(6), np.arange(DOCUMENTS) + 6, indexing="ij")
        cosines = cosines_of_pairs(rows, left.ravel(), right.ravel()).reshape(6, DOCUMENTS)
        assert np.allclose(evidence.values[b], metric(relevant_ranks(cosines, relevance)))
    assert (evidence.units, evidence.unit, evidence.pairs) == (6, "queries", 6)


def test_false_from_the_progress_cancels() -> None:
    embeddings, labels = draw_topics()
    queries, documents, grades = draw_queries()
    with pytest.raises(Cancelled, match="2 of 12"):
        neighbour_evidence(embeddings, labels, SELECTIONS, progress=lambda done, total: done < 2)
    with pytest.raises(Cancelled):
        retrieval_evidence(queries, documents, judgements(grades), SELECTIONS, ndcg, lambda *at: False)


@pytest.mark.parametrize(
    ("labels", "said"),
    [([0, 1], "2 labels for 3 texts"), ([0, 0, 0], "at least two different"), ([-1, 0, 1], "codes from 0")],
)
def test_labels_that_do_not_fit_are_refused(labels: list[int], said: str) -> None:
    with pytest.raises(InputError, match=said):
        neighbour_evidence(np.eye(3), labels, choose_family("bulk", 3, [3]))


@pytest.mark.parametrize(
    ("relevance", "said"),
    [
        (([5], [0], [1]), "no query at position 5"),
        (([0], [9], [1]), "no document at position 9"),
        (([0], [0], [0]), "No document is relevant"),
        (([0, 0], [1, 1], [1, 2]), "judged twice"),
    ],
)
def test_relevance_that_does_not_fit_is_refused(relevance: tuple[list[int], ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        retrieval_evidence(np.eye(3), np.eye(3), relevance, choose_family("bulk", 3, [3]), ndcg)
