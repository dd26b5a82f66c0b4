"""Columns of labelled tables: what they hold, what they are usually called, and their values, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from embfilter_core.data.tables.cells import holds_numbers
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


OneTableKind = Literal["pairs", "labelled"]
TableKind = Literal["pairs", "labelled", "queries", "documents", "relevance"]
ONE_TABLE_KINDS: tuple[OneTableKind, ...] = ("pairs", "labelled")
"""What is labelled in a single table."""
RETRIEVAL_TABLES: tuple[TableKind, ...] = ("queries", "documents", "relevance")
"""The tables that retrieval takes."""
TEXT_NAMES = (
    *("text", "texts", "sentence", "sentences", "content", "document", "passage", "body", "utterance", "review"),
    *("comment", "message", "title", "question", "query"),
)


@dataclass(frozen=True)
class Role:
    """What a column holds: its `id`, a `name` for people, the `usual` names of such columns, whether it is `needed`.

    The usual names are in lower case, the most telling ones first, among them those of MTEB and BEIR.
    """

    id: str
    name: str
    usual: tuple[str, ...]
    needed: bool = True


def _of_pair(number: str, letter: str, *others: str) -> tuple[str, ...]:
    stems = ("sentence", "text", "sent", "question")
    numbered = [f"{stem}{between}{number}" for stem in stems for between in ("", "_", " ")]
    return (*numbered, f"sentence_{letter}", f"text_{letter}", *others, letter)


ROLES: dict[TableKind, tuple[Role, ...]] = {
    "pairs": (
        Role("text1", "First text", _of_pair("1", "a", "premise", "anchor")),
        Role("text2", "Second text", _of_pair("2", "b", "hypothesis", "positive")),
        Role(
            "score",
            "Score",
            (
                *("score", "scores", "similarity", "similarity_score", "relatedness_score", "relatedness", "grade"),
                *("gold", "label", "labels", "rating", "is_duplicate"),
            ),
        ),
    ),
    "labelled": (
        Role("text", "Text", TEXT_NAMES),
        Role(
            "label",
            "Label",
            ("label_text", "label", "labels", "class", "category", "topic", "intent", "target", "cluster"),
        ),
    ),
    "queries": (
        Role("query_id", "Query id", ("_id", "id", "query_id", "query-id", "qid", "queryid")),
        Role("query", "Query", ("query", *(name for name in TEXT_NAMES if name != "query"))),
    ),
    "documents": (
        Role(
            "document_id",
            "Document id",
            (
                *("_id", "id", "document_id", "document-id", "doc_id", "doc-id", "corpus-id", "corpus_id", "docid"),
                *("docno", "passage_id", "pid"),
            ),
        ),
        Role("document", "Document", TEXT_NAMES),
        Role("title", "Title", ("title",), needed=False),
    ),
    "relevance": (
        Role("judged_query", "Query id", ("query-id", "query_id", "qid", "queryid", "query", "topic")),
        Role(
            "judged_document",
            "Document id",
            (
                *("corpus-id", "corpus_id", "document_id", "document-id", "doc_id", "doc-id", "docid", "docno"),
                *("passage_id", "pid", "document"),
            ),
        ),
        Role("grade", "Grade", ("score", "grade", "relevance", "rel", "label", "judgement", "judgment")),
    ),
}
"""What the columns of each kind of table hold."""


def role_ids(kind: TableKind) -> tuple[str, ...]:
    """Return the ids of what the columns of a kind of table hold, those that can be missing as well."""
    return tuple(role.id for role in ROLES[kind])


def is_usual(name: str) -> bool:
    """Whether columns of labelled data are often called so; a single letter tells nothing."""
    return name.strip().lower() in _USUAL


_USUAL = frozenset(name for roles in ROLES.values() for role in roles for name in role.usual if len(name) > 1)


def guess_columns(table: pd.DataFrame, kind: TableKind) -> dict[str, str]:
    """Return the column for each role of a kind of table by its usual names; roles without one are left out.

    Where columns have numbers for names, as in a file without a header, they are told by what they hold.
    """
    if list(table.columns) == number_columns(table.shape[1]):
        return _guess_unnamed(table, kind)
    spelled = {str(column).strip().lower(): str(column) for column in reversed(table.columns)}
    found: dict[str, str] = {}
    for role in ROLES[kind]:
        usable = [spelled[name] for name in role.usual if name in spelled and spelled[name] not in found.values()]
        if usable:
            found[role.id] = usable[0]
    return found


def number_columns(count: int) -> list[str]:
    """Return names for columns that have none."""
    return [f"column {number}" for number in range(1, count + 1)]


def _guess_unnamed(table: pd.DataFrame, kind: TableKind) -> dict[str, str]:
    names = list(table.columns)
    if kind == "relevance" and len(names) == 4:  # as TREC writes it, with an iteration that is always 0
        names.pop(1)
    roles = [role.id for role in ROLES[kind] if role.needed]
    if len(names) != len(roles):
        return {}
    if kind == "pairs":
        names.sort(key=lambda name: holds_numbers(table[name]))
    if kind == "labelled":
        names.sort(key=lambda name: -table[name].astype("str").str.len().mean())
    return dict(zip(roles, names, strict=True))


def columns_of(table: pd.DataFrame, kind: TableKind, named: Mapping[str, str], file: str) -> dict[str, str]:
    """Return the column of each role of a kind of table: as named, else guessed among the other columns.

    Args:
        table: The table.
        kind: What it holds.
        named: Columns by role; roles of other kinds are passed over.
        file: The table's name, for messages.

    Raises:
        InputError: What is needed has no column.
    """
    given = {role: name for role, name in named.items() if role in role_ids(kind)}
    found = {**guess_columns(table.drop(columns=list(given.values()), errors="ignore"), kind), **given}
    missing = [role.id for role in ROLES[kind] if role.needed and role.id not in found]
    if missing:
        told = ",".join(f"{role}=NAME" for role in missing)
        raise InputError(
            f"{file} has no column for {', '.join(missing)} among {listed_columns(table)}.",
            f"Rename it, or choose it (on the command line by --columns {told}).",
        )
    return found


def listed_columns(table: pd.DataFrame) -> str:
    """Return the names of a table's columns for a message: `'text', 'label'`."""
    return ", ".join(repr(str(column)) for column in table.columns)


def require_columns(table: pd.DataFrame, names: Sequence[str]) -> None:
    """Raise InputError unless a table has all the named columns."""
    missing = [name for name in names if name not in table.columns]
    if missing:
        absent = ", ".join(map(repr, dict.fromkeys(missing)))
        raise InputError(
            f"There is no column {absent}.", f"There {'is' if table.shape[1] == 1 else 'are'} {listed_columns(table)}."
        )
    if len(set(names)) < len(names):
        raise InputError("One column is chosen for two roles.", "Choose a column for each.")
