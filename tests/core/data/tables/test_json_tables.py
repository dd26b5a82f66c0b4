"""JSON in the shapes that people have it in; what is nested is left out and named."""

import json

import pandas as pd
import pytest

from embfilter_core.data.tables.read_table import read_table

ROWS = [{"text": "a", "n": 1.5}, {"text": "b", "n": 2.5}]
SHAPES = {
    "an array of objects": json.dumps(ROWS),
    "an object of columns": json.dumps({"text": ["a", "b"], "n": [1.5, 2.5]}),
    "as pandas writes it": pd.DataFrame(ROWS).to_json(),
    "an array under a name": json.dumps({"data": ROWS}, indent=1),
    "JSON Lines": "\n".join(map(json.dumps, ROWS)),
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_every_shape_of_json_gives_the_same_table(text: str) -> None:
    table = read_table("a.json", text.encode())
    assert table.frame.to_dict("list") == {"text": ["a", "b"], "n": ["1.5", "2.5"]}
    assert (table.format, table.notes) == ("JSON", ())


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_nested_columns_are_left_out_and_named(name: str) -> None:
    rows = [{"_id": "1", "text": "a", "metadata": {}}, {"_id": "2", "text": "b", "metadata": {"x": [1]}, "tags": ["y"]}]
    text = json.dumps(rows) if name == "a.json" else "\n".join(map(json.dumps, rows))
    table = read_table(name, text.encode())
    assert list(table.frame.columns) == ["_id", "text"]
    assert table.notes == ("Columns that hold neither text nor numbers left out: metadata, tags.",)


def test_a_nested_value_among_texts_is_left_out_and_counted() -> None:
    table = read_table("a.jsonl", b'{"text": "a"}\n{"text": ["b"]}\n{"text": "c"}\n')
    assert table.frame["text"].isna().tolist() == [False, True, False]
    assert table.notes == ("1 nested value in column 'text' left out.",)


def test_what_json_calls_no_number_is_missing() -> None:
    assert read_table("a.jsonl", b'{"n": NaN, "text": "a"}').frame["n"].isna().all()
