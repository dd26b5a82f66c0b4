"""Data on which every embedding scores the same are refused with the true reason; near such data are not."""

import numpy as np
import pytest

from embfilter_core.data.tasks import LabelledTask, Relevance, RetrievalTask, Task, pair_task
from embfilter_core.errors import InputError
from embfilter_core.quality.measuring import measure, measure_named
from embfilter_core.quality.scorable import check_scorable
from tests.core.synthetic_tasks import TASKS

PLACES = np.arange(10)


def pairs(right: np.ndarray, scores: np.ndarray, texts: int = 20) -> Task:
    return pair_task("p", "Pairs", [f"text {i}" for i in range(texts)], PLACES, right, scores, "Made up")


def texts(labels: str, same: bool = False) -> Task:
    return LabelledTask(
        "l", "Texts", tuple("same" if same else f"text {i}" for i in range(len(labels))), (*labels,), "here"
    )


def queries(grades: list[list[float]], documents: tuple[str, ...] = ("a", "b", "c")) -> Task:
    judged = tuple(Relevance(np.arange(len(row)), np.array(row)) for row in grades)
    asked = tuple(f"query {i}" for i in range(len(grades)))
    return RetrievalTask("r", "Queries", asked, documents, judged, "Made up")


HOPELESS = {
    "equal judgements": (pairs(PLACES + 10, np.full(10, 3.0)), "All 10 judgements of Pairs are 3"),
    "a text with itself": (pairs(PLACES, PLACES / 2), "Both texts of every pair of Pairs are the same"),
    "classes of one text": (texts("abcdefghij"), "Each of the 10 classes of Texts has one text"),
    "one class": (texts("aaaaaaaaaa"), "All 10 texts of Texts have the label 'a'"),
    "equal texts": (texts("aabbaabbab", same=True), "All 10 texts of Texts are the same"),
    "one document": (queries([[1.0]] * 9, ("a",)), "Queries has one document"),
    "equal documents": (queries([[1.0, 0.0]] * 9, ("a", "a ")), "All 2 texts of Queries are the same"),
    "all relevant": (queries([[1.0, 1.0, 1.0]] * 9), "Every document is relevant to every query"),
}


@pytest.mark.parametrize(("task", "reason"), HOPELESS.values(), ids=HOPELESS)
def test_a_score_that_cannot_be_is_refused_before_anything_is_embedded_or_scored(task: Task, reason: str) -> None:
    for refused in (check_scorable, lambda it: measure_named(it, None), lambda it: measure(it, (), [])):
        with pytest.raises(InputError, match=reason) as problem:
            refused(task)
        assert problem.value.advice


@pytest.mark.parametrize("make", TASKS.values(), ids=TASKS)
def test_usual_data_can_be_scored(make) -> None:
    check_scorable(make()[0])


@pytest.mark.parametrize(
    "task",
    [
        pairs(np.r_[PLACES[:9], 11], PLACES / 2),
        pairs(PLACES + 10, np.eye(10)[0]),
        texts("abcdefghii"),
        queries([[1.0, 1.0, 1.0], [1.0, 0.0, 1.0]]),
        queries([[1.0, 2.0, 1.0]] * 2),
    ],
)
def test_one_unit_that_can_tell_is_enough(task: Task) -> None:
    check_scorable(task)


def test_a_measure_that_tells_no_grades_apart_is_not_offered_where_all_are_relevant() -> None:
    task = queries([[1.0, 2.0, 1.0]] * 2)
    assert measure_named(task, None) == "ndcg@10"
    with pytest.raises(InputError, match="Every document is relevant to every query, so any ranking"):
        measure_named(task, "map")
