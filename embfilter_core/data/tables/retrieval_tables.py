"""A retrieval task from its three tables: queries, documents and relevance. Rows count from 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.data.corpora import check_limits, content_id
from embfilter_core.data.tables.cells import texts_in
from embfilter_core.data.tables.columns import require_columns
from embfilter_core.data.tables.judgements import Judgements, read_judgements
from embfilter_core.data.tables.problems import Problems
from embfilter_core.data.tables.rows import usable_rows
from embfilter_core.data.tasks import Relevance, RetrievalTask, read_only
from embfilter_core.errors import InputError
from embfilter_core.number_format import format_count

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RetrievalColumns:
    """Which column of the three tables holds what; by default named as in the BEIR collections.

    A document's `title`, where there is such a column, is read before its text, as BEIR does.
    """

    query_id: str = "_id"
    query: str = "text"
    document_id: str = "_id"
    document: str = "text"
    judged_query: str = "query-id"
    judged_document: str = "corpus-id"
    grade: str = "score"
    title: str | None = None


def retrieval_from_tables(
    queries: pd.DataFrame,
    documents: pd.DataFrame,
    relevance: pd.DataFrame,
    columns: RetrievalColumns = RetrievalColumns(),
    name: str = "Uploaded queries",
    source: str = "Uploaded",
    notes: Sequence[str] = (),
) -> RetrievalTask:
    """Return queries, documents and grades from three tables.

    Rows without an id, text or grade, judgements of unknown ids, and queries without a
    relevant document are left out; of several grades of one document for one query the
    highest counts, of several texts under one id the first. The notes count all of them.

    Raises:
        InputError: Columns are missing, grades cannot be understood, or no query has a relevant document;
            names all that is wrong with the three tables.
    """
    problems = Problems()
    asked = problems.attempt(_by_id, queries, columns.query_id, columns.query, "query", "queries")
    given = problems.attempt(_documents, documents, columns)
    judged = problems.attempt(read_judgements, relevance, columns.judged_query, columns.judged_document, columns.grade)
    if asked is None or given is None or judged is None:
        raise problems.error()
    known = judged.of(asked.texts, given.texts)
    useful = [query for query in asked.texts if any(grade > 0 for grade in known.grades.get(query, {}).values())]
    left_out = [*asked.notes, *given.notes, *known.notes, *_unasked(asked.texts, useful, known)]
    if not useful:
        raise InputError(" ".join(("No query has a relevant document.", *left_out)), "Grades above 0 mean relevant.")
    texts, passages = [asked.texts[query] for query in useful], list(given.texts.values())
    check_limits(texts)
    check_limits(passages)
    position = {document: i for i, document in enumerate(given.texts)}
    grades = [
        sorted((position[document], grade) for document, grade in known.grades[query].items()) for query in useful
    ]
    return RetrievalTask(
        content_id("retrieval", texts, passages, grades),
        name,
        tuple(texts),
        tuple(passages),
        tuple(_relevance(row) for row in grades),
        source,
        notes=(*notes, *left_out),
        query_ids=tuple(useful),
        document_ids=tuple(given.texts),
    )


@dataclass(frozen=True)
class _Texts:
    """Texts by id, and notes on what was left out."""

    texts: dict[str, str]
    notes: tuple[str, ...]


def _relevance(row: list[tuple[int, float]]) -> Relevance:
    positions, grades = zip(*row, strict=True)
    return Relevance(read_only(positions, np.int64), read_only(grades, np.float64))


def _unasked(asked: dict[str, str], useful: list[str], known: Judgements) -> list[str]:
    """Notes on the queries that nothing can be said about."""
    judged = sum(query in known.grades for query in asked)
    counts = {"without a judgement": len(asked) - judged, "without a relevant document": judged - len(useful)}
    return [f"{format_count(number, 'query', 'queries')} {what} left out." for what, number in counts.items() if number]


def _documents(table: pd.DataFrame, columns: RetrievalColumns) -> _Texts:
    if columns.title is None:
        return _by_id(table, columns.document_id, columns.document, "document", "documents")
    require_columns(table, (columns.document_id, columns.document, columns.title))
    titles, texts = texts_in(table[columns.title]), texts_in(table[columns.document])
    titled = [" ".join(filter(None, pair)) or None for pair in zip(titles, texts, strict=True)]
    return _by_id(
        table.assign(**{columns.document: titled}), columns.document_id, columns.document, "document", "documents"
    )


def _by_id(table: pd.DataFrame, id_column: str, text_column: str, one: str, many: str) -> _Texts:
    found = usable_rows(table, [(id_column, "id"), (text_column, "text")], what=f"The table of {many}")
    texts: dict[str, str] = {}
    same = different = 0
    for key, text in zip(found.texts[id_column], found.texts[text_column], strict=True):
        if key in texts:
            same, different = same + (texts[key] == text), different + (texts[key] != text)
        texts.setdefault(key, text)
    notes = [f"{many.capitalize()}: {note}" for note in found.notes]
    if same:
        notes.append(f"{format_count(same, f'repeated {one}', f'repeated {many}')} left out.")
    if different:
        notes.append(
            f"{format_count(different, one, many)} under the id of another {one} left out: the first of an id is kept."
        )
    return _Texts(texts, tuple(notes))
