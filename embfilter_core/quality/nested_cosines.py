"""Cosines under many selections of directions from one embedding pass: sums that only grow.

The kept directions are orthonormal, so a dot product or a squared length in them is a
sum over the kept coefficients. Where a selection holds the one before it (the bulk of
k and of k + 1 directions, bands with one start) only the new directions are added.
Nothing is subtracted, so nothing cancels, however small the kept part of a text is.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.spectral.selection import KeptDirections

DECIMALS = 9
"""Cosines are rounded to these: what is equal on paper (two texts alike, any pair in one direction) stays a tie."""
NUMBERS_PER_BLOCK = 1_000_000


def pair_cosines(
    coefficients: np.ndarray, left: np.ndarray, right: np.ndarray, selections: Sequence[KeptDirections]
) -> Iterator[np.ndarray]:
    """Yield the cosines of pairs of texts in each selection, (m,) float64 each; 0 where a text has no energy in it.

    Memory: the coefficients once more, and about 16 MB.

    Args:
        coefficients: (n, d).
        left: (m,) positions of the first texts.
        right: (m,) positions of the second.
        selections: What to keep; fastest where each holds the one before.

    Raises:
        InputError: A selection is for another number of directions, or a position is not there.
    """
    by_direction = np.ascontiguousarray(np.asarray(coefficients, dtype=np.float64).T)
    check_positions(left, by_direction.shape[1], "text")
    check_positions(right, by_direction.shape[1], "text")
    dots, squares = np.zeros(len(left)), np.zeros(by_direction.shape[1])
    for added, afresh in _steps(selections, len(by_direction)):
        if afresh:
            dots, squares = np.zeros_like(dots), np.zeros_like(squares)
        for block in _blocks(added, max(len(left), 1)):
            kept = by_direction[block]
            dots += np.einsum("jm,jm->m", kept[:, left], kept[:, right])
            squares += np.einsum("jn,jn->n", kept, kept)
        lengths = np.sqrt(squares)
        yield _cosines(dots, lengths[left] * lengths[right])


def cosine_rows(queries: np.ndarray, corpus: np.ndarray, selections: Sequence[KeptDirections]) -> Iterator[np.ndarray]:
    """Yield the cosines of every query to every text of a corpus in each selection, (q, n) float64 each.

    The Gram matrix grows by the new directions of each selection. The same array is yielded again and again, its
    numbers overwritten: use them before the next. Memory: 16 bytes for each of the q n cosines; pass queries in
    chunks. Where the queries are the corpus itself, the same array, half of the products are spared.

    Raises:
        InputError: A selection is for another number of directions.
    """
    asked = np.asarray(queries, dtype=np.float64)
    searched = asked if corpus is queries else np.asarray(corpus, dtype=np.float64)
    dots = np.zeros((len(asked), len(searched)))
    cosines = np.empty_like(dots)
    squares = [np.zeros(len(asked)), np.zeros(len(searched))]
    for added, afresh in _steps(selections, asked.shape[1]):
        if afresh:
            dots[:] = 0
            squares = [np.zeros_like(summed) for summed in squares]
        one = _columns(asked, added)
        other = one if searched is asked else _columns(searched, added)
        dots += np.matmul(one, other.T, out=cosines)
        for summed, kept in zip(squares, (one, other), strict=True):
            summed += np.einsum("nj,nj->n", kept, kept)
        np.multiply.outer(*map(np.sqrt, squares), out=cosines)
        yield _cosines(dots, cosines, out=cosines)


def check_positions(positions: np.ndarray, count: int, what: str) -> None:
    """Refuse positions outside 0 .. count - 1, which numpy would read from the end.

    Raises:
        InputError: One is.
    """
    positions = np.asarray(positions)
    outside = positions[(positions < 0) | (positions >= count)]
    if len(outside):
        raise InputError(f"There is no {what} at position {outside[0]}.", f"Use positions from 0 to {count - 1}.")


def _cosines(dots: np.ndarray, lengths: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Dots over products of lengths, 0 where a length is; they may be written over the lengths."""
    quotients = np.empty_like(dots) if out is None else out
    if lengths.size and lengths.min() > 0:
        np.divide(dots, lengths, out=quotients)
    else:  # several times slower
        some = lengths > 0
        np.divide(dots, lengths, out=quotients, where=some)
        quotients[~some] = 0
    np.round(quotients, DECIMALS, out=quotients)
    return quotients


def _columns(rows: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Ascending columns, not copied where they are neighbours."""
    if len(directions) and directions[-1] - directions[0] + 1 == len(directions):
        return rows[:, directions[0] : directions[-1] + 1]
    return rows[:, directions]


def _steps(selections: Sequence[KeptDirections], d: int) -> Iterator[tuple[np.ndarray, bool]]:
    """For each selection, the directions to add, and whether to begin again from nothing."""
    held = np.zeros(d, dtype=bool)
    for kept in selections:
        if kept.d != d:
            raise InputError(
                f"A selection is over {kept.d} directions, the coefficients have {d}.",
                "Make it with the d of this backbone.",
            )
        wanted = np.zeros(d, dtype=bool)
        wanted[kept.indices] = True
        afresh = bool((held & ~wanted).any())
        yield np.flatnonzero(wanted if afresh else wanted & ~held), afresh
        held = wanted


def _blocks(directions: np.ndarray, columns: int) -> Iterator[np.ndarray]:
    size = max(1, NUMBERS_PER_BLOCK // columns)
    return (directions[start : start + size] for start in range(0, len(directions), size))
