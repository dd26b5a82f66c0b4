"""Labelled data: what comes with the app, and tables that are read exactly or refused in one clear line."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from embfilter_core.data.built_in_tasks import graded_pairs, lee_50_pairs, topics_task
from embfilter_core.data.corpora import lee_50, lee_50_similarities, topics
from embfilter_core.data.tables.columns import guess_columns
from embfilter_core.data.tables.retrieval_tables import RetrievalColumns, retrieval_from_tables
from embfilter_core.data.tables.task_tables import labelled_from_table, pairs_from_table
from embfilter_core.data.tasks import PairTask
from embfilter_core.errors import InputError

PAIRS = pd.DataFrame(
    {
        "a": ["cat", "dog", "cat", "sun", "moon"],
        "b": ["kitten", "puppy", "dog", "sun", "tide"],
        "score": [4, 4.5, 1, 5, 2],
    }
)
LABELLED = pd.DataFrame({"text": ["one", "two", "three"], "label": ["x", "y", "x"], "number": [1.0, 2.0, 1.0]})
QUERIES = pd.DataFrame({"_id": ["q1", "q2", "q3"], "text": ["first", "second", "third"]})
DOCUMENTS = pd.DataFrame({"_id": [7, 8, 9], "text": ["seven", "eight", "nine"]})
RELEVANCE = pd.DataFrame(
    {"query-id": ["q1", "q1", "q2", "q3"], "corpus-id": [9, 7, 8, 8], "score": [2, 1, 1, 0]},
)


def pairs(table: pd.DataFrame) -> PairTask:
    return pairs_from_table(table, "a", "b", "score")


def changed(table: pd.DataFrame, row: int, column: str, value: object) -> pd.DataFrame:
    table = table.astype({column: object})
    table.loc[row, column] = value
    return table


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


def test_pairs_point_at_their_distinct_texts() -> None:
    task = pairs(PAIRS)
    assert len(set(task.texts)) == len(task.texts) == 7
    assert [task.texts[i] for i in task.left] == PAIRS["a"].tolist()
    assert [task.texts[i] for i in task.right] == PAIRS["b"].tolist()
    assert task.scores.tolist() == PAIRS["score"].tolist()
    assert (task.left.dtype, task.right.dtype, task.scores.dtype) == (np.int64, np.int64, np.float64)
    assert task.corpus.texts == task.texts


def test_the_arrays_of_a_task_cannot_be_written_to() -> None:
    task = pairs(PAIRS)
    for array in (task.left, task.right, task.scores):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_scores_may_be_written_as_texts() -> None:
    assert pairs(PAIRS.astype({"score": str})).scores.tolist() == PAIRS["score"].tolist()


def test_the_id_of_a_task_is_made_from_all_it_holds_but_that_of_its_corpus_from_the_texts() -> None:
    task, other = pairs(PAIRS), pairs(changed(PAIRS, 0, "score", 3))
    assert task.id != other.id
    assert task.corpus.id == other.corpus.id
    assert task.id == pairs(PAIRS.copy()).id


BAD_PAIRS = {
    "no number": (changed(PAIRS, 2, "score", "high"), "Row 3 has 'high' in column 'score', which is no number"),
    "infinite": (changed(PAIRS, 2, "score", "inf"), "Row 3 has 'inf' in column 'score', which is no number"),
    "constant": (PAIRS.assign(score=2), "All 5 scores are 2"),
    "three pairs": (PAIRS[:3], "only 3 pairs"),
    "one pair": (PAIRS[:1], "only 1 pair."),
    "no pairs": (PAIRS[:0], "only 0 pairs"),
    "a pair twice": (pd.concat([PAIRS, PAIRS[1:2]], ignore_index=True), "Rows 2 and 6 hold the same pair"),
    "empty text": (changed(PAIRS, 3, "b", "  "), "Row 4 has an empty text in column 'b'"),
    "missing text": (changed(PAIRS, 3, "b", None), "Row 4 has no value in column 'b'"),
    "missing score": (changed(PAIRS, 4, "score", np.nan), "Row 5 has no value in column 'score'"),
    "missing column": (PAIRS.rename(columns={"b": "c"}), "no column 'b'. There are 'a', 'c', 'score'"),
}


@pytest.mark.parametrize(("table", "said"), BAD_PAIRS.values(), ids=BAD_PAIRS)
def test_pairs_that_cannot_be_used_are_one_clear_line(table: pd.DataFrame, said: str) -> None:
    with pytest.raises(InputError) as refused:
        pairs(table)
    assert said in str(refused.value)
    assert refused.value.advice


def test_one_column_cannot_be_both_texts_of_a_pair() -> None:
    with pytest.raises(InputError, match="One column is chosen for two roles"):
        pairs_from_table(PAIRS, "a", "a", "score")


def test_labels_are_texts_and_whole_numbers_have_no_point() -> None:
    assert labelled_from_table(LABELLED, "text", "label").labels == ("x", "y", "x")
    assert labelled_from_table(LABELLED, "text", "number").labels == ("1", "2", "1")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (LABELLED.assign(label="x"), "only one class, 'x'"),
        (LABELLED[:0], "no rows"),
        (changed(LABELLED, 1, "label", None), "Row 2 has no value in column 'label'"),
        (changed(LABELLED, 1, "label", " "), "Row 2 has an empty text in column 'label'"),
        (changed(LABELLED, 0, "text", ""), "Row 1 has an empty text in column 'text'"),
        (LABELLED.drop(columns="text"), "no column 'text'. There are 'label', 'number'"),
    ],
    ids=["one class", "nothing", "no label", "empty label", "empty text", "no column"],
)
def test_labelled_texts_that_cannot_be_used_are_one_clear_line(table: pd.DataFrame, said: str) -> None:
    with pytest.raises(InputError) as refused:
        labelled_from_table(table, "text", "label")
    assert said in str(refused.value)


def test_relevance_points_at_the_documents_of_each_query_and_what_is_left_out_is_said() -> None:
    task = retrieval_from_tables(QUERIES, DOCUMENTS, RELEVANCE)
    assert task.queries == ("first", "second")
    assert task.documents == ("seven", "eight", "nine")
    assert [judged.positions.tolist() for judged in task.relevance] == [[0, 2], [1]]
    assert [judged.grades.tolist() for judged in task.relevance] == [[1, 2], [1]]
    assert task.notes == ("1 query without a relevant document left out.",)
    assert task.query_corpus.texts == task.queries
    assert task.document_corpus.texts == task.documents
    assert task.query_corpus.id != task.document_corpus.id


def test_the_columns_of_the_three_tables_can_be_named() -> None:
    columns = RetrievalColumns("id", "query", "id", "passage", "q", "d", "grade")
    task = retrieval_from_tables(
        QUERIES.set_axis(["id", "query"], axis=1),
        DOCUMENTS.set_axis(["id", "passage"], axis=1),
        RELEVANCE.set_axis(["q", "d", "grade"], axis=1),
        columns,
    )
    assert task.id == retrieval_from_tables(QUERIES, DOCUMENTS, RELEVANCE).id


BAD_RETRIEVAL = {
    "unknown query": ("relevance", lambda t: changed(t, 1, "query-id", "q9"), "Row 2 judges the unknown query 'q9'"),
    "unknown document": ("relevance", lambda t: changed(t, 2, "corpus-id", 5), "Row 3 judges the unknown document '5'"),
    "grade no number": ("relevance", lambda t: changed(t, 0, "score", "yes"), "Row 1 has 'yes' in column 'score'"),
    "judged twice": ("relevance", lambda t: pd.concat([t, t[:1]]), "Rows 1 and 5 hold the same query and document"),
    "nothing relevant": ("relevance", lambda t: t.assign(score=0), "No query has a relevant document"),
    "query id twice": ("queries", lambda t: pd.concat([t, t[:1]]), "Rows 1 and 4 hold the same query id"),
    "document id twice": ("documents", lambda t: pd.concat([t, t[2:]]), "Rows 3 and 4 hold the same document id"),
    "empty document": ("documents", lambda t: changed(t, 0, "text", ""), "Row 1 has an empty text"),
    "query without id": ("queries", lambda t: changed(t, 2, "_id", None), "Row 3 has no value in column '_id'"),
    "no grades": ("relevance", lambda t: t.drop(columns="score"), "no column 'score'"),
}


@pytest.mark.parametrize(("which", "change", "said"), BAD_RETRIEVAL.values(), ids=BAD_RETRIEVAL)
def test_retrieval_data_that_cannot_be_used_is_one_clear_line(
    which: str, change: Callable[[pd.DataFrame], pd.DataFrame], said: str
) -> None:
    tables = {"queries": QUERIES, "documents": DOCUMENTS, "relevance": RELEVANCE}
    tables[which] = change(tables[which])
    with pytest.raises(InputError) as refused:
        retrieval_from_tables(**tables)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("columns", "kind", "expected"),
    [
        (
            ["idx", "Sentence1", "sentence2", "label"],
            "pairs",
            {"text1": "Sentence1", "text2": "sentence2", "score": "label"},
        ),
        (["text1", "text2", "score", "label"], "pairs", {"text1": "text1", "text2": "text2", "score": "score"}),
        (["text", "label", "label_text"], "labelled", {"text": "text", "label": "label_text"}),
        (["Text ", "Category"], "labelled", {"text": "Text ", "label": "Category"}),
        (["_id", "title", "text"], "documents", {"document_id": "_id", "document": "text"}),
        (
            ["query-id", "corpus-id", "score"],
            "relevance",
            {"judged_query": "query-id", "judged_document": "corpus-id", "grade": "score"},
        ),
        (["x", "y"], "pairs", {}),
    ],
)
def test_usual_column_names_are_recognised(columns: list[str], kind: str, expected: dict[str, str]) -> None:
    assert guess_columns(pd.DataFrame(columns=columns), kind) == expected
