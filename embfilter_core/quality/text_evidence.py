"""Labelled texts and queries under every selection."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.progress import Progress, report
from embfilter_core.quality.evidence import MeanEvidence
from embfilter_core.quality.metrics import (
    NEIGHBOURS,
    Judgements,
    RelevantRanks,
    check_labels,
    neighbours_agree,
    relevant_ranks,
)
from embfilter_core.quality.nested_cosines import cosine_rows
from embfilter_core.spectral.selection import KeptDirections

COSINES_AT_ONCE = 4_000_000
"""Cosines held at once for texts and queries, three arrays of them in float64: 96 MB."""


def neighbour_evidence(
    coefficients: np.ndarray,
    labels: np.ndarray,
    selections: Sequence[KeptDirections],
    neighbours: int = NEIGHBOURS,
    progress: Progress | None = None,
) -> MeanEvidence:
    """Return whether each text's nearest others vote for its label, under every selection.

    Args:
        coefficients: (n, d).
        labels: (n,) codes 0, 1, ...
        selections: What to keep; fastest where each holds the one before.
        neighbours: How many vote.
        progress: Told after every selection of every chunk of texts.

    Raises:
        InputError: The labels do not fit.
        Cancelled: `progress` returned False.
    """
    labels = check_labels(labels, len(coefficients))
    if neighbours < 1:
        raise InputError(f"{neighbours} neighbours cannot vote.", "Use 1 or more.")

    def agree(cosines: np.ndarray, at: np.ndarray) -> np.ndarray:
        return neighbours_agree(cosines, at, labels, neighbours)

    return MeanEvidence(_by_chunks(agree, coefficients, coefficients, selections, progress), "texts")


def retrieval_evidence(
    queries: np.ndarray,
    documents: np.ndarray,
    relevance: tuple[np.ndarray, np.ndarray, np.ndarray],
    selections: Sequence[KeptDirections],
    metric: Callable[[RelevantRanks], np.ndarray],
    progress: Progress | None = None,
) -> MeanEvidence:
    """Return what each query with a relevant document scores, ascending, under every selection.

    Args:
        queries: (q, d) coefficients.
        documents: (n, d) coefficients.
        relevance: Positions of queries and of documents and grades, (e,) each.
        selections: What to keep; fastest where each holds the one before.
        metric: Scores the ranks of the relevant documents, (q,): `metrics.ndcg`, for example.
        progress: Told after every selection of every chunk of queries.

    Raises:
        InputError: The relevance does not fit.
        Cancelled: `progress` returned False.
    """
    judged = Judgements.of(*relevance, queries=len(queries), documents=len(documents))

    def score(cosines: np.ndarray, at: np.ndarray) -> np.ndarray:
        return metric(relevant_ranks(cosines, judged.part(at[0], at[-1] + 1)))

    asked = np.asarray(queries)[judged.queries]
    return MeanEvidence(_by_chunks(score, asked, documents, selections, progress), "queries")


def _by_chunks(
    score: Callable[[np.ndarray, np.ndarray], np.ndarray],
    queries: np.ndarray,
    corpus: np.ndarray,
    selections: Sequence[KeptDirections],
    progress: Progress | None,
) -> np.ndarray:
    """Scores (b, q), a chunk of queries at a time so that memory has a bound."""
    values = np.empty((len(selections), len(queries)))
    size = max(1, COSINES_AT_ONCE // len(corpus))
    chunks = [np.arange(start, min(start + size, len(queries))) for start in range(0, len(queries), size)]
    for i, at in enumerate(chunks):
        asked = queries if len(chunks) == 1 else queries[at]
        for j, cosines in enumerate(cosine_rows(asked, corpus, selections)):
            values[j, at] = score(cosines, at)
            report(progress, i * len(selections) + j + 1, len(chunks) * len(selections))
    return values
