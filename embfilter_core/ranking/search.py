"""A query's ranking of a whole corpus, unfiltered and filtered, and how it moves over a family of bands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from embfilter_core.ranking.all_bands import BandCosines
from embfilter_core.ranking.corpus_energies import CorpusEnergies
from embfilter_core.ranking.cosines import cosines, ranks
from embfilter_core.ranking.flips import flips_against, near_ties
from embfilter_core.spectral.baselines.base import Baseline
from embfilter_core.spectral.families import FAMILIES
from embfilter_core.spectral.selection import KeptDirections

TEXTS_PER_CHUNK = 1024


@dataclass(frozen=True, eq=False)
class Ranking:
    """Every text of a corpus, ranked for one query unfiltered (by all directions) and filtered (by the kept ones).

    Attributes:
        ranks_unfiltered: (n,) int64, from 1, ties by position.
        ranks_filtered: (n,) int64.
        cosines_unfiltered: (n,) float64.
        cosines_filtered: (n,) float64.
        near_ties: (n,) bool, closer than 1e-4 to the text above or below, by the kept directions.
    """

    ranks_unfiltered: np.ndarray
    ranks_filtered: np.ndarray
    cosines_unfiltered: np.ndarray
    cosines_filtered: np.ndarray
    near_ties: np.ndarray

    @property
    def order(self) -> np.ndarray:
        """Positions of the texts, nearest by the kept directions first, (n,) int64."""
        return np.argsort(self.ranks_filtered)


@dataclass(frozen=True, eq=False)
class Sweep:
    """A query's ranking over every k of a family of bands.

    Attributes:
        family: Its name.
        ks: (m,) int64, every k from d down to 1.
        leaders: (t,) int64, positions of the texts nearest unfiltered, nearest first.
        ranks: (m, t) int32, their ranks in the whole corpus.
        flips: n int64 arrays: the k at which each text changes places with the first leader, largest first.
    """

    family: str
    ks: np.ndarray
    leaders: np.ndarray
    ranks: np.ndarray
    flips: list[np.ndarray]


def rank_corpus(corpus: CorpusEnergies, query: np.ndarray, kept: KeptDirections) -> Ranking:
    """Return the ranking of a corpus for a query's coefficients (d,), unfiltered and filtered."""
    bands = BandCosines(corpus, query)
    unfiltered = bands.band(0, corpus.d)
    filtered = bands.band(*kept.bounds) if kept.bounds else cosines(query, corpus.coefficients, kept)
    return Ranking(ranks(unfiltered), ranks(filtered), unfiltered, filtered, near_ties(filtered))


def family_of(kept: KeptDirections) -> str:
    """The family that a selection belongs to; the bulk where it belongs to none."""
    return kept.name if kept.name in FAMILIES else "bulk"


def k_in_family(kept: KeptDirections, family: str) -> int | None:
    """Return the k at which a sweep over a family shows a selection, or None where it shows it at none."""
    return len(kept) if kept.name == family or kept.is_unfiltered else None


def containing(texts: Sequence[str], order: np.ndarray, wanted: str) -> np.ndarray:
    """Return the positions, in their order, of the texts that contain what is wanted, in any case; all for nothing."""
    folded = wanted.casefold()
    return np.array([i for i in order if folded in texts[i].casefold()], dtype=np.int64)


def rank_by_baseline(baseline: Baseline, query: np.ndarray, corpus: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return ranks and cosines, (n,) each, of a corpus's embeddings (n, d) for a query's (d,), both transformed.

    Raises:
        InputError: The baseline needs a reference and has none, or does not fit the embeddings.
    """
    asked, texts = baseline.transform(query[None])[0], baseline.transform(corpus)
    similarities = cosines(asked, texts, KeptDirections.unfiltered(len(asked)))
    return ranks(similarities), similarities


def sweep_family(
    corpus: CorpusEnergies, query: np.ndarray, family: str, top: int, bulk_start: int | None = None
) -> Sweep:
    """Follow a query's nearest texts over every k of a family.

    Args:
        corpus: Energies of the corpus.
        query: (d,) coefficients.
        family: bulk, dominant, secondary or edges.
        top: How many of the nearest texts to follow; all where the corpus is smaller.
        bulk_start: First kept direction of the bulk, where a backbone fixes it.
    """
    bands = BandCosines(corpus, query)
    ks = np.arange(corpus.d, 0, -1)
    leaders = np.argsort(ranks(bands.band(0, corpus.d)))[:top]
    flips = list(_flips(bands, int(leaders[0]), family, ks, len(corpus), bulk_start))
    return Sweep(family, ks, leaders, bands.ranks(family, ks, leaders, bulk_start), flips)


def _flips(
    bands: BandCosines, reference: int, family: str, ks: np.ndarray, n: int, bulk_start: int | None
) -> Iterator[np.ndarray]:
    """Flips of every text against one, by chunks, so that no (number of k, n) array is held."""
    for start in range(0, n, TEXTS_PER_CHUNK):
        texts = np.arange(start, min(start + TEXTS_PER_CHUNK, n))
        together = np.union1d(texts, reference)  # ascending, as ties go by position
        found = flips_against(
            bands.family(family, ks, together, bulk_start), int(np.searchsorted(together, reference)), ks
        )
        yield from (flips for text, flips in zip(together, found, strict=True) if start <= text < start + len(texts))


def pair_flips(
    corpus: CorpusEnergies, query: np.ndarray, one: int, other: int, family: str, bulk_start: int | None = None
) -> np.ndarray:
    """The k at which two texts change places as neighbours of a query, from the largest down, int64."""
    ks = np.arange(corpus.d, 0, -1)
    pair = BandCosines(corpus, query).family(family, ks, sorted((one, other)), bulk_start)
    return flips_against(pair, 0, ks)[1]
