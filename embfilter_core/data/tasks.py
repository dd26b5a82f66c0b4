"""What labelled data is: scored pairs, labelled texts, queries with relevant documents."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from embfilter_core.data.corpora import BUILT_IN, Corpus, content_id

TaskKind = Literal["pairs", "labelled", "retrieval"]
TASK_KINDS: dict[TaskKind, str] = {
    "pairs": "two texts and a score in every row",
    "labelled": "a text and a label in every row",
    "retrieval": "queries, documents and relevance, a file each",
}
"""What can be labelled, with what its tables hold."""


@dataclass(frozen=True, eq=False)
class PairTask:
    """Pairs of texts with a graded similarity.

    Attributes:
        id: Short name; made from the content where the task is not built in.
        name: Name for people.
        texts: The distinct texts.
        left: (m,) int64, position of each pair's first text.
        right: (m,) int64, position of its second text.
        scores: (m,) float64, its similarity; only the order matters.
        source: Where the pairs come from.
        demo: Whether they were written for this project, so that no score is a benchmark.
        notes: What was left out while they were read, a sentence each.
        vectors: What the data brings in place of embeddings, (n, d) float32 of the texts; None where a backbone makes
            them.
        ids: The id that was written beside each pair, where there was one.
        rows: The row of each pair in its file, from 1, where they come from a file.
    """

    id: str
    name: str
    texts: tuple[str, ...]
    left: np.ndarray
    right: np.ndarray
    scores: np.ndarray
    source: str
    demo: bool = False
    notes: tuple[str, ...] = ()
    vectors: tuple[np.ndarray, ...] | None = field(default=None, compare=False)
    ids: tuple[str, ...] | None = None
    rows: tuple[int, ...] | None = None

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def corpus(self) -> Corpus:
        """The distinct texts, to be embedded once; the built-in ones share the embeddings of their corpus."""
        return _corpus(self.id, self.name, self.texts, self.source, self.demo)


@dataclass(frozen=True)
class LabelledTask:
    """Texts with a class each.

    Attributes:
        id: Short name; made from the content where the task is not built in.
        name: Name for people.
        texts: The texts.
        labels: The class of each.
        source: Where they come from.
        demo: Whether they were written for this project, so that no score is a benchmark.
        notes: What was left out while they were read, a sentence each.
        vectors: What the data brings in place of embeddings, (n, d) float32 of the texts; None where a backbone makes
            them.
        ids: The id that was written beside each text, where there was one.
        rows: The row of each text in its file, from 1, where they come from a file.
    """

    id: str
    name: str
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    source: str
    demo: bool = False
    notes: tuple[str, ...] = ()
    vectors: tuple[np.ndarray, ...] | None = field(default=None, compare=False)
    ids: tuple[str, ...] | None = None
    rows: tuple[int, ...] | None = None

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def corpus(self) -> Corpus:
        """The texts, to be embedded once; the built-in ones share the embeddings of their corpus."""
        return _corpus(self.id, self.name, self.texts, self.source, self.demo, self.labels, self.ids, self.rows)


@dataclass(frozen=True, eq=False)
class Relevance:
    """The judged documents of one query.

    Attributes:
        positions: (m,) int64, positions of the documents, in ascending order.
        grades: (m,) float64, how relevant each is; 0 is judged and not relevant.
    """

    positions: np.ndarray
    grades: np.ndarray


@dataclass(frozen=True, eq=False)
class RetrievalTask:
    """Queries, documents, and which documents are relevant to which query.

    Attributes:
        id: Short name, made from the content.
        name: Name for people.
        queries: The queries; each has at least one relevant document.
        documents: The documents.
        relevance: The judged documents of each query, in the order of the queries.
        source: Where they come from.
        demo: Whether they were written for this project, so that no score is a benchmark.
        notes: What was left out while they were read, a sentence each.
        vectors: What the data brings in place of embeddings, (n, d) float32 of the queries and of the documents; None
            where a backbone makes them.
        query_ids: The id of each query, where they have ids.
        document_ids: The id of each document.
    """

    id: str
    name: str
    queries: tuple[str, ...]
    documents: tuple[str, ...]
    relevance: tuple[Relevance, ...]
    source: str
    demo: bool = False
    notes: tuple[str, ...] = ()
    vectors: tuple[np.ndarray, ...] | None = field(default=None, compare=False)
    query_ids: tuple[str, ...] | None = None
    document_ids: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.queries)

    @property
    def query_corpus(self) -> Corpus:
        """The queries, to be embedded once."""
        return _corpus(self.id, f"{self.name}, queries", self.queries, self.source, self.demo, ids=self.query_ids)

    @property
    def document_corpus(self) -> Corpus:
        """The documents, to be embedded once."""
        name = f"{self.name}, documents"
        return _corpus(self.id, name, self.documents, self.source, self.demo, ids=self.document_ids)


Task = PairTask | LabelledTask | RetrievalTask


def pair_task(
    id: str,
    name: str,
    texts: Sequence[str],
    left: Sequence[int] | np.ndarray,
    right: Sequence[int] | np.ndarray,
    scores: Sequence[float] | np.ndarray,
    source: str,
    demo: bool = False,
    notes: Sequence[str] = (),
    ids: Sequence[str] | None = None,
    rows: Sequence[int] | None = None,
) -> PairTask:
    """Return a `PairTask` whose arrays have their types and cannot be written to."""
    left, right = read_only(left, np.int64), read_only(right, np.int64)
    judged = read_only(scores, np.float64)
    known = (None if ids is None else tuple(ids)), (None if rows is None else tuple(rows))
    return PairTask(id, name, tuple(texts), left, right, judged, source, demo, tuple(notes), None, *known)


def read_only(values: Sequence[float] | np.ndarray, dtype: type) -> np.ndarray:
    """Return a copy as an array that cannot be written to, since tasks are shared between sessions."""
    array: np.ndarray = np.array(values, dtype=dtype)
    array.setflags(write=False)
    return array


def _corpus(
    task_id: str,
    name: str,
    texts: tuple[str, ...],
    source: str,
    demo: bool,
    labels: tuple[str, ...] | None = None,
    ids: tuple[str, ...] | None = None,
    rows: tuple[int, ...] | None = None,
) -> Corpus:
    made = content_id(texts) if ids is None and rows is None else content_id(texts, ids, rows)
    return Corpus(task_id if task_id in BUILT_IN else made, name, texts, source, labels, demo, ids=ids, rows=rows)
