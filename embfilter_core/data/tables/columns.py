"""roles, usual column names, checked columns: page and command line share them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from embfilter_core.data.tables.cells import format_cell
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


Kind = Literal["pairs", "labelled", "queries", "documents", "relevance"]


TEXT_NAMES = ("text", "sentence", "texts", "content", "document", "body", "title", "question", "query")


USUAL_NAMES: dict[Kind, dict[str, tuple[str, ...]]] = {
    "pairs": {
        "text1": ("sentence1", "text1", "sentence_a", "text_a", "sentence 1", "text 1", "question1", "premise", "a"),
        "text2": ("sentence2", "text2", "sentence_b", "text_b", "sentence 2", "text 2", "question2", "hypothesis", "b"),
        "score": ("score", "similarity", "similarity_score", "relatedness_score", "grade", "gold", "label", "rating"),
    },
    "labelled": {
        "text": TEXT_NAMES,
        "label": ("label_text", "label", "labels", "class", "category", "topic", "intent", "target"),
    },
    "queries": {"query_id": ("_id", "id", "query_id", "query-id", "qid"), "query": ("query", *TEXT_NAMES)},
    "documents": {
        "document_id": ("_id", "id", "document_id", "doc_id", "corpus-id", "docid"),
        "document": TEXT_NAMES,
    },
    "relevance": {
        "judged_query": ("query-id", "query_id", "qid", "query"),
        "judged_document": ("corpus-id", "corpus_id", "document_id", "doc_id", "docid", "document"),
        "grade": ("score", "grade", "relevance", "rel", "label"),
    },
}


def guess_columns(table: pd.DataFrame, kind: Kind) -> dict[str, str]:
    """The column for each role of a kind of table, by the names that are usual; roles without one are left out."""
    spelled = {str(column).strip().lower(): str(column) for column in reversed(table.columns)}
    found: dict[str, str] = {}
    for role, names in USUAL_NAMES[kind].items():
        usable = [spelled[name] for name in names if name in spelled and spelled[name] not in found.values()]
        if usable:
            found[role] = usable[0]
    return found


def require_columns(table: pd.DataFrame, names: Sequence[str]) -> None:
    """Raise InputError unless a table has all the named columns."""
    for name in names:
        if name not in table.columns:
            there = ", ".join(repr(str(column)) for column in table.columns)
            raise InputError(f"There is no column {name!r}.", f"There are {there}.")
    if len(set(names)) < len(names):
        raise InputError("One column is chosen for two roles.", "Choose a column for each.")


def _present(table: pd.DataFrame, column: str) -> list:
    values = table[column]
    if values.isna().any():
        row = int(np.argmax(values.isna().to_numpy())) + 1
        raise InputError(f"Row {row} has no value in column {column!r}.", "Fill it, or leave the row out.")
    return values.tolist()


def texts_of(table: pd.DataFrame, column: str) -> list[str]:
    """The texts of a column, stripped; raises InputError where one is missing or empty."""
    texts = [str(value).strip() for value in _present(table, column)]
    for row, text in enumerate(texts, start=1):
        if not text:
            raise InputError(f"Row {row} has an empty text in column {column!r}.", "Fill it, or leave the row out.")
    return texts


def names_of(table: pd.DataFrame, column: str) -> list[str]:
    """Labels or ids as texts, so that 7, 7.0 and "7" are one."""
    texts_of(table, column)
    return [format_cell(value).strip() for value in _present(table, column)]


def numbers_of(table: pd.DataFrame, column: str) -> list[float]:
    """The finite numbers of a column; raises InputError at the first that is none."""
    numbers = []
    for row, value in enumerate(_present(table, column), start=1):
        try:
            numbers.append(float(value))
        except ValueError:
            numbers.append(float("nan"))
        if not np.isfinite(numbers[-1]):
            raise InputError(
                f"Row {row} has {str(value)[:80]!r} in column {column!r}, which is no number.", "Give a number a row."
            )
    return numbers


def refuse_repeated(values: list, what: str) -> None:
    """Raise InputError at the first value that occurs twice, with both rows."""
    first: dict = {}
    for row, value in enumerate(values, start=1):
        if value in first:
            raise InputError(f"Rows {first[value]} and {row} hold {what}.", "Leave one of them out.")
        first[value] = row


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 row`, `2 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
