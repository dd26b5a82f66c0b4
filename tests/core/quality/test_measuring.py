"""Every kind of task becomes evidence whose scores are those of the task written out."""

from dataclasses import replace

import numpy as np
import pytest

from embfilter_core.data.tasks import LabelledTask, Relevance, RetrievalTask, Task, pair_task
from embfilter_core.errors import Cancelled, InputError
from embfilter_core.quality.measuring import MEASURES, corpora_of, measure, measure_named, measures_of, shares_texts
from embfilter_core.spectral.presets import choose_family
from embfilter_core.spectral.selection import KeptDirections
from tests.core.scored_by_hand import score, score_queries
from tests.core.synthetic_tasks import TASKS, D, all_pairs, disjoint_pairs, labelled, retrieval, yes_or_no

CASES = [(kind, name) for kind, make in TASKS.items() for name in measures_of(make()[0])]
SELECTIONS = [KeptDirections.unfiltered(D), *choose_family("bulk", D, [1, 5, 8]), KeptDirections.band(D, 0, 3)]


def once(task: Task, vectors: tuple, selections: list, name: str | None) -> np.ndarray:
    """The score of every selection on the data as they are."""
    evidence = measure(task, vectors, selections, name)
    return evidence.scores(np.ones((1, evidence.units)))[:, 0]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_every_measure_of_every_kind_is_that_of_the_kept_columns_alone(kind: str, name: str) -> None:
    task, vectors = TASKS[kind]()
    by_hand = [score(task, tuple(part[:, kept.indices] for part in vectors), name) for kept in SELECTIONS]
    assert once(task, vectors, SELECTIONS, name) == pytest.approx(by_hand, abs=1e-12)
    assert name == "recall@100" or len(set(by_hand)) > 1


def test_recall_counts_the_first_100_documents_only() -> None:
    task, vectors = retrieval(documents=250)
    by_hand = [score_queries(task, vectors, "recall@100")]
    evidence = measure(task, vectors, [KeptDirections.unfiltered(D)], "recall@100")
    assert np.allclose(evidence.values, by_hand)
    assert evidence.values.min() < evidence.values.max()


@pytest.mark.parametrize("kind", TASKS)
def test_the_usual_measure_is_taken_where_none_is_named(kind: str) -> None:
    task, vectors = TASKS[kind]()
    usual = measures_of(task)[0]
    assert np.array_equal(once(task, vectors, SELECTIONS, None), once(task, vectors, SELECTIONS, usual))


def test_every_measure_has_a_name_for_people_and_a_task() -> None:
    assert {name for _, name in CASES} == set(MEASURES)


@pytest.mark.parametrize("kind", TASKS)
def test_a_measure_of_another_kind_is_refused_with_those_that_fit(kind: str) -> None:
    task, vectors = TASKS[kind]()
    for name in {*MEASURES, "luck"} - set(measures_of(task)):
        with pytest.raises(InputError, match=f"{name}.*Use {measures_of(task)[0]}"):
            measure(task, vectors, SELECTIONS, name)


def test_pairs_of_two_judgements_are_scored_by_average_precision_and_others_are_not() -> None:
    assert measures_of(yes_or_no()[0]) == ("ap", "auc", "spearman", "pearson")
    assert measures_of(disjoint_pairs()[0]) == measures_of(all_pairs()[0]) == ("spearman", "pearson")
    with pytest.raises(InputError, match=r"judgements take \d+ values, not two\. Use spearman"):
        measure(*disjoint_pairs(), SELECTIONS, "auc")
    one_yes = replace(yes_or_no()[0], scores=np.eye(30)[0])
    assert measures_of(one_yes) == ("spearman", "pearson")
    with pytest.raises(InputError, match="Only 1 of its 30 judgements are 1; 4 or more are needed"):
        measure_named(one_yes, "ap")


def test_any_two_values_are_a_yes_and_a_no_the_larger_is_yes() -> None:
    task, vectors = yes_or_no()
    other = replace(task, scores=np.where(task.scores == 1, 3.5, -2.0))
    for name in ("ap", "auc"):
        assert np.array_equal(once(task, vectors, SELECTIONS, name), once(other, vectors, SELECTIONS, name))


def test_recall_of_fewer_documents_than_it_counts_is_refused_with_the_reason() -> None:
    task, vectors = retrieval(documents=100)
    assert measures_of(task) == ("ndcg@10", "map")
    with pytest.raises(InputError, match="There are 100 documents, so the first 100 of any ranking hold them all"):
        measure(task, vectors, SELECTIONS, "recall@100")


def test_what_is_embedded_are_the_texts_or_the_queries_and_then_the_documents() -> None:
    for make in (disjoint_pairs, all_pairs, labelled):
        task, vectors = make()
        assert [corpus.texts for corpus in corpora_of(task)] == [task.texts]
        assert list(map(len, vectors)) == [len(task.texts)]
    task, vectors = retrieval()
    assert [corpus.texts for corpus in corpora_of(task)] == [task.queries, task.documents]
    assert list(map(len, vectors)) == [len(task.queries), len(task.documents)]


def test_pairs_are_the_units_unless_they_share_their_texts() -> None:
    pairs, vectors = disjoint_pairs(30)
    assert not shares_texts(pairs)
    evidence = measure(pairs, vectors, SELECTIONS)
    assert (evidence.unit, evidence.units, evidence.pairs) == ("pairs", 30, 30)
    pairs, vectors = all_pairs(10)
    assert shares_texts(pairs)
    evidence = measure(pairs, vectors, SELECTIONS)
    assert (evidence.unit, evidence.units, evidence.pairs) == ("texts", 10, 45)


def test_texts_are_shared_from_three_pairs_a_text_on() -> None:
    around = np.arange(8)
    for steps, shared in (((1,), False), ((1, 2), True)):
        left = np.concatenate([around for _ in steps])
        right = np.concatenate([(around + step) % 8 for step in steps])
        task = pair_task("ring", "Ring", map(str, around), left, right, left, "Made up")
        assert shares_texts(task) is shared
    exactly_three = pair_task("k4", "K4", "abcd", [0, 0, 0, 1, 1, 2], [1, 2, 3, 2, 3, 3], range(6), "Made up")
    assert shares_texts(exactly_three)


def test_labelled_texts_and_queries_are_their_own_units_and_share_nothing() -> None:
    for make, unit, units in ((labelled, "texts", 30), (retrieval, "queries", 9)):
        task, vectors = make()
        assert not shares_texts(task)
        evidence = measure(task, vectors, SELECTIONS)
        assert (evidence.unit, evidence.units) == (unit, units)


def test_each_query_is_held_against_its_own_documents() -> None:
    documents = np.eye(6)
    relevance = [Relevance(np.array([0, 4]), np.ones(2)), Relevance(np.array([3]), np.ones(1))]
    relevance.append(Relevance(np.array([1, 2, 5]), np.array([0.0, 2.0, 1.0])))
    queries = np.array([[1, 0, 0, 0, 1, 0], [0, 0, 0, 1, 0, 0], [0, 0, 1.0, 0, 0, 0.5]])
    task = RetrievalTask("r", "R", tuple("abc"), tuple("uvwxyz"), tuple(relevance), "Made up")
    evidence = measure(task, (queries, documents), [KeptDirections.unfiltered(6)], "ndcg@10")
    assert evidence.values.tolist() == [[1, 1, 1]]
    turned = measure(task, (queries[[1, 2, 0]], documents), [KeptDirections.unfiltered(6)], "ndcg@10")
    assert turned.values.max() < 1


def test_labels_are_names_and_equal_names_are_one_class() -> None:
    vectors = np.repeat(np.eye(2), 6, axis=0) + 0.01 * np.random.default_rng(0).normal(size=(12, 2))
    task = LabelledTask("l", "L", tuple(map(str, range(12))), ("wet",) * 6 + ("dry",) * 6, "Made up")
    assert once(task, (vectors,), [KeptDirections.unfiltered(2)], None) == [1]


@pytest.mark.parametrize("kind", TASKS)
def test_measuring_tells_how_far_it_is_and_stops_at_false(kind: str) -> None:
    task, vectors = TASKS[kind]()
    calls = []
    measure(task, vectors, SELECTIONS, progress=lambda *at: calls.append(at))
    assert calls == [(done, len(SELECTIONS)) for done in range(1, len(SELECTIONS) + 1)]
    with pytest.raises(Cancelled):
        measure(task, vectors, SELECTIONS, progress=lambda done, total: done < 2)
