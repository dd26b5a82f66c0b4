"""Columns of labelled tables: what they hold, what they are usually called, and their values, checked."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from embfilter_core.data.tables.cells import format_cell
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


OneTableKind = Literal["pairs", "labelled"]
TableKind = Literal["pairs", "labelled", "queries", "documents", "relevance"]
ONE_TABLE_KINDS: tuple[OneTableKind, ...] = ("pairs", "labelled")
"""What is labelled in a single table."""
RETRIEVAL_TABLES: tuple[TableKind, ...] = ("queries", "documents", "relevance")
"""The tables that retrieval takes."""
TEXT_NAMES = ("text", "sentence", "texts", "content", "document", "body", "title", "question", "query")


@dataclass(frozen=True)
class Role:
    """What a column holds: its `id`, a `name` for people, and the `usual` names of such columns in lower case."""

    id: str
    name: str
    usual: tuple[str, ...]


ROLES: dict[TableKind, tuple[Role, ...]] = {
    "pairs": (
        Role(
            "text1",
            "First text",
            ("sentence1", "text1", "sentence_a", "text_a", "sentence 1", "text 1", "question1", "premise", "a"),
        ),
        Role(
            "text2",
            "Second text",
            ("sentence2", "text2", "sentence_b", "text_b", "sentence 2", "text 2", "question2", "hypothesis", "b"),
        ),
        Role(
            "score",
            "Score",
            ("score", "similarity", "similarity_score", "relatedness_score", "grade", "gold", "label", "rating"),
        ),
    ),
    "labelled": (
        Role("text", "Text", TEXT_NAMES),
        Role("label", "Label", ("label_text", "label", "labels", "class", "category", "topic", "intent", "target")),
    ),
    "queries": (
        Role("query_id", "Query id", ("_id", "id", "query_id", "query-id", "qid")),
        Role("query", "Query", ("query", *TEXT_NAMES)),
    ),
    "documents": (
        Role("document_id", "Document id", ("_id", "id", "document_id", "doc_id", "corpus-id", "docid")),
        Role("document", "Document", TEXT_NAMES),
    ),
    "relevance": (
        Role("judged_query", "Query id", ("query-id", "query_id", "qid", "query")),
        Role(
            "judged_document",
            "Document id",
            ("corpus-id", "corpus_id", "document_id", "doc_id", "docid", "document"),
        ),
        Role("grade", "Grade", ("score", "grade", "relevance", "rel", "label")),
    ),
}
"""What the columns of each kind of table hold."""


def role_ids(kind: TableKind) -> tuple[str, ...]:
    """Return the ids of what the columns of a kind of table hold."""
    return tuple(role.id for role in ROLES[kind])


def guess_columns(table: pd.DataFrame, kind: TableKind) -> dict[str, str]:
    """Return the column for each role of a kind of table by its usual names; roles without one are left out."""
    spelled = {str(column).strip().lower(): str(column) for column in reversed(table.columns)}
    found: dict[str, str] = {}
    for role in ROLES[kind]:
        usable = [spelled[name] for name in role.usual if name in spelled and spelled[name] not in found.values()]
        if usable:
            found[role.id] = usable[0]
    return found


def listed_columns(table: pd.DataFrame) -> str:
    """Return the names of a table's columns for a message: `'text', 'label'`."""
    return ", ".join(repr(str(column)) for column in table.columns)


def require_columns(table: pd.DataFrame, names: Sequence[str]) -> None:
    """Raise InputError unless a table has all the named columns."""
    for name in names:
        if name not in table.columns:
            raise InputError(f"There is no column {name!r}.", f"There are {listed_columns(table)}.")
    if len(set(names)) < len(names):
        raise InputError("One column is chosen for two roles.", "Choose a column for each.")


def _present(table: pd.DataFrame, column: str) -> list[Any]:
    values = table[column]
    if values.isna().any():
        row = int(np.argmax(values.isna().to_numpy())) + 1
        raise InputError(f"Row {row} has no value in column {column!r}.", "Fill it, or leave the row out.")
    present: list[Any] = values.tolist()
    return present


def texts_of(table: pd.DataFrame, column: str) -> list[str]:
    """Return the texts of a column, stripped; raises InputError where one is missing or empty."""
    texts = [str(value).strip() for value in _present(table, column)]
    for row, text in enumerate(texts, start=1):
        if not text:
            raise InputError(f"Row {row} has an empty text in column {column!r}.", "Fill it, or leave the row out.")
    return texts


def names_of(table: pd.DataFrame, column: str) -> list[str]:
    """Return labels or ids as texts, so that 7, 7.0 and "7" are one."""
    texts_of(table, column)
    return [format_cell(value).strip() for value in _present(table, column)]


def numbers_of(table: pd.DataFrame, column: str) -> list[float]:
    """Return the finite numbers of a column; raises InputError at the first that is none."""
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


def refuse_repeated(values: Sequence[Hashable], what: str) -> None:
    """Raise InputError at the first value that occurs twice, with both rows."""
    first: dict[Hashable, int] = {}
    for row, value in enumerate(values, start=1):
        if value in first:
            raise InputError(f"Rows {first[value]} and {row} hold {what}.", "Leave one of them out.")
        first[value] = row
