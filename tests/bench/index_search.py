"""Exact inner-product search by FAISS in all directions of an embedding against in half of them."""

from collections.abc import Iterator
from importlib.util import find_spec

import numpy as np

from embfilter_core.errors import EmbFilterError
from embfilter_core.ranking.index_cost import NEAREST, bytes_per_million, random_units
from tests.bench.measure import Check, Comparison, interleave

VECTORS, QUERIES = 200_000, 50
D, K = 576, 288
REPEATS = 5


def compare_index_search() -> Iterator[Comparison]:
    """`IndexFlatIP.search`, one query at a time, then all queries at once.

    Raises:
        EmbFilterError: faiss-cpu is not installed.
    """
    if find_spec("faiss") is None:
        raise EmbFilterError(
            "faiss-cpu is not installed.", "Run `make bench`, or `pip install -r tests/requirements.txt`."
        )
    import faiss

    generator = np.random.default_rng(0)
    indexes, queries, checks = {}, {}, {}
    for width in (D, K):
        vectors, queries[width] = (random_units(n, width, generator) for n in (VECTORS, QUERIES))
        indexes[width] = faiss.IndexFlatIP(width)
        indexes[width].add(vectors)
        checks[width] = _agreement(indexes[width], vectors, queries[width])
    for how, size in (("one query at a time", 1), (f"{QUERIES} queries at once", QUERIES)):
        timings = interleave(
            {
                str(width): lambda width=width, size=size: _search(indexes[width], queries[width], size)
                for width in (D, K)
            },
            repeats=REPEATS,
        )
        yield Comparison(
            f"IndexFlatIP of {VECTORS:,} vectors, {QUERIES} queries, {how}, {faiss.omp_get_max_threads()} threads: "
            f"d = {D} ({timings.typical(str(D))}) over k = {K} ({timings.typical(str(K))}); a million vectors take "
            f"{bytes_per_million(D) / 1e9:.2f} and {bytes_per_million(K) / 1e9:.2f} GB",
            timings.ratio(str(D), str(K)),
            tuple(checks.values()) if size == 1 else (),
        )


def _search(index: object, queries: np.ndarray, size: int) -> None:
    for first in range(0, len(queries), size):
        index.search(queries[first : first + size], NEAREST)


def _agreement(index: object, vectors: np.ndarray, queries: np.ndarray) -> Check:
    found, _ = index.search(queries, NEAREST)
    exact = -np.sort(-(queries @ vectors.T), axis=1)[:, :NEAREST]
    error = np.abs(found - exact).max()
    return Check(
        f"the {NEAREST} largest products at {vectors.shape[1]} within {error:.1e} of NumPy's (allowed 1e-05)",
        bool(error <= 1e-5),
    )
