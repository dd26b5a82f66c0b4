"""Cosines and ranks of a corpus for every k of the bulk family: cumulative sums against two loops over k."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from embfilter_core.ranking.all_bands import BandCosines
from embfilter_core.ranking.corpus_energies import CorpusEnergies
from embfilter_core.ranking.order import rank_rows
from embfilter_core.spectral.families import family_bands
from tests.bench.measure import Check, Comparison, interleave

TEXTS, D = 10_000, 576
EDGE, EDGE_ENERGY = 36, 0.82  # SmolLM2-135M: what a mean embedding holds in the 36 first and the 36 last directions
OTHER_BANDS = [(start, start + D // 2) for start in range(100, 120)]
WITHIN = 1e-6
TIED = 1e-9

Ranked = tuple[np.ndarray, np.ndarray]
"""Cosines and ranks, one row a band, (bands, texts) each."""


@dataclass(frozen=True)
class Loop:
    """A loop over bands, each computed from the coefficients, and how many times faster the sums aim to be.

    Attributes:
        steps: What it does for each band.
        cosines: From query (d,) and corpus (n, d) coefficients in the band, (n,).
        aim: For every k of the family, sums of the query included.
        aim_other: For another band, when the sums of the query are there.
    """

    steps: str
    cosines: Callable[[np.ndarray, np.ndarray], np.ndarray]
    aim: int
    aim_other: int


def _of_slices(query: np.ndarray, corpus: np.ndarray) -> np.ndarray:
    unit = corpus / np.linalg.norm(corpus, axis=1, keepdims=True)
    return unit @ (query / np.linalg.norm(query))


def _of_views(query: np.ndarray, corpus: np.ndarray) -> np.ndarray:
    energies = np.einsum("ij,ij->i", corpus, corpus) * np.einsum("j,j->", query, query)
    return np.einsum("ij,j->i", corpus, query) / np.sqrt(energies)


LOOPS = {
    "slices": Loop("slice, L2-normalise, score", _of_slices, aim=10, aim_other=20),
    "views": Loop("einsum without copies on views", _of_views, aim=5, aim_other=7),
}


def compare_all_bands() -> Iterator[Comparison]:
    """Every k of the family, then other bands, against both loops, in full; all three rank with `rank_rows`."""
    query, corpus = random_coefficients()
    built = interleave({"energies": lambda: CorpusEnergies(corpus)})
    energies = built.results["energies"]
    yield from _compare(
        f"the bulk of every k from 1 to {D}, {TEXTS:,} texts, the sums of the query included (those of the corpus "
        f"apart, once: {built.typical('energies')}; {energies.cumulative.nbytes // TEXTS:,} bytes a text for either)",
        lambda: _by_sums(BandCosines(energies, query), family_bands("bulk", D)),
        lambda loop: _by_loop(loop, query, corpus, family_bands("bulk", D)),
        {name: loop.aim for name, loop in LOOPS.items()},
    )
    bands = BandCosines(energies, query)
    yield from _compare(
        f"{len(OTHER_BANDS)} other bands of {D // 2} directions, one by one, the sums of the query there already",
        lambda: _by_sums(bands, OTHER_BANDS),
        lambda loop: _by_loop(loop, query, corpus, OTHER_BANDS),
        {name: loop.aim_other for name, loop in LOOPS.items()},
    )


def random_coefficients() -> tuple[np.ndarray, np.ndarray]:
    """Seeded coefficients of a query, (d,), and a corpus, (n, d), float64, most of their energy at both edges."""
    generator = np.random.default_rng(0)
    shares = np.full(D, (1 - EDGE_ENERGY) / (D - 2 * EDGE))
    shares[:EDGE] = shares[-EDGE:] = EDGE_ENERGY / (2 * EDGE)
    return generator.normal(size=D) * np.sqrt(shares), generator.normal(size=(TEXTS, D)) * np.sqrt(shares)


def _compare(
    what: str, by_sums: Callable[[], Ranked], by_loop: Callable[[Loop], Ranked], aims: dict[str, int]
) -> Iterator[Comparison]:
    ways = {name: lambda loop=loop: by_loop(loop) for name, loop in LOOPS.items()}
    timings = interleave({"sums": by_sums, **ways})
    for name, loop in LOOPS.items():
        yield Comparison(
            f"a loop ({loop.steps}, rank: {timings.typical(name)}) over cumulative sums ({timings.typical('sums')}) "
            f"for {what}",
            timings.ratio(name, "sums"),
            tuple(_agreement(timings.results["sums"], timings.results[name])),
            aims[name],
        )


def _by_sums(cosines: BandCosines, bands: np.ndarray | list[tuple[int, int]]) -> Ranked:
    rows = np.stack([cosines.band(start, stop) for start, stop in bands])
    return rows, rank_rows(iter(rows), *rows.shape)


def _by_loop(loop: Loop, query: np.ndarray, corpus: np.ndarray, bands: np.ndarray | list[tuple[int, int]]) -> Ranked:
    rows = np.stack([loop.cosines(query[start:stop], corpus[:, start:stop]) for start, stop in bands])
    return rows, rank_rows(iter(rows), *rows.shape)


def _agreement(ours: Ranked, theirs: Ranked) -> Iterator[Check]:
    error = np.abs(ours[0] - theirs[0]).max()
    yield Check(f"all {ours[0].size:,} cosines within {error:.1e} (allowed {WITHIN:g})", bool(error <= WITHIN))
    different = np.count_nonzero(ours[1] != theirs[1])
    # Read in our order, their cosines fall, and may rise by rounding alone.
    rise = max(np.diff(row[np.argsort(ranks)]).max() for row, ranks in zip(theirs[0], ours[1], strict=True))
    yield Check(
        f"ranks agree, but for {different:,} of cosines within {max(rise, 0):.1e} (allowed {TIED:g})",
        bool(rise <= TIED),
    )
