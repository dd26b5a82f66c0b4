"""Vectors of another model: each text has the vector of its own letters or id, and what is left over is counted."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from embfilter_core.data.tables.read_table import UploadedTable
from embfilter_core.data.task_parts import part_of
from embfilter_core.data.tasks import Relevance
from embfilter_core.data.vectors.beside import match_vectors
from embfilter_core.data.vectors.vector_table import VectorTable, join_vectors
from embfilter_core.errors import InputError
from tests.core.synthetic_tasks import disjoint_pairs, labelled, retrieval

WIDTH = 7


def vectors(rows: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, WIDTH)).astype(np.float32)


def table(*sides: np.ndarray, name: str = "other.parquet", **columns: object) -> VectorTable:
    return join_vectors(name, UploadedTable(pd.DataFrame(columns), "CSV"), sides)


def test_texts_are_found_by_their_letters_in_any_order_and_outer_spaces_aside() -> None:
    task, _ = labelled()
    order, rows = np.random.default_rng(1).permutation(30), vectors(30)
    found = match_vectors(task, [table(rows, label=range(30), body=[f" {task.texts[i]} " for i in order])])
    assert found.is_whole
    assert (found.part, found.width, found.extent) == (task, WIDTH, "all 30 texts")
    assert np.array_equal(found.vectors[0], rows[np.argsort(order)])
    assert found.notes == ("30 of the 30 texts have a vector in other.parquet, found by text.",)


def test_ids_find_what_other_letters_do_not() -> None:
    task = replace(labelled()[0], ids=tuple(f"id {i}" for i in range(30)))
    rows = vectors(30)
    found = match_vectors(task, [table(rows, id=[f"id {29 - i}" for i in range(30)], text=["other words"] * 30)])
    assert np.array_equal(found.vectors[0], rows[::-1])
    assert "found by id" in found.notes[0]
    with pytest.raises(InputError, match="None of the 30 texts of Labelled has a vector in other.parquet: no text of"):
        match_vectors(replace(task, ids=None), [table(rows, id=range(30), text=["other words"] * 30)])


def test_only_what_both_have_is_left_and_the_rest_is_counted() -> None:
    task, _ = labelled()
    texts = [*task.texts[5:25], task.texts[5], "nobody knows this"]
    rows = vectors(22)
    found = match_vectors(task, [table(rows, text=texts)])
    assert not found.is_whole
    assert found.part.texts == task.texts[5:25]
    assert found.part.labels == task.labels[5:25]
    assert found.places[0].tolist() == list(range(5, 25))
    assert np.array_equal(found.vectors[0], rows[:20])
    assert found.extent == "20 of the 30 texts"
    assert found.notes[0].startswith("20 of the 30 texts have a vector")
    assert found.notes[1].startswith("2 vectors of other.parquet left out")


def test_pairs_need_a_vector_of_both_texts_from_one_or_two_a_row() -> None:
    task, _ = disjoint_pairs(12)
    rows = vectors(23)
    found = match_vectors(task, [table(rows, text=task.texts[:-1])])  # the second text of the last pair is missing
    assert len(found.part) == 11
    assert found.extent == "11 of the 12 pairs"
    for i in range(11):
        assert np.array_equal(found.vectors[0][found.part.left[i]], rows[task.left[i]])
        assert np.array_equal(found.vectors[0][found.part.right[i]], rows[task.right[i]])
    assert found.part.scores.tolist() == task.scores[:11].tolist()
    both = [task.texts[i] for i in task.left], [task.texts[i] for i in task.right]
    sides = vectors(12, 1), vectors(12, 2)
    whole = match_vectors(task, [table(*sides, sentence1=both[0], sentence2=both[1])])
    assert whole.is_whole
    assert np.array_equal(whole.vectors[0], np.concatenate(sides))
    with pytest.raises(InputError, match="it cannot be told whose"):
        match_vectors(task, [table(*sides, one=both[0], other=both[1])])


@pytest.mark.parametrize("apart", [True, False])
def test_queries_and_documents_are_found_in_two_tables_or_in_one(apart: bool) -> None:
    task, _ = retrieval(queries=9, documents=20)
    asked, searched = vectors(9, 1), vectors(20, 2)
    if apart:
        tables = [table(asked, text=task.queries), table(searched, text=task.documents)]
    else:
        tables = [table(np.concatenate([asked, searched]), text=[*task.queries, *task.documents])]
    found = match_vectors(task, tables)
    assert found.is_whole
    assert [np.array_equal(*pair) for pair in zip(found.vectors, (asked, searched), strict=True)] == [True, True]
    assert found.extent == "all 9 queries and all 20 documents"


def test_ids_of_one_table_for_both_are_taken_where_no_query_has_that_of_a_document() -> None:
    task, _ = retrieval(queries=9, documents=20)
    rows = vectors(29)
    ids = {"query_ids": tuple(f"q{i}" for i in range(9)), "document_ids": tuple(f"d{i}" for i in range(20))}
    named = table(rows, id=[*ids["query_ids"], *ids["document_ids"]])
    found = match_vectors(replace(task, **ids), [named])
    assert np.array_equal(np.concatenate(found.vectors), rows)
    shared = replace(task, query_ids=ids["document_ids"][:9], document_ids=ids["document_ids"])
    with pytest.raises(InputError, match="None of the 9 queries"):
        match_vectors(shared, [named])


def test_a_query_without_a_relevant_document_that_has_a_vector_is_left_out() -> None:
    task, _ = retrieval(queries=9, documents=20)
    judged = (Relevance(np.array([0, 3]), np.array([1.0, 0.0])), Relevance(np.array([4, 6]), np.array([2.0, 1.0])))
    task = replace(task, queries=task.queries[:2], relevance=judged)
    searched = np.arange(20) % 4 > 0  # not 0 and not 4
    part, places = part_of(task, [np.ones(2, dtype=bool), searched])
    assert part.queries == task.queries[1:]
    assert [part.documents[at] for at in part.relevance[0].positions] == [task.documents[6]]
    assert part.relevance[0].grades.tolist() == [1.0]
    assert [at.tolist() for at in places] == [[1], np.flatnonzero(searched).tolist()]


def test_what_does_not_go_together_is_refused() -> None:
    task, _ = labelled()
    rows = table(vectors(30), text=task.texts)
    with pytest.raises(InputError, match="2 tables of vectors for texts"):
        match_vectors(task, [rows, rows])
    with pytest.raises(InputError, match=r"All vectors of other\.parquet are the same"):
        match_vectors(task, [table(np.ones((30, 3), dtype=np.float32), text=task.texts)])
    asked, _ = retrieval()
    two = [table(vectors(9), text=asked.queries), table(vectors(104)[:, :3], text=asked.documents)]
    with pytest.raises(InputError, match="differ in length"):
        match_vectors(asked, two)
