"""Tasks with vectors of their own: every text keeps the vector of its row, whatever is left out or merged."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from embfilter_core.data.tables.read_table import read_table
from embfilter_core.data.tasks import Task
from embfilter_core.data.vectors.vector_table import VectorTable, join_vectors, read_vector_table
from embfilter_core.data.vectors.vector_task import vector_columns_of, vector_retrieval, vector_task
from embfilter_core.errors import InputError
from embfilter_core.quality.measuring import corpora_of, corpora_to_embed, measure
from embfilter_core.spectral.selection import KeptDirections
from tests.core.data.vectors.files import parquet
from tests.core.synthetic_tasks import D, disjoint_pairs, labelled, retrieval

RANDOM = np.random.default_rng(0)
LABELLED = {"text": "text", "label": "label"}
PAIRS = {"text1": "text1", "text2": "text2", "score": "score"}


def vectors(n: int, d: int = 4) -> np.ndarray:
    return RANDOM.normal(size=(n, d)).astype(np.float32)


def table_of(frame: pd.DataFrame, *given: np.ndarray) -> VectorTable:
    return join_vectors("t.csv", read_table("t.csv", frame.to_csv(index=False).encode()), given)


def by_text(task: Task) -> dict[str, list[float]]:
    return {text: row.tolist() for text, row in zip(task.texts, task.vectors[0], strict=True)}


def scored(task: Task, given: tuple, name: str | None = None) -> float:
    evidence = measure(task, given, [KeptDirections.unfiltered(given[0].shape[1])], name)
    return float(evidence.scores(np.ones((1, evidence.units)))[0, 0])


def test_pairs_score_as_the_same_vectors_do_without_a_file() -> None:
    task, (rows,) = disjoint_pairs()
    frame = pd.DataFrame(
        {
            "text1": [task.texts[i] for i in task.left],
            "text2": [task.texts[i] for i in task.right],
            "score": task.scores,
        }
    )
    own = vector_task(table_of(frame, rows[task.left].astype("f4"), rows[task.right].astype("f4")), "pairs", PAIRS)
    assert (len(own), set(own.texts)) == (len(task), set(task.texts))
    assert scored(own, own.vectors) == pytest.approx(scored(task, (rows,)), abs=1e-6)


def test_labelled_texts_do_too_with_and_without_their_texts() -> None:
    task, (rows,) = labelled()
    frame = pd.DataFrame({"text": task.texts, "label": task.labels})
    own = vector_task(table_of(frame, rows.astype("f4")), "labelled", LABELLED)
    assert by_text(own) == {text: row.tolist() for text, row in zip(task.texts, rows.astype("f4"), strict=True)}
    bare = vector_task(table_of(frame[["label"]], rows.astype("f4")), "labelled", {"label": "label"})
    assert bare.texts[:2] == ("row 1, text", "row 2, text")
    assert scored(own, own.vectors) == scored(bare, bare.vectors) == pytest.approx(scored(task, (rows,)), abs=1e-6)


def test_queries_and_documents_do_too() -> None:
    task, (asked, searched) = retrieval()
    queries = pd.DataFrame({"_id": [f"q{i}" for i in range(len(task.queries))], "text": task.queries})
    documents = pd.DataFrame({"_id": [f"d{i}" for i in range(len(task.documents))], "text": task.documents})
    rows = [
        (f"q{query}", f"d{document}", grade)
        for query, judged in enumerate(task.relevance)
        for document, grade in zip(judged.positions.tolist(), judged.grades.tolist(), strict=True)
    ]
    relevance = pd.DataFrame(rows, columns=["query-id", "corpus-id", "score"])
    columns: dict[str, str] = {}
    for kind, frame in (("queries", queries), ("documents", documents), ("relevance", relevance)):
        columns |= vector_columns_of(frame, kind, {})
    own = vector_retrieval(
        table_of(queries, asked.astype("f4")), table_of(documents, searched.astype("f4")), relevance, columns
    )
    assert (own.queries, own.documents) == (task.queries, task.documents)
    for name in ("ndcg@10", "map"):
        assert scored(own, own.vectors, name) == pytest.approx(scored(task, (asked, searched), name), abs=1e-6)


def test_rows_that_are_left_out_take_their_vectors_with_them() -> None:
    given = vectors(6)
    given[4] = np.nan
    frame = pd.DataFrame({"text": list("abcdef"), "label": list("xyxyxy")})
    own = vector_task(table_of(frame, given), "labelled", LABELLED)
    assert by_text(own) == {text: row.tolist() for text, row in zip("abcdf", given[[0, 1, 2, 3, 5]], strict=True)}
    assert "1 row without a vector of finite numbers left out." in own.notes


def test_a_text_with_two_vectors_is_two_and_with_one_vector_one() -> None:
    given = vectors(6)
    left, right = given[[0, 1, 2, 3]], np.stack([given[4], given[0], given[5], given[5]])
    frame = pd.DataFrame({"text1": list("abcd"), "text2": ["a", "a", "e", "e"], "score": [1, 2, 3, 4]})
    own = vector_task(table_of(frame, left, right), "pairs", PAIRS)
    assert sorted(own.texts) == ["a", "a", "b", "c", "d", "e"]
    for i, (one, other) in enumerate(zip(own.left, own.right, strict=True)):
        assert own.vectors[0][one].tolist() == left[i].tolist()
        assert own.vectors[0][other].tolist() == right[i].tolist()


def test_nothing_of_such_a_task_is_embedded_and_its_id_changes_with_its_vectors() -> None:
    given, frame = vectors(8), pd.DataFrame({"text": list("abcdefgh"), "label": list("xyxyxyxy")})
    one, again, other = (
        vector_task(table_of(frame, rows), "labelled", LABELLED) for rows in (given, given.copy(), given + 1)
    )
    assert one.id == again.id != other.id
    assert corpora_to_embed(one) == ()
    assert corpora_to_embed(replace(one, vectors=None)) == corpora_of(one)
    assert not one.vectors[0].flags.writeable


def test_texts_and_vectors_that_do_not_go_together_are_one_line() -> None:
    frame = pd.DataFrame({"text": list("abcd"), "label": list("xyxy")})
    equal = np.ones((4, 3), dtype=np.float32)
    for wrong, said in (
        (lambda: table_of(frame, vectors(3)), "t.csv has 4 rows, and there are 3 vectors"),
        (
            lambda: vector_task(table_of(frame, equal), "labelled", LABELLED),
            "All 4 vectors are the same",
        ),
        (lambda: vector_task(table_of(frame, vectors(4)), "pairs", PAIRS), "has 1 vectors a row; pairs have 2"),
        (lambda: vector_columns_of(frame[["text"]], "labelled", {}), "no column for label among 'text'"),
        (
            lambda: vector_task(table_of(frame, vectors(4)), "labelled", {"text": "no", "label": "label"}),
            "no column 'no'",
        ),
    ):
        with pytest.raises(InputError, match=said) as refused:
            wrong()
        assert refused.value.advice


def test_queries_and_documents_of_other_lengths_are_refused() -> None:
    frame = pd.DataFrame({"_id": list("abcd"), "text": list("abcd")})
    with pytest.raises(InputError, match="A query's vector has 3 numbers, a document's 4"):
        vector_retrieval(table_of(frame, vectors(4, 3)), table_of(frame, vectors(4)), frame, {})


def test_vectors_of_zeros_are_counted() -> None:
    given = vectors(4)
    given[2] = 0
    assert table_of(pd.DataFrame({"label": list("xyxy")}), given).notes[-1].startswith("1 vector of zeros alone")


def test_pairs_of_one_parquet_file_have_two_columns_of_vectors() -> None:
    first, second = vectors(12, D), vectors(12, D)
    frame = pd.DataFrame({"sentence1": [f"a{i}" for i in range(12)], "sentence2": [f"b{i}" for i in range(12)]})
    data = parquet(frame.assign(score=range(12)), emb1=first, emb2=second)
    table = read_vector_table("p.parquet", data, sides=2)
    own = vector_task(table, "pairs", vector_columns_of(table.frame, "pairs", {}))
    assert [own.vectors[0][i].tolist() for i in own.left] == first.tolist()
    assert [own.vectors[0][i].tolist() for i in own.right] == second.tolist()
    assert json.loads(json.dumps(own.scores.tolist())) == list(range(12))
