"""A grid of 48 blocks over the singular directions, for bands that are dragged.

Whatever is linear in the coefficients of an embedding (a token's logit, a dot
product, a squared length) is a sum over blocks, so every band of the grid is the
difference of two prefix sums, whatever d is.
"""

import numpy as np

from embfilter_core.spectral.per_mille import PER_MILLE, edge_per_mille

BLOCKS = 48
TOP_TOKENS, TOP_TEXTS = 12, 20
"""How many of the best tokens and texts are known for every band of the grid."""


def grid_per_mille() -> np.ndarray:
    """The 49 edges of the grid in thousandths of d, (49,) int64."""
    return np.round(np.arange(BLOCKS + 1) * PER_MILLE / BLOCKS).astype(np.int64)


def grid_directions(d: int) -> np.ndarray:
    """The 49 edges of the grid as directions, (49,) int64: what the same thousandths mean everywhere else."""
    return np.array([edge_per_mille(d, int(edge)) for edge in grid_per_mille()])


def block_sums(values: np.ndarray) -> np.ndarray:
    """Sum over each block of the grid, (n, d) -> (n, 48) float64; a block without directions (d below 48) sums to 0."""
    prefix = np.zeros((len(values), values.shape[1] + 1))
    np.cumsum(values, axis=1, dtype=np.float64, out=prefix[:, 1:])
    return np.diff(prefix[:, grid_directions(values.shape[1])], axis=1)
