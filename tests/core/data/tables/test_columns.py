"""Which column of a table holds what, and numbers as people write them."""

import pandas as pd
import pytest

from embfilter_core.data.tables.columns import columns_of, guess_columns
from embfilter_core.data.tables.numbers import numbers_in
from embfilter_core.errors import InputError

SENTENCES = {"text1": "sentence1", "text2": "sentence2"}


@pytest.mark.parametrize(
    ("columns", "kind", "expected"),
    [
        (
            ["idx", "Sentence1", "sentence2", "label"],
            "pairs",
            {"text1": "Sentence1", "text2": "sentence2", "score": "label"},
        ),
        (["sentence1", "sentence2", "labels"], "pairs", {**SENTENCES, "score": "labels"}),
        (["sent1", "sent2", "labels"], "pairs", {"text1": "sent1", "text2": "sent2", "score": "labels"}),
        (["text1", "text2", "score", "label"], "pairs", {"text1": "text1", "text2": "text2", "score": "score"}),
        (["text", "label", "label_text"], "labelled", {"text": "text", "label": "label_text"}),
        (["Text ", "Category"], "labelled", {"text": "Text ", "label": "Category"}),
        (["_id", "title", "text"], "documents", {"document_id": "_id", "document": "text", "title": "title"}),
        (["id", "title"], "documents", {"document_id": "id", "document": "title"}),
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


@pytest.mark.parametrize(
    ("cells", "kind", "expected"),
    [
        ({"column 1": ["4"], "column 2": ["x"], "column 3": ["y"]}, "pairs", ["column 2", "column 3", "column 1"]),
        ({"column 1": ["x"], "column 2": ["a longer text"]}, "labelled", ["column 2", "column 1"]),
        ({f"column {i}": ["1"] for i in (1, 2, 3)}, "relevance", ["column 1", "column 2", "column 3"]),
        (
            {f"column {i}": ["0"] for i in (1, 2, 3, 4)},
            "relevance",
            ["column 1", "column 3", "column 4"],
        ),
        ({"column 1": ["x"], "column 2": ["y"]}, "pairs", []),
    ],
    ids=["score first", "label first", "relevance", "relevance of TREC", "too few"],
)
def test_columns_without_names_are_told_by_what_they_hold(cells: dict, kind: str, expected: list[str]) -> None:
    assert list(guess_columns(pd.DataFrame(cells), kind).values()) == expected


def test_columns_that_are_named_leave_the_others_to_be_guessed() -> None:
    table = pd.DataFrame(columns=["sentence1", "sentence2", "how alike"])
    assert columns_of(table, "pairs", {"score": "how alike", "label": "x"}, "own.csv") == {
        **SENTENCES,
        "score": "how alike",
    }
    with pytest.raises(InputError, match=r"own.csv has no column for text2, score among 'text'.*text2=NAME,score=NAME"):
        columns_of(pd.DataFrame(columns=["text"]), "pairs", {"text1": "text"}, "own.csv")


@pytest.mark.parametrize(
    ("cells", "expected", "note"),
    [
        (["4.5", " 2 ", "-1e3"], [4.5, 2, -1000], ()),
        (["4,5", "2", "3,25"], [4.5, 2, 3.25], ("Decimal commas in column 's' read as points.",)),
        (["0,800", "1,250"], [0.8, 1.25], ("Decimal commas in column 's' read as points.",)),
        (["1.234,5", "2"], [1234.5, 2], ("Decimal commas in column 's' read as points.",)),
        (["1\u00a0234,5"], [1234.5], ("Decimal commas in column 's' read as points.",)),
        (["1,234.5", "20"], [1234.5, 20], ("Commas in column 's' read as separators of thousands.",)),
        (["1,234", "3.5"], [1234, 3.5], ("Commas in column 's' read as separators of thousands.",)),
        (["true", "False"], [1, 0], ()),
        ([4, 2.5], [4, 2.5], ()),
        ([True, False], [1, 0], ()),
        (["1_000", "inf", "1e999", "a, b", None], [None] * 5, ()),
    ],
)
def test_numbers_are_read_as_they_are_written(cells: list, expected: list, note: tuple[str, ...]) -> None:
    read = numbers_in(pd.DataFrame({"s": cells}), "s")
    assert list(read.values) == expected
    assert read.notes == note


@pytest.mark.parametrize("cells", [["1,234", "500"], ["4,5", "3.125"], ["1,5", "1,234,567"]])
def test_commas_that_could_mean_two_things_are_refused_by_that_reason(cells: list[str]) -> None:
    with pytest.raises(
        InputError, match="A comma in column 's', as in '.*', can be a decimal comma or group thousands"
    ):
        numbers_in(pd.DataFrame({"s": cells}), "s")


def test_cells_that_are_no_numbers_are_named_with_their_row() -> None:
    read = numbers_in(pd.DataFrame({"s": ["1", None, "high", "2"]}), "s")
    assert read.unread == ((3, "high"),)
    assert read.values == (1, None, None, 2)
