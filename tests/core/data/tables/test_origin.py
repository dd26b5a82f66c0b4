"""Ids and row numbers of a table: guessed by name, kept as they are written."""

import pandas as pd
import pytest

from embfilter_core.data.tables.corpus_table import corpus_from_table
from embfilter_core.data.tables.origin import guess_id_column, row_numbers
from embfilter_core.data.tables.read_table import read_table

CODES = b"Doc_ID;text\n007;a\n12e4;b\n3.10;\n3.1;c\n"


def test_ids_stay_what_was_written_and_rows_count_those_left_out() -> None:
    table = read_table("t.csv", CODES).frame
    assert guess_id_column(table, ["text"]) == "Doc_ID"
    corpus = corpus_from_table(table, "text", "t", id_column="Doc_ID")
    assert (corpus.ids, corpus.rows) == (("007", "12e4", "3.1"), (1, 2, 4))


@pytest.mark.parametrize(
    ("columns", "guessed"),
    [
        ({"id": [1, 2], "text": ["a", "b"]}, "id"),
        ({"key": ["x", "y"], "_id": ["p", "q"]}, "_id"),
        ({"id": [1, 1], "doc_id": ["p", "q"]}, "doc_id"),
        ({"id": ["x", None]}, None),
        ({"idea": ["x", "y"]}, None),
    ],
)
def test_a_column_of_ids_is_known_by_its_name_and_gives_each_row_another(columns: dict, guessed: str | None) -> None:
    assert guess_id_column(pd.DataFrame(columns)) == guessed


def test_a_column_that_holds_something_else_holds_no_ids() -> None:
    assert guess_id_column(pd.DataFrame({"id": ["a", "b"]}), ["id"]) is None


def test_rows_count_by_the_index_of_a_part_and_from_1_where_the_index_says_nothing() -> None:
    frame = pd.DataFrame({"text": list("abcd")})
    assert row_numbers(frame[1::2]) == [2, 4]
    assert row_numbers(frame.set_axis(list("wxyz"))) == [1, 2, 3, 4]
    assert row_numbers(frame.set_axis([0, 0, 1, 1])) == [1, 2, 3, 4]
