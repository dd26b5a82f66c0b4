"""The shape of a set of embeddings, and what a filter does to the distance of a pair."""

from dataclasses import dataclass

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.glossary import GLOSSARY
from embfilter_core.spectral.embed_filter import EmbedFilter


@dataclass(frozen=True)
class Shape:
    """How a set of embeddings fills its space.

    Attributes:
        anisotropy: Mean cosine over all pairs; 0 for directions spread evenly (Ethayarajh, arXiv 1909.00512).
        effective_rank: exp of the entropy of the normalised singular values (Roy and Vetterli 2007), not centred.
        uniformity: log of the mean of exp(-2 |x - y|^2) over pairs of unit vectors; lower is more even
            (Wang and Isola, arXiv 2005.10242).
    """

    anisotropy: float
    effective_rank: float
    uniformity: float


@dataclass(frozen=True)
class ShapeMeasure:
    """A measure of `Shape` for people: its name, its digits after the point, and what it means."""

    name: str
    digits: int
    explanation: str

    def compare(self, unfiltered: float, filtered: float) -> str:
        """Return its values unfiltered and filtered, as `0.512 → 0.103`."""
        return f"{unfiltered:.{self.digits}f} → {filtered:.{self.digits}f}"


SHAPE_MEASURES = {
    "anisotropy": ShapeMeasure("Anisotropy", 3, GLOSSARY["anisotropy"].meaning),
    "effective_rank": ShapeMeasure("Effective rank", 1, GLOSSARY["effective rank"].meaning),
    "uniformity": ShapeMeasure("Uniformity", 2, GLOSSARY["uniformity"].meaning),
}
"""The measures by their fields of `Shape`."""


def measure_shape(embeddings: np.ndarray) -> Shape:
    """Measure the shape of embeddings, (n, d).

    Raises:
        InputError: There are fewer than two embeddings.
    """
    x = np.asarray(embeddings, dtype=np.float64)
    if len(x) < 2:
        raise InputError(f"{len(x)} embedding has no shape.", "Give at least two texts.")
    norms = np.linalg.norm(x, axis=1, keepdims=True)
    unit = np.divide(x, norms, out=np.zeros_like(x), where=norms > 0)
    pairs = np.triu_indices(len(x), k=1)
    cosines = (unit @ unit.T)[pairs]
    squared_distances = np.maximum(2 - 2 * cosines, 0.0)
    return Shape(
        anisotropy=float(cosines.mean()),
        effective_rank=effective_rank(x),
        uniformity=float(np.log(np.exp(-2 * squared_distances).mean())),
    )


def effective_rank(embeddings: np.ndarray) -> float:
    """Return exp of the entropy of the singular values of (n, d) embeddings, taken as shares of their sum."""
    values = np.linalg.svd(np.asarray(embeddings, dtype=np.float64), compute_uv=False)
    shares = values[values > 0] / values.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def energy(coefficients: np.ndarray) -> np.ndarray:
    """Share of the squared length in each singular direction, (n, d) -> (d,), averaged over the texts."""
    squares = np.asarray(coefficients, dtype=np.float64) ** 2
    totals = squares.sum(axis=1, keepdims=True)
    shares: np.ndarray = np.divide(squares, totals, out=np.zeros_like(squares), where=totals > 0).mean(axis=0)
    return shares


@dataclass(frozen=True)
class EdgeShares:
    """Energy in the `block` first directions, in the `block` last ones, and in the very last one alone."""

    block: int
    first: float
    last: float
    very_last: float


def edge_block(d: int) -> int:
    """Return how many directions an end of the spectrum has: d / 16, at least one."""
    return max(1, d // 16)


def edge_shares(shares: np.ndarray) -> EdgeShares:
    """Return what share of the energy, (d,), lies at the two ends of the spectrum, each d / 16 directions wide."""
    block = edge_block(len(shares))
    return EdgeShares(block, float(shares[:block].sum()), float(shares[-block:].sum()), float(shares[-1]))


@dataclass(frozen=True)
class PairDistances:
    """Euclidean distance of two embeddings: unfiltered, projected on the kept directions, and reduced to them.

    The last two are equal: a filter is lossless within the kept subspace. Neither is the first.
    """

    unfiltered: float
    projected: float
    reduced: float


def describe_distances(removed: int) -> str:
    """Return what the three distances of a pair have to do with each other, with the number of removed directions."""
    return (
        "Reducing loses nothing against projecting: the last two are equal. The unfiltered distance also holds what "
        f"lies in the {removed} removed directions."
    )


def pair_distances(filter_: EmbedFilter, one: np.ndarray, other: np.ndarray) -> PairDistances:
    """The three distances of a pair of embeddings, (d,) each."""
    pair = np.stack([one, other]).astype(np.float64)
    forms = (pair, filter_.project(pair), filter_.reduce(pair))
    return PairDistances(*(float(np.linalg.norm(form[0] - form[1])) for form in forms))
