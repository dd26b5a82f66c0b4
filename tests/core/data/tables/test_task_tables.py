"""Pairs and labelled texts from tables: read exactly; what cannot be used is left out, merged and counted."""

import numpy as np
import pandas as pd
import pytest

from embfilter_core.data.tables.task_tables import labelled_from_table, pairs_from_table
from embfilter_core.data.tasks import LabelledTask, PairTask
from embfilter_core.errors import InputError

PAIRS = pd.DataFrame(
    {
        "a": ["cat", "dog", "cat", "sun", "moon"],
        "b": ["kitten", "puppy", "dog", "sun", "tide"],
        "score": [4, 4.5, 1, 5, 2],
    }
)
LABELLED = pd.DataFrame({"text": ["one", "two", "three"], "label": ["x", "y", "x"], "number": [1.0, 2.0, 1.0]})


def pairs(table: pd.DataFrame) -> PairTask:
    return pairs_from_table(table, "a", "b", "score", "own.csv")


def labelled(*rows: tuple[str | None, str | None]) -> LabelledTask:
    return labelled_from_table(pd.DataFrame(rows, columns=["text", "label"], dtype="str"), "text", "label", "own.csv")


def changed(table: pd.DataFrame, row: int, column: str, value: object) -> pd.DataFrame:
    table = table.astype({column: object})
    table.loc[row, column] = value
    return table


def with_rows(*rows: tuple[object, object, object]) -> pd.DataFrame:
    return pd.concat([PAIRS, pd.DataFrame(rows, columns=PAIRS.columns)], ignore_index=True)


def test_pairs_point_at_their_distinct_texts() -> None:
    task = pairs(PAIRS)
    assert len(set(task.texts)) == len(task.texts) == 7
    assert [task.texts[i] for i in task.left] == PAIRS["a"].tolist()
    assert [task.texts[i] for i in task.right] == PAIRS["b"].tolist()
    assert task.scores.tolist() == PAIRS["score"].tolist()
    assert (task.left.dtype, task.right.dtype, task.scores.dtype) == (np.int64, np.int64, np.float64)
    assert task.corpus.texts == task.texts
    assert task.notes == ()


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


@pytest.mark.parametrize("again", [("dog", "puppy", 4.5), ("puppy", "dog", 4.5)], ids=["same order", "other order"])
def test_an_equal_pair_with_its_score_is_kept_once(again: tuple) -> None:
    task = pairs(with_rows(again, again))
    assert task.id == pairs(PAIRS).id
    assert task.notes == ("1 repeated pair with equal scores: kept once.",)


def test_equal_pairs_with_different_scores_get_their_mean() -> None:
    task = pairs(with_rows(("kitten", "cat", 1), ("cat", "kitten", 2.5), ("tide", "moon", 3)))
    assert task.scores.tolist() == [2.5, 4.5, 1, 5, 2.5]
    assert task.texts == pairs(PAIRS).texts
    assert task.notes == ("2 repeated pairs with different scores: their mean taken.",)


def test_the_mean_of_equal_scores_is_the_score_to_the_last_digit() -> None:
    assert pairs(with_rows(*[("x", "y", 0.1)] * 3)).scores[-1] == 0.1


def test_rows_of_pairs_that_cannot_be_used_are_left_out_and_counted() -> None:
    bad = [(None, None, None), (None, "x", 1), ("x", " ", 2), ("x", "y", None), ("x", "z", "high"), (None, None, None)]
    task = pairs(with_rows(*bad).astype({"score": object}))
    assert task.id == pairs(PAIRS).id
    assert task.notes == (
        "2 empty rows left out.",
        "1 row without text in column 'a' left out.",
        "1 row without text in column 'b' left out.",
        "1 row without score in column 'score' left out.",
        "1 row whose score is no number ('high' in row 10) left out.",
    )


BAD_PAIRS = {
    "no numbers": (
        PAIRS.assign(score="high"),
        "no row that can be used. 5 rows whose score is no number ('high' in row",
    ),
    "no scores": (PAIRS.assign(score=None), "no row that can be used. 5 rows without score in column 'score' left out"),
    "constant": (PAIRS.assign(score=2), "All 5 scores are 2"),
    "three pairs": (PAIRS[:3], "only 3 pairs"),
    "three pairs and a repeated one": (pd.concat([PAIRS[:3], PAIRS[:1]]), "only 3 pairs. 1 repeated pair"),
    "one pair": (PAIRS[:1], "only 1 pair."),
    "no pairs": (PAIRS[:0], "no row that can be used"),
    "missing columns": (PAIRS.rename(columns={"a": "c", "b": "d"}), "no column 'a', 'b'. There are 'c', 'd', 'score'"),
    "commas of two meanings": (PAIRS.assign(score=["1,234", "2", "3", "4", "5"]), "decimal comma or group thousands"),
}


@pytest.mark.parametrize(("table", "said"), BAD_PAIRS.values(), ids=BAD_PAIRS)
def test_pairs_that_cannot_be_used_are_one_clear_line(table: pd.DataFrame, said: str) -> None:
    with pytest.raises(InputError) as refused:
        pairs(table)
    assert said in str(refused.value)
    assert refused.value.advice


def test_all_that_is_wrong_with_pairs_is_said_at_once() -> None:
    with pytest.raises(
        InputError, match=r"only 3 pairs\. All 3 scores are 2\. A correlation needs 4.*differ are needed"
    ):
        pairs(PAIRS[:3].assign(score=2))


def test_one_column_cannot_be_both_texts_of_a_pair() -> None:
    with pytest.raises(InputError, match="One column is chosen for two roles"):
        pairs_from_table(PAIRS, "a", "a", "score")


def test_labels_are_texts_and_whole_numbers_have_no_point() -> None:
    assert labelled_from_table(LABELLED, "text", "label").labels == ("x", "y", "x")
    assert labelled_from_table(LABELLED, "text", "number").labels == ("1", "2", "1")


def test_a_text_that_is_repeated_with_its_label_is_kept_once() -> None:
    task = labelled(("one", "x"), ("two", "y"), (" one ", "x"), ("one", "x"))
    assert (task.texts, task.labels) == (("one", "two"), ("x", "y"))
    assert task.notes == ("2 rows repeating a text with its label left out.",)


def test_a_text_with_different_labels_has_no_class_and_is_left_out() -> None:
    task = labelled(("one", "x"), ("both", "x"), ("two", "y"), ("both", "y"), ("both", "y"))
    assert (task.texts, task.labels) == (("one", "two"), ("x", "y"))
    assert task.notes == ("1 text with different labels (such as 'x' and 'y') left out.",)


def test_rows_of_labelled_texts_that_cannot_be_used_are_left_out_and_counted() -> None:
    task = labelled((None, None), ("one", "x"), ("", "x"), ("three", None), ("four", " "), ("two", "y"))
    assert task.texts == ("one", "two")
    assert task.notes == (
        "1 empty row left out.",
        "1 row without text in column 'text' left out.",
        "2 rows without label in column 'label' left out.",
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (LABELLED.assign(label="x"), "only one class, 'x'"),
        (LABELLED[:0], "no row that can be used"),
        (LABELLED.assign(label=None), "no row that can be used. 3 rows without label"),
        (pd.DataFrame({"text": ["one"] * 2, "label": ["x", "y"]}), "no class. 1 text with different labels"),
        (LABELLED.drop(columns="text"), "no column 'text'. There are 'label', 'number'"),
    ],
    ids=["one class", "nothing", "no labels", "contradictions only", "no column"],
)
def test_labelled_texts_that_cannot_be_used_are_one_clear_line(table: pd.DataFrame, said: str) -> None:
    with pytest.raises(InputError) as refused:
        labelled_from_table(table, "text", "label")
    assert said in str(refused.value)
    assert refused.value.advice


def test_texts_and_pairs_keep_their_id_and_the_row_where_they_stand_first() -> None:
    rows = pd.DataFrame({"doc_id": [90, 91, 92, 93, 94], "text": ["a", None, "b", "a", "c"], "label": list("xyyxx")})
    task = labelled_from_table(rows, "text", "label")
    assert task.texts == ("a", "b", "c")
    assert (task.ids, task.rows) == (("90", "92", "94"), (1, 3, 5))
    assert (task.corpus.ids, task.corpus.rows) == (task.ids, task.rows)
    paired = pairs(with_rows(("kitten", "cat", 4)).assign(id=[f"p{i}" for i in range(6)]))
    assert (paired.ids, paired.rows) == (("p0", "p1", "p2", "p3", "p4"), (1, 2, 3, 4, 5))


def test_without_a_column_that_gives_every_row_another_id_there_are_rows_alone() -> None:
    task = labelled_from_table(LABELLED.assign(id=["same", "same", "other"]), "text", "label")
    assert (task.ids, task.rows) == (None, (1, 2, 3))
    assert task.id == labelled_from_table(LABELLED, "text", "label").id
