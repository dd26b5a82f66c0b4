"""Queries, documents and relevance: judgements find their texts by the ids that were written."""

from collections.abc import Callable

import pandas as pd
import pytest

from embfilter_core.data.tables.retrieval_tables import RetrievalColumns, retrieval_from_tables
from embfilter_core.data.tasks import RetrievalTask
from embfilter_core.errors import InputError

QUERIES = pd.DataFrame({"_id": ["q1", "q2", "q3"], "text": ["first", "second", "third"]})
DOCUMENTS = pd.DataFrame({"_id": [7, 8, 9], "text": ["seven", "eight", "nine"]})
RELEVANCE = pd.DataFrame(
    {"query-id": ["q1", "q1", "q2", "q3"], "corpus-id": [9, 7, 8, 8], "score": [2, 1, 1, 0]},
)
NOTHING_RELEVANT = "1 query without a relevant document left out."


def read(**changed: pd.DataFrame) -> RetrievalTask:
    return retrieval_from_tables(**{"queries": QUERIES, "documents": DOCUMENTS, "relevance": RELEVANCE, **changed})


def more(table: pd.DataFrame, *rows: tuple) -> pd.DataFrame:
    return pd.concat([table.astype(object), pd.DataFrame(rows, columns=table.columns)], ignore_index=True)


def test_relevance_points_at_the_documents_of_each_query_and_what_is_left_out_is_said() -> None:
    task = read()
    assert task.queries == ("first", "second")
    assert task.documents == ("seven", "eight", "nine")
    assert [judged.positions.tolist() for judged in task.relevance] == [[0, 2], [1]]
    assert [judged.grades.tolist() for judged in task.relevance] == [[1, 2], [1]]
    assert task.notes == (NOTHING_RELEVANT,)
    assert task.query_corpus.texts == task.queries
    assert task.document_corpus.texts == task.documents
    assert task.query_corpus.id != task.document_corpus.id
    assert (task.query_ids, task.document_ids) == (("q1", "q2"), ("7", "8", "9"))
    assert task.document_corpus.ids == task.document_ids


def test_the_columns_of_the_three_tables_can_be_named() -> None:
    columns = RetrievalColumns("id", "query", "id", "passage", "q", "d", "grade")
    task = retrieval_from_tables(
        QUERIES.set_axis(["id", "query"], axis=1),
        DOCUMENTS.set_axis(["id", "passage"], axis=1),
        RELEVANCE.set_axis(["q", "d", "grade"], axis=1),
        columns,
    )
    assert task.id == read().id


def test_a_title_is_read_before_the_text_of_a_document() -> None:
    documents = DOCUMENTS.assign(title=["Odd", None, "Nine"], text=["seven", "eight", None])
    task = retrieval_from_tables(QUERIES, documents, RELEVANCE, RetrievalColumns(title="title"))
    assert task.documents == ("Odd seven", "eight", "Nine")


LEFT_OUT = {
    "unknown document": (
        {"relevance": more(RELEVANCE, ("q1", "d77", 1), ("q2", "d78", 1))},
        "2 judgements of unknown documents left out ('d77', 'd78').",
    ),
    "unknown query": (
        {"relevance": more(RELEVANCE, ("q9", 7, 1))},
        "1 judgement of unknown queries left out ('q9').",
    ),
    "judged twice": ({"relevance": more(RELEVANCE, ("q1", 7, 1))}, "1 repeated judgement left out."),
    "no grade": (
        {"relevance": more(RELEVANCE, ("q2", 7, None))},
        "Relevance: 1 row without grade in column 'score' left out.",
    ),
    "grade no number": (
        {"relevance": more(RELEVANCE, ("q2", 7, "yes"))},
        "Relevance: 1 row whose grade is no number ('yes' in row 5) left out.",
    ),
    "empty rows": ({"relevance": more(RELEVANCE, (None, None, None))}, "Relevance: 1 empty row left out."),
    "query twice": ({"queries": more(QUERIES, ("q1", "first"))}, "1 repeated query left out."),
    "query id of two texts": (
        {"queries": more(QUERIES, ("q1", "another"))},
        "1 query under the id of another query left out: the first of an id is kept.",
    ),
    "empty document": (
        {"documents": more(DOCUMENTS, (10, " "))},
        "Documents: 1 row without text in column 'text' left out.",
    ),
    "query without id": (
        {"queries": more(QUERIES, (None, "nameless"))},
        "Queries: 1 row without id in column '_id' left out.",
    ),
    "query without a judgement": (
        {"queries": more(QUERIES, ("q4", "fourth"))},
        "1 query without a judgement left out.",
    ),
}


@pytest.mark.parametrize(("changed", "note"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_cannot_be_used_is_left_out_and_counted(changed: dict[str, pd.DataFrame], note: str) -> None:
    task = read(**changed)
    assert task.id == read().id
    assert sorted(task.notes) == sorted((note, NOTHING_RELEVANT))


def test_of_several_grades_the_highest_counts() -> None:
    task = read(relevance=more(RELEVANCE, ("q1", 7, 3), ("q1", 7, 0)))
    assert task.relevance[0].grades.tolist() == [3, 2]
    assert "1 document is judged differently for one query: the highest grade counts." in task.notes


BAD: dict[str, tuple[dict[str, Callable[[pd.DataFrame], pd.DataFrame]], str]] = {
    "nothing relevant": ({"relevance": lambda t: t.assign(score=0)}, "No query has a relevant document"),
    "other ids": (
        {"documents": lambda t: t.assign(_id=["7.0", "8.0", "9.0"])},
        "4 judgements of unknown documents left out ('9', '7', '8'; there are '7.0', '8.0', '9.0')",
    ),
    "no grades": ({"relevance": lambda t: t.drop(columns="score")}, "no column 'score'"),
    "everything": (
        {
            "queries": lambda t: t.drop(columns="text"),
            "documents": lambda t: t.assign(text=None),
            "relevance": lambda t: t.assign(score="high"),
        },
        "There is no column 'text'. The table of documents has no row that can be used. 3 rows without text in column "
        "'text' left out. The table of relevance has no row that can be used. 4 rows whose grade is no number",
    ),
}


@pytest.mark.parametrize(("change", "said"), BAD.values(), ids=BAD)
def test_what_leaves_nothing_is_one_message_with_all_that_is_wrong(change: dict, said: str) -> None:
    tables = {"queries": QUERIES, "documents": DOCUMENTS, "relevance": RELEVANCE}
    with pytest.raises(InputError) as refused:
        retrieval_from_tables(**{name: change.get(name, lambda t: t)(table) for name, table in tables.items()})
    assert said in str(refused.value)
    assert refused.value.advice
