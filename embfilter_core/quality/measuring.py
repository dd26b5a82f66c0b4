"""A task and its embeddings become evidence: the one place that knows which task is scored how."""

from collections.abc import Sequence

import numpy as np

from embfilter_core.data.corpora import Corpus
from embfilter_core.data.tasks import LabelledTask, PairTask, RetrievalTask
from embfilter_core.errors import InputError
from embfilter_core.progress import Progress
from embfilter_core.quality.evidence import Evidence
from embfilter_core.quality.pair_evidence import pair_evidence
from embfilter_core.quality.text_evidence import neighbour_evidence, retrieval_evidence
from embfilter_core.spectral.selection import KeptDirections

Task = PairTask | LabelledTask | RetrievalTask
Vectors = tuple[np.ndarray, ...]
"""One array a corpus of the task, (n, d): the texts, or the queries and then the documents."""

MEASURES: dict[str, str] = {
    "spearman": "Spearman correlation of cosine and judgement",
    "pearson": "Pearson correlation of cosine and judgement",
    "accuracy": "accuracy of the five nearest neighbours",
    "ndcg@10": "nDCG@10",
    "map": "mean average precision",
    "recall@100": "recall@100",
}
"""Every measure by its id; all are shown in points, score x 100."""
SHARED_FROM = 3


def measures_of(task: Task) -> tuple[str, ...]:
    """The measures that a task can be scored by, the usual one first."""
    if isinstance(task, PairTask):
        return ("spearman", "pearson")
    return ("accuracy",) if isinstance(task, LabelledTask) else ("ndcg@10", "map", "recall@100")


def corpora_of(task: Task) -> tuple[Corpus, ...]:
    """What has to be embedded, in the order of `Vectors`."""
    if isinstance(task, RetrievalTask):
        return task.query_corpus, task.document_corpus
    return (task.corpus,)


def shares_texts(task: Task) -> bool:
    """Whether a text is in three pairs or more on average, so that pairs cannot count as drawn independently."""
    return isinstance(task, PairTask) and 2 * len(task) >= SHARED_FROM * len(task.texts)


def measure(
    task: Task,
    vectors: Vectors,
    selections: Sequence[KeptDirections],
    name: str | None = None,
    progress: Progress | None = None,
) -> Evidence:
    """Score a task under every selection, from one embedding pass.

    Args:
        task: The task.
        vectors: Coefficients of its corpora, or any other vectors of which all columns are kept.
        selections: What to keep; fastest where each holds the one before.
        name: One of `measures_of(task)`; the first by default.
        progress: Told along the way.

    Raises:
        InputError: The measure does not fit the task, or the task its vectors.
        Cancelled: `progress` returned False.
    """
    name = name or measures_of(task)[0]
    if name not in measures_of(task):
        raise InputError(f"{task.name} cannot be scored by {name!r}.", f"Use {' or '.join(measures_of(task))}.")
    if isinstance(task, PairTask):
        pairs = (task.left, task.right, task.scores)
        return pair_evidence(vectors[0], *pairs, selections, name, shares_texts(task), progress)
    if isinstance(task, LabelledTask):
        _, codes = np.unique(task.labels, return_inverse=True)
        return neighbour_evidence(vectors[0], codes, selections, progress=progress)
    return retrieval_evidence(*vectors, _relevance(task), selections, progress)[name]


def _relevance(task: RetrievalTask) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions of queries and documents, and grades, a judgement each."""
    queries = np.repeat(np.arange(len(task.queries)), [len(judged.positions) for judged in task.relevance])
    documents, grades = (
        np.concatenate([getattr(judged, name) for judged in task.relevance]) for name in ("positions", "grades")
    )
    return queries, documents, grades


COSINES_A_PAIR, RANKED_A_PAIR = 50, 200
"""Cosines that take as long as one scored pair: of texts whose nearest vote, and of documents ranked for a query."""


def cost_of(task: Task) -> int:
    """What measuring one selection costs, counted in scored pairs of texts."""
    if isinstance(task, PairTask):
        return len(task)
    if isinstance(task, RetrievalTask):
        return len(task) * len(task.documents) // RANKED_A_PAIR
    return len(task) ** 2 // COSINES_A_PAIR
