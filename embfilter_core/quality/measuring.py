"""Scoring a task: every measure stands here once, with the kind of task that it scores."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from embfilter_core.data.corpora import Corpus
from embfilter_core.data.tasks import LabelledTask, PairTask, RetrievalTask, Task
from embfilter_core.errors import InputError
from embfilter_core.progress import Progress
from embfilter_core.quality.binary_evidence import AucEvidence, AveragePrecisionEvidence
from embfilter_core.quality.evidence import Evidence
from embfilter_core.quality.metrics import RECALL_AT, RelevantRanks, average_precision, ndcg, recall
from embfilter_core.quality.pair_evidence import PairEvidence, PearsonEvidence, SpearmanEvidence, pair_evidence
from embfilter_core.quality.scorable import all_found, all_relevant, check_scorable, not_binary
from embfilter_core.quality.text_evidence import neighbour_evidence, retrieval_evidence
from embfilter_core.spectral.selection import KeptDirections

Vectors = tuple[np.ndarray, ...]
"""One array a corpus of the task, (n, d): the texts, or the queries and then the documents."""
SHARED_FROM = 3
COSINES_A_PAIR, RANKED_A_PAIR = 50, 200
"""Cosines that take as long as one scored pair: of texts whose nearest vote, and of documents ranked for a query."""


@dataclass(frozen=True)
class Measure:
    """A way to score a task.

    Attributes:
        kind: The type of the tasks that it scores.
        explanation: What it is, for people.
        score: Scores a task of that kind on its vectors under every selection.
        unfit: Says why it cannot score a certain task of that kind, as a sentence; nothing where it can.
    """

    kind: type[Any]
    explanation: str
    score: Callable[[Any, Vectors, Sequence[KeptDirections], Progress | None], Evidence]
    unfit: Callable[[Any], str] = lambda task: ""


def _pairs(
    evidence: type[PairEvidence], explanation: str, unfit: Callable[[PairTask], str] = lambda task: ""
) -> Measure:
    def score(
        task: PairTask, vectors: Vectors, selections: Sequence[KeptDirections], progress: Progress | None
    ) -> Evidence:
        pairs = (task.left, task.right, task.scores)
        return pair_evidence(vectors[0], *pairs, selections, evidence, shares_texts(task), progress)

    return Measure(PairTask, explanation, score, unfit)


def _vote(explanation: str) -> Measure:
    def score(
        task: LabelledTask, vectors: Vectors, selections: Sequence[KeptDirections], progress: Progress | None
    ) -> Evidence:
        _, codes = np.unique(task.labels, return_inverse=True)
        return neighbour_evidence(vectors[0], codes, selections, progress=progress)

    return Measure(LabelledTask, explanation, score)


def _ranking(
    metric: Callable[[RelevantRanks], np.ndarray],
    explanation: str,
    unfit: Callable[[RetrievalTask], str] = lambda task: "",
) -> Measure:
    def score(
        task: RetrievalTask, vectors: Vectors, selections: Sequence[KeptDirections], progress: Progress | None
    ) -> Evidence:
        queries, documents = vectors
        return retrieval_evidence(queries, documents, _relevance(task), selections, metric, progress)

    return Measure(RetrievalTask, explanation, score, unfit)


MEASURES: dict[str, Measure] = {
    "ap": _pairs(AveragePrecisionEvidence, "average precision of cosine for the higher of two judgements", not_binary),
    "auc": _pairs(AucEvidence, "AUC of cosine for the higher of two judgements", not_binary),
    "spearman": _pairs(SpearmanEvidence, "Spearman correlation of cosine and judgement"),
    "pearson": _pairs(PearsonEvidence, "Pearson correlation of cosine and judgement"),
    "accuracy": _vote("accuracy of the five nearest neighbours"),
    "ndcg@10": _ranking(ndcg, "nDCG@10"),
    "map": _ranking(average_precision, "mean average precision", all_relevant),
    "recall@100": _ranking(recall, "recall@100", lambda task: all_found(task, RECALL_AT)),
}
"""Every measure by its id, the usual one of the tasks that it fits first; all are shown in points, score x 100."""


def measures_of(task: Task) -> tuple[str, ...]:
    """Return the measures that a task can be scored by, the usual one first."""
    return tuple(name for name, one in MEASURES.items() if isinstance(task, one.kind) and not one.unfit(task))


def measure_named(task: Task, name: str | None) -> str:
    """Return the measure of that name, or the usual one of the task where there is no name.

    Raises:
        InputError: The task cannot be scored by it, or not at all; says why.
    """
    check_scorable(task)
    fitting = measures_of(task)
    if name is not None and name not in fitting:
        known = MEASURES.get(name)
        reason = known.unfit(task) if known is not None and isinstance(task, known.kind) else ""
        raise InputError(f"{task.name} cannot be scored by {name!r}. {reason}", f"Use {' or '.join(fitting)}.")
    return name or fitting[0]


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
        InputError: The measure does not fit the task, the task cannot be scored, or does not fit its vectors.
        Cancelled: `progress` returned False.
    """
    return MEASURES[measure_named(task, name)].score(task, vectors, selections, progress)


def corpora_of(task: Task) -> tuple[Corpus, ...]:
    """Return what has to be embedded, in the order of `Vectors`."""
    if isinstance(task, RetrievalTask):
        return task.query_corpus, task.document_corpus
    return (task.corpus,)


def corpora_to_embed(task: Task) -> tuple[Corpus, ...]:
    """Return what a backbone has to embed for a task: nothing where the data brings its own vectors."""
    return corpora_of(task) if task.vectors is None else ()


def shares_texts(task: Task) -> bool:
    """Return whether a text is in three pairs or more on average, so that pairs cannot count as drawn independently."""
    return isinstance(task, PairTask) and 2 * len(task) >= SHARED_FROM * len(task.texts)


def cost_of(task: Task) -> int:
    """Return what measuring one selection costs, counted in scored pairs of texts."""
    if isinstance(task, PairTask):
        return len(task)
    if isinstance(task, RetrievalTask):
        return len(task) * len(task.documents) // RANKED_A_PAIR
    return len(task) ** 2 // COSINES_A_PAIR


def _relevance(task: RetrievalTask) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions of queries and documents, and grades, a judgement each."""
    queries = np.repeat(np.arange(len(task.queries)), [len(judged.positions) for judged in task.relevance])
    documents, grades = (
        np.concatenate([getattr(judged, name) for judged in task.relevance]) for name in ("positions", "grades")
    )
    return queries, documents, grades
