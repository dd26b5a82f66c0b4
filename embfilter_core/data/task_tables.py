"""Labelled data from tables: every way a table can be unfit gets one clear line. Rows count from 1."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from embfilter_core.data.cells import written
from embfilter_core.data.datasets import check_limits, content_id
from embfilter_core.data.task_types import LabelledTask, PairTask, Relevance, RetrievalTask, pair_task, read_only
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

MIN_PAIRS = 4
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


def guess_columns(table: "pd.DataFrame", kind: Kind) -> dict[str, str]:
    """The column for each role of a kind of table, by the names that are usual; roles without one are left out."""
    spelled = {str(column).strip().lower(): str(column) for column in reversed(table.columns)}
    found: dict[str, str] = {}
    for role, names in USUAL_NAMES[kind].items():
        usable = [spelled[name] for name in names if name in spelled and spelled[name] not in found.values()]
        if usable:
            found[role] = usable[0]
    return found


def pairs_from_table(
    table: "pd.DataFrame",
    text1: str,
    text2: str,
    score: str,
    name: str = "Uploaded pairs",
    source: str = "Uploaded",
    notes: Sequence[str] = (),
) -> PairTask:
    """Scored pairs from three columns of a table.

    Raises:
        InputError: A column or value is missing, a text is empty, a score is no number, all scores are
            equal, a pair occurs twice, or there are fewer than four pairs.
    """
    _require_columns(table, (text1, text2, score))
    firsts, seconds, scores = _texts(table, text1), _texts(table, text2), _numbers(table, score)
    if len(scores) < MIN_PAIRS:
        raise InputError(
            f"There are only {_counted(len(scores), 'pair')}.", f"A correlation needs {MIN_PAIRS} or more."
        )
    _refuse_repeated(list(zip(firsts, seconds, strict=True)), "the same pair of texts")
    if len(set(scores)) == 1:
        raise InputError(f"All {len(scores)} scores are {scores[0]:g}.", "Scores that differ are needed to compare.")
    texts = tuple(dict.fromkeys((*firsts, *seconds)))
    check_limits(texts)
    position = {text: i for i, text in enumerate(texts)}
    left, right = [position[text] for text in firsts], [position[text] for text in seconds]
    task_id = content_id("pairs", texts, left, right, scores)
    return pair_task(task_id, name, texts, left, right, scores, source, notes=notes)


def labelled_from_table(
    table: "pd.DataFrame",
    text: str,
    label: str,
    name: str = "Uploaded labelled texts",
    source: str = "Uploaded",
    notes: Sequence[str] = (),
) -> LabelledTask:
    """Labelled texts from two columns of a table.

    Raises:
        InputError: A column or value is missing, a text is empty, or all texts have one label.
    """
    _require_columns(table, (text, label))
    texts, labels = _texts(table, text), _names(table, label)
    if len(set(labels)) < 2:
        only = f"only one class, {labels[0]!r}" if labels else "no rows"
        raise InputError(f"Column {label!r} has {only}.", "Two or more classes are needed to compare.")
    check_limits(texts)
    return LabelledTask(
        content_id("labelled", texts, labels), name, tuple(texts), tuple(labels), source, notes=tuple(notes)
    )


def retrieval_from_tables(
    queries: "pd.DataFrame",
    documents: "pd.DataFrame",
    relevance: "pd.DataFrame",
    columns: RetrievalColumns = RetrievalColumns(),
    name: str = "Uploaded queries",
    source: str = "Uploaded",
    notes: Sequence[str] = (),
) -> RetrievalTask:
    """Queries, documents and relevance grades from three tables; queries without a relevant document are left out.

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
        left_out = _counted(len(query_texts) - len(useful), "query", "queries")
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


def _by_id(table: "pd.DataFrame", id_column: str, text_column: str, what: str) -> dict[str, str]:
    _require_columns(table, (id_column, text_column))
    ids, texts = _names(table, id_column), _texts(table, text_column)
    _refuse_repeated(ids, f"the same {what} id")
    return dict(zip(ids, texts, strict=True))


def _judgements(
    table: "pd.DataFrame", columns: RetrievalColumns, queries: dict[str, str], documents: dict[str, str]
) -> dict[str, dict[str, float]]:
    _require_columns(table, (columns.judged_query, columns.judged_document, columns.grade))
    query_ids, document_ids = _names(table, columns.judged_query), _names(table, columns.judged_document)
    for what, ids, known in (("query", query_ids, queries), ("document", document_ids, documents)):
        for row, given in enumerate(ids, start=1):
            if given not in known:
                raise InputError(f"Row {row} judges the unknown {what} {given[:80]!r}.", f"Give every {what} an id.")
    _refuse_repeated(list(zip(query_ids, document_ids, strict=True)), "the same query and document")
    judged: dict[str, dict[str, float]] = {}
    for query, document, grade in zip(query_ids, document_ids, _numbers(table, columns.grade), strict=True):
        judged.setdefault(query, {})[document] = grade
    return judged


def _require_columns(table: "pd.DataFrame", names: Sequence[str]) -> None:
    for name in names:
        if name not in table.columns:
            there = ", ".join(repr(str(column)) for column in table.columns)
            raise InputError(f"There is no column {name!r}.", f"There are {there}.")
    if len(set(names)) < len(names):
        raise InputError("One column is chosen for two roles.", "Choose a column for each.")


def _present(table: "pd.DataFrame", column: str) -> list:
    values = table[column]
    if values.isna().any():
        row = int(np.argmax(values.isna().to_numpy())) + 1
        raise InputError(f"Row {row} has no value in column {column!r}.", "Fill it, or leave the row out.")
    return values.tolist()


def _texts(table: "pd.DataFrame", column: str) -> list[str]:
    texts = [str(value).strip() for value in _present(table, column)]
    for row, text in enumerate(texts, start=1):
        if not text:
            raise InputError(f"Row {row} has an empty text in column {column!r}.", "Fill it, or leave the row out.")
    return texts


def _names(table: "pd.DataFrame", column: str) -> list[str]:
    """Labels or ids as texts, so that 7, 7.0 and "7" are one."""
    _texts(table, column)
    return [written(value).strip() for value in _present(table, column)]


def _numbers(table: "pd.DataFrame", column: str) -> list[float]:
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


def _refuse_repeated(values: list, what: str) -> None:
    first: dict = {}
    for row, value in enumerate(values, start=1):
        if value in first:
            raise InputError(f"Rows {first[value]} and {row} hold {what}.", "Leave one of them out.")
        first[value] = row


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
