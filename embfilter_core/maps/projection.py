"""Embeddings unfiltered and filtered as points of one space, and both sides in one picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.spectral.selection import KeptDirections

SIDES = ("unfiltered", "filtered")
FEWEST_TEXTS = 3
LARGEST_DENSE = 1024
"""Up to this size all eigenvectors cost a fraction of a second; at 2048 they cost seconds."""


@dataclass(frozen=True, eq=False)
class MapPoints:
    """A corpus unfiltered and filtered, every text a point of length 1 in the same d-dimensional space.

    Attributes:
        unfiltered: (n, d) float64, all coefficients.
        filtered: (n, d) float64, the coefficients of the kept directions, 0 elsewhere; a text without
            any energy in the kept directions is the origin.
    """

    unfiltered: np.ndarray
    filtered: np.ndarray

    def __len__(self) -> int:
        return len(self.unfiltered)

    @property
    def stacked(self) -> np.ndarray:
        """(2n, d): the texts unfiltered, then the same texts filtered."""
        return np.concatenate([self.unfiltered, self.filtered])


@dataclass(frozen=True, eq=False)
class Picture:
    """Both sides in one frame of two dimensions: a text keeps its row.

    Attributes:
        unfiltered: (n, 2) float64.
        filtered: (n, 2) float64.
        method: `PCA` or `UMAP`.
    """

    unfiltered: np.ndarray
    filtered: np.ndarray
    method: str


@dataclass(frozen=True, eq=False)
class PcaFrame:
    """The two directions in which the centred points of all steps vary most.

    Attributes:
        centres: (s, d), the mean of each of the s steps that the frame was fitted on.
        axes: (2, d), the largest variance first; the coordinate of largest magnitude is positive.
        explained: (2,) share of their variance along each axis.
    """

    centres: np.ndarray
    axes: np.ndarray
    explained: np.ndarray

    def place(self, points: np.ndarray, step: int) -> np.ndarray:
        """Return where points of length 1 by one step, (m, d), lie in the picture, (m, 2); fitted ones or others."""
        places: np.ndarray = (points - self.centres[step]) @ self.axes.T
        return places


def map_points(coefficients: np.ndarray, kept: KeptDirections) -> MapPoints:
    """Return the coefficients of a corpus, (n, d), as points of length 1 unfiltered and filtered.

    The directions are orthonormal, so cosines and distances are those of the embeddings themselves.

    Raises:
        InputError: The selection is over another number of directions.
    """
    c = np.asarray(coefficients, dtype=np.float64)
    if c.ndim != 2 or c.shape[1] != kept.d:
        raise InputError(f"Coefficients of shape {c.shape} do not fit {kept.d} directions.", f"Pass (n, {kept.d}).")
    filtered = np.zeros_like(c)
    filtered[:, kept.indices] = c[:, kept.indices]
    return MapPoints(_unit(c), _unit(filtered))


def centred_sides(points: MapPoints) -> MapPoints:
    """Return both sides, each with its own mean subtracted and every text of length 1 again.

    Otherwise all texts of one side can be nearer to each other than to themselves on the other, and a layout by
    neighbours, as UMAP, has nothing to place the sides by.
    """
    return MapPoints(*(_unit(side - side.mean(axis=0)) for side in (points.unfiltered, points.filtered)))


def joint_frame(steps: Sequence[np.ndarray]) -> PcaFrame:
    """Fit principal components once on several steps of a filter together, each centred on its own mean.

    Every step has the same weight, and none of them moves the frame.

    Args:
        steps: The same texts by each step, (n, d) of length 1.

    Raises:
        InputError: There are fewer than three texts.
    """
    n, d = steps[0].shape
    if n < FEWEST_TEXTS or d < 2:
        raise InputError(f"{n} texts in {d} dimensions make no map.", f"Give at least {FEWEST_TEXTS} texts.")
    centres = np.stack([points.mean(axis=0) for points in steps])
    centred = [points - centre for points, centre in zip(steps, centres, strict=True)]
    axes, squares = _top_two(centred)
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1, keepdims=True), axis=1)
    total = sum(np.einsum("nd,nd->", side, side) for side in centred)
    return PcaFrame(centres, axes * np.where(largest < 0, -1.0, 1.0), squares / total if total else np.zeros(2))


def _top_two(centred: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Two orthonormal directions of largest variance, (2, d), and the squares along them, by the smaller Gram."""
    n, d = centred[0].shape
    if n * len(centred) >= d:
        squares, vectors = _largest_two(sum(side.T @ side for side in centred))
        return vectors, squares
    stacked = np.concatenate(centred)
    squares, vectors = _largest_two(stacked @ stacked.T)
    axes, lengths = vectors @ stacked, np.sqrt(squares)[:, None]
    return np.divide(axes, lengths, out=np.zeros_like(axes), where=lengths > 1e-12), squares


def _largest_two(gram: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two largest eigenvalues, (2,), and their eigenvectors, (2, m); of a large matrix without the others."""
    if len(gram) > LARGEST_DENSE:
        from scipy.sparse.linalg import eigsh

        start = np.random.default_rng(0).normal(size=len(gram))  # given, so that every run ends the same
        squares, vectors = eigsh(gram, k=2, v0=start)
    else:
        squares, vectors = np.linalg.eigh(gram)
    top = np.argsort(-squares, kind="stable")[:2]
    return np.maximum(squares[top], 0), vectors[:, top].T


def _unit(points: np.ndarray) -> np.ndarray:
    norms = np.linalg.norm(points, axis=1, keepdims=True)
    unit: np.ndarray = np.divide(points, norms, out=np.zeros_like(points), where=norms > 0)
    return unit
