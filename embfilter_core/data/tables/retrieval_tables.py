"""A retrieval task from its three tables: queries, documents and relevance. Rows count from 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.data.corpora import check_limits, content_id
from embfilter_core.data.tables.columns import names_of, numbers_of, refuse_repeated, require_columns, texts_of
from embfilter_core.data.tasks import Relevance, RetrievalTask, read_only
from embfilter_core.errors import InputError
from embfilter_core.number_format import format_count

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RetrievalColumns:
    """Which column of the three tables holds what; by default named as in the BEIR collections."""

    query_id: str = "_id"
    query: str = "text"
    document_id: str = "_id"
    document: str = "text"
    judged_query: str = "query-id"
    judged_document: str = "corpus-id"
    grade: str = "score"


def retrieval_from_tables(
    queries: pd.DataFrame,
    documents: pd.DataFrame,
    relevance: pd.DataFrame,
    columns: RetrievalColumns = RetrievalColumns(),
    name: str = "Uploaded queries",
    source: str = "Uploaded",
    notes: Sequence[str] = (),
) -> RetrievalTask:
    """Return queries, documents and grades from three tables; queries without a relevant document are left out.

    Raises:
        InputError: A column or value is missing, a text is empty, an id occurs twice or is unknown, a grade
            is no number, a pair is judged twice, or no query has a relevant document.
    """
    query_texts = _by_id(queries, columns.query_id, columns.query, "query")
    document_texts = _by_id(documents, columns.document_id, columns.document, "document")
    judged = _judgements(relevance, columns, query_texts, document_texts)
    useful = [query for query in query_texts if any(grade > 0 for grade in judged.get(query, {}).values())]
    if not useful:
        raise InputError("No query has a relevant document.", "Grades above 0 mean relevant.")
    if len(useful) < len(query_texts):
        left_out = format_count(len(query_texts) - len(useful), "query", "queries")
        notes = (*notes, f"{left_out} without a relevant document left out.")
    texts, passages = [query_texts[query] for query in useful], list(document_texts.values())
    check_limits(texts)
    check_limits(passages)
    position = {document: i for i, document in enumerate(document_texts)}
    grades = [sorted((position[document], grade) for document, grade in judged[query].items()) for query in useful]
    return RetrievalTask(
        content_id("retrieval", texts, passages, grades),
        name,
        tuple(texts),
        tuple(passages),
        tuple(_relevance(row) for row in grades),
        source,
        notes=tuple(notes),
    )


def _relevance(row: list[tuple[int, float]]) -> Relevance:
    positions, grades = zip(*row, strict=True)
    return Relevance(read_only(positions, np.int64), read_only(grades, np.float64))


def _by_id(table: pd.DataFrame, id_column: str, text_column: str, what: str) -> dict[str, str]:
    require_columns(table, (id_column, text_column))
    ids, texts = names_of(table, id_column), texts_of(table, text_column)
    refuse_repeated(ids, f"the same {what} id")
    return dict(zip(ids, texts, strict=True))


def _judgements(
    table: pd.DataFrame, columns: RetrievalColumns, queries: dict[str, str], documents: dict[str, str]
) -> dict[str, dict[str, float]]:
    require_columns(table, (columns.judged_query, columns.judged_document, columns.grade))
    query_ids, document_ids = names_of(table, columns.judged_query), names_of(table, columns.judged_document)
    for what, ids, known in (("query", query_ids, queries), ("document", document_ids, documents)):
        for row, given in enumerate(ids, start=1):
            if given not in known:
                raise InputError(f"Row {row} judges the unknown {what} {given[:80]!r}.", f"Give every {what} an id.")
    refuse_repeated(list(zip(query_ids, document_ids, strict=True)), "the same query and document")
    judged: dict[str, dict[str, float]] = {}
    for query, document, grade in zip(query_ids, document_ids, numbers_of(table, columns.grade), strict=True):
        judged.setdefault(query, {})[document] = grade
    return judged
