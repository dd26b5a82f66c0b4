"""Which selections of directions to measure, and texts or queries measured under all of them.

Every score comes from one embedding pass. Pairs are measured by
`evidence.pair_evidence`, in order of the selections built here.
"""

from collections.abc import Callable, Sequence

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.quality.evidence import MeanEvidence
from embfilter_core.quality.metrics import (
    NEIGHBOURS,
    Judgements,
    check_labels,
    neighbours_agree,
    score_retrieval,
    v_measure,
)
from embfilter_core.quality.progress import Progress, report
from embfilter_core.quality.running_sums import cosine_rows
from embfilter_core.spectral.presets import choose_directions
from embfilter_core.spectral.selection import KeptDirections

FAMILIES = ("bulk", "dominant", "secondary", "edges")
TAUS = (1, 2, 4, 8)
COSINES_AT_ONCE = 4_000_000
"""Cosines held at once for texts and queries, three arrays of them in float64: 96 MB."""
BANDS_TIMES_PAIRS = 1_800_000
MOST_BLOCKS, FEWEST_BLOCKS = 48, 8


def spread_ks(d: int, most: int) -> np.ndarray:
    """Up to `most` numbers of directions from 1 to d, evenly spaced, and those of tau = 1, 2, 4, 8, ascending int64."""
    spaced = np.round(np.linspace(1, d, min(most, d))).astype(np.int64)
    return np.unique(np.r_[spaced, [d // tau for tau in TAUS if tau <= d]])


def family(name: str, d: int, ks: Sequence[int], bulk_start: int | None = None) -> list[KeptDirections]:
    """A preset that keeps each of ks directions, in their order; ascending, each holds the one before.

    Raises:
        InputError: The preset is unknown or not of this kind, or a k is out of range.
    """
    if name not in FAMILIES:
        raise InputError(f"{name!r} is not a family of presets.", f"Use one of {', '.join(FAMILIES)}.")
    return [choose_directions(name, d, keep=int(k), bulk_start=bulk_start) for k in ks]


def window_step(d: int, pairs: int) -> int:
    """Width of a cell of the map of windows with which scores and intervals of all take about 10 s."""
    blocks = int(np.clip(np.sqrt(2 * BANDS_TIMES_PAIRS / max(pairs, 1)), FEWEST_BLOCKS, MOST_BLOCKS))
    return -(-d // blocks)


def windows(d: int, step: int) -> list[KeptDirections]:
    """Every window start .. stop - 1 whose ends are multiples of `step`, or d: by start, then stop.

    Raises:
        InputError: The step is not from 1 to d.
    """
    return windows_between(d, 0, d, 0, d, step)


def windows_between(
    d: int, first_start: int, last_start: int, first_stop: int, last_stop: int, step: int
) -> list[KeptDirections]:
    """Every window with ends between these, all included, `step` apart: a finer look around one cell.

    Raises:
        InputError: The step is not from 1 to d.
    """
    if not 1 <= step <= d:
        raise InputError(f"A step of {step} directions is impossible.", f"Use a whole number from 1 to {d}.")
    starts, stops = _ticks(first_start, last_start, step, d), _ticks(first_stop, last_stop, step, d)
    return [KeptDirections.band(d, start, stop) for start in starts for stop in stops if start < stop]


def _ticks(first: int, last: int, step: int, d: int) -> list[int]:
    """From first to last, and what of that is beyond 0 or d is cut off there: the steps are not moved by it."""
    inside = [edge for edge in range(first, last + 1, step) if 0 <= edge <= d]
    return sorted({max(0, first), *inside, min(d, last)})


def neighbour_evidence(
    coefficients: np.ndarray,
    labels: np.ndarray,
    selections: Sequence[KeptDirections],
    neighbours: int = NEIGHBOURS,
    progress: Progress | None = None,
) -> MeanEvidence:
    """Whether each text's nearest others vote for its label, under every selection.

    Args:
        coefficients: (n, d).
        labels: (n,) codes 0, 1, ...
        selections: What to keep; fastest where each holds the one before.
        neighbours: How many vote.
        progress: Told after every selection of every chunk of texts.

    Raises:
        InputError: The labels do not fit.
        MeasuringCancelled: `progress` returned False.
    """
    labels = check_labels(labels, len(coefficients))
    if neighbours < 1:
        raise InputError(f"{neighbours} neighbours cannot vote.", "Use 1 or more.")

    def agree(cosines: np.ndarray, at: np.ndarray) -> np.ndarray:
        return neighbours_agree(cosines, at, labels, neighbours)[None]

    values = _by_chunks(agree, 1, coefficients, coefficients, selections, progress)
    return MeanEvidence(values[0], "texts")


def retrieval_evidence(
    queries: np.ndarray,
    documents: np.ndarray,
    relevance: tuple[np.ndarray, np.ndarray, np.ndarray],
    selections: Sequence[KeptDirections],
    progress: Progress | None = None,
) -> dict[str, MeanEvidence]:
    """nDCG@10, average precision and recall@100 of each judged query, under every selection.

    Args:
        queries: (q, d) coefficients.
        documents: (n, d) coefficients.
        relevance: Positions of queries and of documents and grades, (e,) each.
        selections: What to keep; fastest where each holds the one before.
        progress: Told after every selection of every chunk of queries.

    Returns:
        `ndcg@10`, `map` and `recall@100`; the units are the queries with a relevant document, ascending.

    Raises:
        InputError: The relevance does not fit.
        MeasuringCancelled: `progress` returned False.
    """
    judged = Judgements.of(*relevance, queries=len(queries), documents=len(documents))

    def score(cosines: np.ndarray, at: np.ndarray) -> np.ndarray:
        scores = score_retrieval(cosines, judged.part(at[0], at[-1] + 1))
        return np.stack([scores.ndcg, scores.average_precision, scores.recall])

    values = _by_chunks(score, 3, np.asarray(queries)[judged.queries], documents, selections, progress)
    names = ("ndcg@10", "map", "recall@100")
    return {name: MeanEvidence(rows, "queries") for name, rows in zip(names, values, strict=True)}


def _by_chunks(
    score: Callable[[np.ndarray, np.ndarray], np.ndarray],
    measures: int,
    queries: np.ndarray,
    corpus: np.ndarray,
    selections: Sequence[KeptDirections],
    progress: Progress | None,
) -> np.ndarray:
    """Scores (measures, b, q), a chunk of queries at a time so that memory has a bound."""
    values = np.empty((measures, len(selections), len(queries)))
    size = max(1, COSINES_AT_ONCE // len(corpus))
    chunks = [np.arange(start, min(start + size, len(queries))) for start in range(0, len(queries), size)]
    for i, at in enumerate(chunks):
        for j, cosines in enumerate(cosine_rows(queries[at], corpus, selections)):
            values[:, j, at] = score(cosines, at)
            report(progress, i * len(selections) + j + 1, len(chunks) * len(selections))
    return values


def clustering_ks(d: int, further: int = 16) -> np.ndarray:
    """The numbers of directions at which k-means is run: tau = 1, 2, 4, 8 and `further` others, ascending int64."""
    fixed = {d // tau for tau in TAUS if tau <= d}
    spaced = np.round(np.linspace(1, d, further + len(fixed) + 2)).astype(np.int64)
    others = [int(k) for k in spaced if int(k) not in fixed]
    return np.array(sorted({*fixed, *others[:further]}), dtype=np.int64)


def v_measures(
    coefficients: np.ndarray,
    labels: np.ndarray,
    selections: Sequence[KeptDirections],
    seed: int = 0,
    progress: Progress | None = None,
) -> np.ndarray:
    """V-measure of k-means under every selection, (b,) float64; slow, hence for few selections, and without intervals.

    Raises:
        InputError: The labels do not fit.
        MeasuringCancelled: `progress` returned False.
    """
    found = np.empty(len(selections))
    for i, kept in enumerate(selections):
        report(progress, i, len(selections))
        found[i] = v_measure(np.asarray(coefficients)[:, kept.indices], labels, seed)
    report(progress, len(found), len(found))
    return found
