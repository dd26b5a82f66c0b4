"""Cosines of a query to a corpus in every band of directions at once, by cumulative sums.

With C the coefficients of the corpus and c those of the query, the dot product and the
squared length in the directions start .. stop - 1 are differences of cumulative sums:

    dot_i = sum_{j < stop} c_j C_ij - sum_{j < start} c_j C_ij,   and likewise C_ij^2

so any of the d (d + 1) / 2 bands costs a few operations a text, whatever its width, and the
complement of a band (the edges) is what lies before it plus what lies behind it.

A difference of large sums says little about a small rest. Adding w terms up to a sum S
errs by at most w u S (u = 2^-53), so where a text or the query keeps less than
2 w u / 1e-9 of the energy that was added up, its cosine is computed from the coefficients
themselves: every cosine is within 1e-9 of the direct one. A single direction is computed
so for all, since every cosine is 1 or -1 there and rounding would break the ties.

Without any energy in the kept directions, a text or the query has no direction there: the
cosine is 0 and marked as undefined. However little a query keeps, if it keeps something
its cosines are those of that little; whether it means anything is for the caller to say.
"""

from collections.abc import Sequence

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.ranking.corpus_energies import TEXTS_PER_CHUNK, CorpusEnergies, cumulate
from embfilter_core.ranking.order import Positions, rank_rows
from embfilter_core.spectral.families import family_bands

WITHIN = 1e-9
LEAST_ENERGY = 1e-250
"""Below it, a product of coefficients is too close to the smallest numbers to be exact."""


class BandCosines:
    """Cosines of one query to every text of a corpus, in any band of directions.

    Args:
        energies: Of the corpus, n texts in d directions.
        query: (d,) coefficients.

    Raises:
        InputError: The query has another number of directions, or is not finite.
    """

    def __init__(self, energies: CorpusEnergies, query: np.ndarray) -> None:
        if np.shape(query) != (energies.d,):
            raise InputError(
                f"The query has shape {np.shape(query)}, the corpus {energies.d} directions.",
                "Use one backbone for both.",
            )
        query = np.asarray(query, dtype=np.float64)
        largest = np.abs(query).max()
        if not np.isfinite(largest):
            raise InputError("The embedding of the query is not finite.", "Use another query.")
        self._energies = energies
        self._query = query / largest if largest > 0 else query
        self._dots = cumulate(energies.coefficients, self._query)

    def band(self, start: int, stop: int, positions: Positions | None = None) -> np.ndarray:
        """Cosines in the directions start .. stop - 1, (n,) float64, or of the texts at `positions` only.

        Raises:
            InputError: Not 0 <= start < stop <= d.
        """
        self._check(start, stop, start < stop)
        return self._cosines(start, stop, False, positions)

    def outside(self, start: int, stop: int, positions: Positions | None = None) -> np.ndarray:
        """Cosines in all other directions, (n,) float64; start = stop leaves nothing out.

        Raises:
            InputError: Not 0 <= start <= stop <= d, or nothing is kept.
        """
        self._check(start, stop, stop - start < self._energies.d)
        return self._cosines(start, stop, True, positions)

    def family(
        self,
        name: str,
        ks: Sequence[int] | np.ndarray | None = None,
        positions: Positions | None = None,
        bulk_start: int | None = None,
    ) -> np.ndarray:
        """Cosines for every k of a family, (number of ks, n or number of positions) float64.

        Args:
            name: One of `FAMILIES`.
            ks: Numbers of kept directions; 1 .. d by default.
            positions: The texts wanted; all by default.
            bulk_start: First kept direction of the bulk, as in `KeptDirections.bulk`.

        Raises:
            InputError: The family is unknown or a k out of range.
        """
        bands = family_bands(name, self._energies.d, ks, bulk_start)
        cosines = np.empty((len(bands), len(self._energies) if positions is None else len(positions)))
        for row, (start, stop) in zip(cosines, bands, strict=True):
            row[:] = self._cosines(start, stop, name == "edges", positions)
        return cosines

    def ranks(
        self,
        name: str,
        ks: Sequence[int] | np.ndarray | None = None,
        positions: Positions | None = None,
        bulk_start: int | None = None,
    ) -> np.ndarray:
        """Rank from 1 in the whole corpus, ties by position, for every k of a family; one k is held at a time.

        Arguments and errors are those of `family`.
        """
        bands = family_bands(name, self._energies.d, ks, bulk_start)
        rows = (self._cosines(start, stop, name == "edges", None) for start, stop in bands)
        return rank_rows(rows, len(bands), len(self._energies), positions)

    def _cosines(self, start: int, stop: int, outside: bool, positions: Positions | None) -> np.ndarray:
        texts = np.arange(len(self._energies)) if positions is None else np.asarray(positions, dtype=np.int64)
        at = slice(None) if positions is None else texts  # all of them without a copy
        energies = self._energies.cumulative
        kept = _columns(self._query[None], start, stop, outside)[0]
        least = len(kept) * np.finfo(float).eps / WITHIN
        own = float((kept * kept).sum())
        if len(kept) == 1 or own < max(least * float((self._query[:stop] ** 2).sum()), LEAST_ENERGY):
            return self._directly(start, stop, outside, texts)
        energy = _rest(energies, start, stop, outside, at)
        doubtful = np.flatnonzero(energy < np.maximum(least * energies[stop][at], LEAST_ENERGY))
        energy[doubtful] = 1
        cosines = _rest(self._dots, start, stop, outside, at)
        cosines /= np.sqrt(energy * own, out=energy)
        if len(doubtful):
            cosines[doubtful] = self._directly(start, stop, outside, texts[doubtful])
        return cosines

    def _directly(self, start: int, stop: int, outside: bool, texts: np.ndarray) -> np.ndarray:
        """Cosines from the coefficients, each row scaled first so that no square is lost; (number of texts,)."""
        query = _to_unit(_columns(self._query[None], start, stop, outside))
        cosines = np.empty(len(texts))
        for first in range(0, len(texts), TEXTS_PER_CHUNK):
            chunk = slice(first, first + TEXTS_PER_CHUNK)
            rows = _to_unit(_columns(self._energies.coefficients[texts[chunk]], start, stop, outside))
            cosines[chunk] = (rows * query).sum(axis=1)  # the same for equal rows, which a BLAS does not promise
        return cosines

    def _check(self, start: int, stop: int, keeps: bool) -> None:
        d = self._energies.d
        if not (0 <= start <= stop <= d and keeps):
            raise InputError(f"The band {start} to {stop} does not fit {d} directions.", "Keep at least one direction.")


def _rest(sums: np.ndarray, start: int, stop: int, outside: bool, at: slice | np.ndarray) -> np.ndarray:
    """The sum over a band, or over the directions outside it, for the texts chosen."""
    rest: np.ndarray = (
        sums[start][at] + (sums[-1][at] - sums[stop][at]) if outside else sums[stop][at] - sums[start][at]
    )
    return rest


def _columns(rows: np.ndarray, start: int, stop: int, outside: bool) -> np.ndarray:
    if outside:
        return np.concatenate([rows[:, :start], rows[:, stop:]], axis=1)
    return rows[:, start:stop]


def _to_unit(rows: np.ndarray) -> np.ndarray:
    rows = np.ascontiguousarray(rows, dtype=np.float64)
    largest = np.abs(rows).max(axis=1, keepdims=True)
    scaled = np.divide(rows, largest, out=np.zeros_like(rows), where=largest > 0)
    lengths = np.sqrt((scaled * scaled).sum(axis=1, keepdims=True))
    unit: np.ndarray = np.divide(scaled, lengths, out=scaled, where=lengths > 0)
    return unit
