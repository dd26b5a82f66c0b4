"""What a vector index costs: its size by arithmetic, and the time of an exact search by measurement."""

import time
from dataclasses import dataclass
from statistics import median
from threading import Lock

import numpy as np

from embfilter_core.errors import InputError, MeasurementBusy
from embfilter_core.progress import Progress, report

MILLION = 1_000_000
MOST_VECTORS = 50_000
MOST_BYTES = 256 * 2**20
"""Of all vectors of a measurement together; there are fewer of them where they are long."""
NEAREST = 10

_measuring = Lock()


@dataclass(frozen=True)
class SearchCost:
    """How long an exact search takes in d directions and in k of them.

    Attributes:
        d: Number of directions.
        k: Number of kept directions.
        vectors: How many vectors were searched.
        queries: How many queries were timed in each repeat, one at a time.
        repeats: How often both were timed, in turns.
        seconds_d: Median seconds a query at d.
        seconds_k: Median seconds a query at k.
        ratio: Median over the repeats of the time at d over the time at k.
        least: The smallest of these ratios.
        most: The largest.
    """

    d: int
    k: int
    vectors: int
    queries: int
    repeats: int
    seconds_d: float
    seconds_k: float
    ratio: float
    least: float
    most: float


def bytes_per_million(k: int) -> int:
    """Bytes that a million vectors of k float32 take, without what an index adds to them."""
    return MILLION * k * np.dtype(np.float32).itemsize


def measure_search(
    d: int,
    k: int,
    vectors: int = MOST_VECTORS,
    queries: int = 10,
    repeats: int = 5,
    progress: Progress | None = None,
) -> SearchCost:
    """Time the exact search for the 10 largest inner products among random unit vectors, at d and at k.

    The vectors are random, since the time does not depend on them. One measurement runs at a
    time in this process, or each would spoil the other's.

    Args:
        d: Number of directions.
        k: Number of kept directions.
        vectors: How many to search; fewer where they would take more than `MOST_BYTES`.
        queries: How many, one after the other, in each repeat.
        repeats: How often each is timed, in turns.
        progress: Called with (repeats done, repeats in all) after every repeat.

    Raises:
        InputError: A number is out of range.
        MeasurementBusy: Another measurement is running.
        Cancelled: `progress` returned False.
    """
    if not 1 <= k <= d:
        raise InputError(f"Cannot keep {k} of {d} directions.", f"Use a whole number from 1 to {d}.")
    if not 1 <= vectors <= MOST_VECTORS or queries < 1 or repeats < 1:
        raise InputError(
            f"Cannot time {queries} queries of {vectors} vectors {repeats} times.",
            f"Use 1 to {MOST_VECTORS:,} vectors, and at least one query and one repeat.",
        )
    if not _measuring.acquire(blocking=False):
        raise MeasurementBusy("Another search is being measured.", "Try again in a few seconds.")
    try:
        return _measure(d, k, min(vectors, max(1, MOST_BYTES // (4 * (d + k)))), queries, repeats, progress)
    finally:
        _measuring.release()


def _measure(d: int, k: int, vectors: int, queries: int, repeats: int, progress: Progress | None) -> SearchCost:
    generator = np.random.default_rng(0)
    sets = [(random_units(vectors, width, generator), random_units(queries, width, generator)) for width in (d, k)]
    for index, asked in sets:
        _time_search(index, asked[:1])  # the first search also pays for memory that was not touched before
    seconds: list[tuple[float, float]] = []
    for repeat in range(repeats):
        at_d, at_k = (_time_search(index, asked) for index, asked in sets)
        seconds.append((at_d, at_k))
        report(progress, repeat + 1, repeats, "repeats")
    ratios = [at_d / at_k for at_d, at_k in seconds]
    typical_d, typical_k = (median(times) for times in zip(*seconds, strict=True))
    return SearchCost(d, k, vectors, queries, repeats, typical_d, typical_k, median(ratios), min(ratios), max(ratios))


def random_units(n: int, width: int, generator: np.random.Generator) -> np.ndarray:
    """Random vectors of length 1, (n, width) float32, without a second copy of them in memory."""
    units = generator.standard_normal((n, width), dtype=np.float32)
    units /= np.sqrt(np.einsum("ij,ij->i", units, units))[:, None]
    return units


def _time_search(index: np.ndarray, queries: np.ndarray) -> float:
    """Seconds a query."""
    start = time.perf_counter()
    for query in queries:
        search(index, query)
    return (time.perf_counter() - start) / len(queries)


def search(index: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Positions of the 10 vectors, or all where there are fewer, with the largest inner products, nearest first."""
    products = np.vecdot(index, query)  # as fast as a BLAS product, and without threads that wait for a busy core
    found = np.argpartition(products, -min(NEAREST, len(products)))[-NEAREST:]
    return found[np.argsort(-products[found], kind="stable")]
