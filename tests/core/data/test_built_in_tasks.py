"""Labelled data that comes with the app."""

from collections import Counter

import numpy as np
import pytest

from embfilter_core.data.built_in_tasks import graded_pairs, lee_50_pairs, topics_task
from embfilter_core.data.corpora import lee_50, lee_50_similarities, topics


@pytest.mark.real
def test_lee_has_the_1225_pairs_of_its_50_documents_with_their_human_similarity() -> None:
    task = lee_50_pairs()
    assert len(task) == 1225
    assert len({frozenset(pair) for pair in zip(task.left.tolist(), task.right.tolist(), strict=True)}) == 1225
    assert np.array_equal(task.scores, lee_50_similarities()[task.left, task.right])
    assert task.texts == lee_50().texts
    assert task.corpus.id == lee_50().id
    assert not task.demo


def test_sixty_graded_pairs_have_ten_of_each_grade_and_no_sentence_twice() -> None:
    task = graded_pairs()
    assert Counter(task.scores) == {float(grade): 10 for grade in range(6)}
    assert len(task.texts) == 120
    assert sorted((*task.left, *task.right)) == list(range(120))
    assert task.demo
    assert "not a benchmark" in task.source


def test_the_topics_are_a_labelled_task_on_the_same_embeddings() -> None:
    task = topics_task()
    assert (task.texts, task.labels, task.corpus.id) == (topics().texts, topics().labels, topics().id)
    assert task.corpus.labels == task.labels
    assert task.demo
    assert len(task) == 120
