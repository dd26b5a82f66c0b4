"""Small tasks of every kind with random coefficients, in which the middle directions carry what is judged."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from embfilter_core.data.tasks import LabelledTask, PairTask, Relevance, RetrievalTask, Task, pair_task
from embfilter_core.quality.measuring import Vectors

D = 12
NOISE = (0, 1, -2, -1)
"""Directions, at either end, that say nothing."""


def with_noisy_ends(vectors: np.ndarray, random: np.random.Generator) -> np.ndarray:
    noisy = vectors.copy()
    noisy[:, NOISE] = 1.5 * random.normal(size=(len(vectors), len(NOISE)))
    return noisy


def disjoint_pairs(pairs: int = 30, d: int = D, seed: int = 0) -> tuple[PairTask, Vectors]:
    """Pairs of texts that are in no other pair."""
    random = np.random.default_rng(seed)
    alike = random.uniform(-0.5, 0.9, size=pairs)[:, None]
    one, other = random.normal(size=(2, pairs, d))
    vectors = np.concatenate([one, alike * one + np.sqrt(1 - alike**2) * other])
    judged = np.round(5 * alike[:, 0] + 0.3 * random.normal(size=pairs), 1)
    places = np.arange(pairs)
    task = pair_task("pairs", "Pairs", _texts(2 * pairs), places, places + pairs, judged, "Made up")
    return task, (with_noisy_ends(vectors, random),)


def yes_or_no(pairs: int = 30, d: int = D, seed: int = 0) -> tuple[PairTask, Vectors]:
    """Pairs judged 0 or 1."""
    task, vectors = disjoint_pairs(pairs, d, seed)
    return replace(task, id="yes-or-no", scores=(task.scores > 1).astype(np.float64)), vectors


def all_pairs(texts: int = 10, d: int = D, seed: int = 0) -> tuple[PairTask, Vectors]:
    """Every pair of a few texts, as people judged the Lee documents."""
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(texts, d))
    left, right = np.triu_indices(texts, k=1)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    judged = np.round((unit @ unit.T)[left, right], 1)
    task = pair_task("all-pairs", "All pairs", _texts(texts), left, right, judged, "Made up")
    return task, (with_noisy_ends(vectors, random),)


def labelled(texts: int = 30, d: int = D, seed: int = 0) -> tuple[LabelledTask, Vectors]:
    """Texts around three centres."""
    random = np.random.default_rng(seed)
    codes = random.integers(3, size=texts)
    vectors = random.normal(size=(3, d))[codes] + random.normal(size=(texts, d))
    labels = tuple(("wood", "iron", "clay")[code] for code in codes)
    return LabelledTask("labelled", "Labelled", _texts(texts), labels, "Made up"), (with_noisy_ends(vectors, random),)


def retrieval(queries: int = 9, documents: int = 104, d: int = D, seed: int = 0) -> tuple[RetrievalTask, Vectors]:
    """Queries near their documents, of which each has another number, of grades 0 to 3."""
    random = np.random.default_rng(seed)
    corpus = random.normal(size=(documents, d))
    relevance, asked = [], []
    for query in range(queries):
        positions = np.sort(random.choice(documents, size=1 + query % 4, replace=False))
        grades = np.r_[1 + query % 3, random.integers(4, size=len(positions) - 1)].astype(np.float64)
        relevance.append(Relevance(positions, grades))
        asked.append(grades @ corpus[positions] + random.normal(size=d))
    task = RetrievalTask(
        "retrieval", "Retrieval", _texts(queries, "query"), _texts(documents, "document"), tuple(relevance), "Made up"
    )
    return task, (with_noisy_ends(np.stack(asked), random), with_noisy_ends(corpus, random))


TASKS: dict[str, Callable[..., tuple[Task, Vectors]]] = {
    "disjoint pairs": disjoint_pairs,
    "yes or no": yes_or_no,
    "all pairs": all_pairs,
    "labelled": labelled,
    "retrieval": retrieval,
}


def _texts(number: int, what: str = "text") -> tuple[str, ...]:
    return tuple(f"{what} {i}" for i in range(number))
