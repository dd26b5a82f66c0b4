"""A part of labelled data: what is left of it where only some of its texts can be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from embfilter_core.data.corpora import content_id
from embfilter_core.data.tasks import LabelledTask, PairTask, Relevance, RetrievalTask, Task, read_only

Value = TypeVar("Value")
Places = tuple[np.ndarray, ...]
"""Positions of the texts of a part among all, (n,) int64 ascending; one array a corpus, as `Vectors`."""


def texts_of(task: Task) -> tuple[tuple[str, ...], ...]:
    """Return the texts of labelled data, a corpus each: the texts, or the queries and then the documents."""
    return (task.queries, task.documents) if isinstance(task, RetrievalTask) else (task.texts,)


def ids_of_texts(task: Task) -> tuple[tuple[str, ...] | None, ...]:
    """Return the ids of these texts; None where they have none, as those of pairs, whose ids are the pairs'."""
    if isinstance(task, RetrievalTask):
        return task.query_ids, task.document_ids
    return (task.ids if isinstance(task, LabelledTask) else None,)


def part_of(task: Task, usable: Sequence[np.ndarray]) -> tuple[Task, Places]:
    """Return the pairs, texts or queries that need no other texts than the usable ones, and where their texts stood.

    Judgements of documents that are not usable are left out, and queries without a relevant document then.

    Args:
        task: All of it, which is returned itself where nothing has to go.
        usable: Which texts are, (n,) bool, one array a corpus.
    """
    if all(one.all() for one in usable):
        return task, tuple(np.arange(len(one)) for one in usable)
    if isinstance(task, PairTask):
        return _pairs(task, usable[0])
    return _labelled(task, usable[0]) if isinstance(task, LabelledTask) else _retrieval(task, *usable)


def _pairs(task: PairTask, usable: np.ndarray) -> tuple[Task, Places]:
    at = np.flatnonzero(usable[task.left] & usable[task.right])
    places, renamed = np.unique(np.concatenate([task.left[at], task.right[at]]), return_inverse=True)
    left, right = (read_only(side, np.int64) for side in (renamed[: len(at)], renamed[len(at) :]))
    kept = replace(
        task,
        id=_id(task, at),
        texts=_at(task.texts, places),
        left=left,
        right=right,
        scores=read_only(task.scores[at], np.float64),
        vectors=_vectors(task, places),
        ids=None if task.ids is None else _at(task.ids, at),
        rows=None if task.rows is None else _at(task.rows, at),
    )
    return kept, (places,)


def _labelled(task: LabelledTask, usable: np.ndarray) -> tuple[Task, Places]:
    at = np.flatnonzero(usable)
    kept = replace(
        task,
        id=_id(task, at),
        texts=_at(task.texts, at),
        labels=_at(task.labels, at),
        vectors=_vectors(task, at),
        ids=None if task.ids is None else _at(task.ids, at),
        rows=None if task.rows is None else _at(task.rows, at),
    )
    return kept, (at,)


def _retrieval(task: RetrievalTask, asked: np.ndarray, searched: np.ndarray) -> tuple[Task, Places]:
    documents = np.flatnonzero(searched)
    renamed = np.cumsum(searched) - 1
    judged = [_judged(one, searched, renamed) for one in task.relevance]
    queries = np.flatnonzero(asked & np.array([(one.grades > 0).any() for one in judged], dtype=bool))
    kept = replace(
        task,
        id=_id(task, queries, documents),
        queries=_at(task.queries, queries),
        documents=_at(task.documents, documents),
        relevance=_at(judged, queries),
        vectors=_vectors(task, queries, documents),
        query_ids=None if task.query_ids is None else _at(task.query_ids, queries),
        document_ids=None if task.document_ids is None else _at(task.document_ids, documents),
    )
    return kept, (queries, documents)


def _judged(one: Relevance, searched: np.ndarray, renamed: np.ndarray) -> Relevance:
    there = searched[one.positions]
    return Relevance(read_only(renamed[one.positions[there]], np.int64), read_only(one.grades[there], np.float64))


def _vectors(task: Task, *places: np.ndarray) -> tuple[np.ndarray, ...] | None:
    if task.vectors is None:
        return None
    return tuple(one[at] for one, at in zip(task.vectors, places, strict=True))


def _at(values: Sequence[Value], places: np.ndarray) -> tuple[Value, ...]:
    return tuple(values[place] for place in places.tolist())


def _id(task: Task, *places: np.ndarray) -> str:
    return content_id("part", task.id, [at.tolist() for at in places])
