"""Factor a matrix in a process: `python -m embfilter_core.spectral.factor_process ROUTE GIVEN.npy MADE.npz`."""

import sys

import numpy as np


def factor(matrix: np.ndarray, route: str) -> tuple[np.ndarray, np.ndarray]:
    """Return singular values and right singular vectors as `factoring.factor` does; (d,) and (d, d)."""
    if route == "triangle":
        _, values, directions = np.linalg.svd(matrix)
        return values, directions
    squares, vectors = np.linalg.eigh(matrix, UPLO="U")
    return np.sqrt(squares.clip(min=0))[::-1], vectors.T[::-1]


if __name__ == "__main__":
    values, directions = factor(np.load(sys.argv[2]), sys.argv[1])
    np.savez(sys.argv[3], values=values, directions=directions)
