"""Scores of a task written out one pair, text or query at a time, to hold the fast ones against."""

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from embfilter_core.data.tasks import LabelledTask, PairTask, Task
from embfilter_core.quality.measuring import Vectors
from embfilter_core.quality.metrics import NEIGHBOURS, check_labels, neighbours_agree, pearson, spearman, unit_rows
from embfilter_core.quality.nested_cosines import DECIMALS

BY_SKLEARN = {"ap": average_precision_score, "auc": roc_auc_score}


def cosines_of_pairs(embeddings: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Cosine of each pair of rows of (n, d), (m,) float64; 0 with a row of zeros."""
    unit = unit_rows(embeddings)
    cosines: np.ndarray = np.round(np.einsum("md,md->m", unit[left], unit[right]), DECIMALS)
    return cosines


def knn_accuracy(embeddings: np.ndarray, labels: np.ndarray, neighbours: int = NEIGHBOURS) -> float:
    """Share of the rows of (n, d) whose nearest others, by cosine, vote for their label; leave one out."""
    unit = unit_rows(embeddings)
    cosines = np.round(unit @ unit.T, DECIMALS)
    return float(neighbours_agree(cosines, np.arange(len(unit)), check_labels(labels, len(unit)), neighbours).mean())


def score(task: Task, vectors: Vectors, measure: str) -> float:
    """The score of a task on vectors of which all columns are kept."""
    if isinstance(task, PairTask):
        return score_pairs(task, vectors, measure, np.arange(len(task)))
    if isinstance(task, LabelledTask):
        names = sorted(set(task.labels))
        return knn_accuracy(vectors[0], np.array([names.index(label) for label in task.labels]))
    return float(np.mean(score_queries(task, vectors, measure)))


def score_pairs(task: PairTask, vectors: Vectors, measure: str, drawn: np.ndarray) -> float:
    """The score over pairs `drawn`, (r,) positions of them, some several times."""
    cosines = cosines_of_pairs(vectors[0], task.left, task.right)
    if measure in BY_SKLEARN:
        return float(BY_SKLEARN[measure](task.scores[drawn] == task.scores.max(), cosines[drawn]))
    return {"spearman": spearman, "pearson": pearson}[measure](cosines[drawn], task.scores[drawn])


def score_queries(task: Task, vectors: Vectors, measure: str) -> list[float]:
    """The score of each query, from its documents in order of their cosine."""
    found = []
    for query, judged in zip(vectors[0], task.relevance, strict=True):
        lengths = np.linalg.norm(vectors[1], axis=1) * np.linalg.norm(query)
        cosines = np.divide(vectors[1] @ query, lengths, out=np.zeros(len(lengths)), where=lengths > 0)
        ranking = np.argsort(-cosines, kind="stable").tolist()
        grades = dict(zip(judged.positions.tolist(), judged.grades.tolist(), strict=True))
        found.append(_MEASURES[measure]([grades.get(document, 0.0) for document in ranking]))
    return found


def _gain(grades: list[float]) -> float:
    return sum(grade / np.log2(rank + 1) for rank, grade in enumerate(grades[:10], start=1))


def _average_precision(grades: list[float]) -> float:
    ranks = [rank for rank, grade in enumerate(grades, start=1) if grade > 0]
    return float(np.mean([found / rank for found, rank in enumerate(ranks, start=1)]))


_MEASURES = {
    "ndcg@10": lambda grades: _gain(grades) / _gain(sorted(grades, reverse=True)),
    "map": _average_precision,
    "recall@100": lambda grades: sum(g > 0 for g in grades[:100]) / sum(g > 0 for g in grades),
}
