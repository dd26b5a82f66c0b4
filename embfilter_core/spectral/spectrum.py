"""The singular values and right singular vectors of the unembedding matrix W_U = U S V^T."""

from dataclasses import dataclass

import numpy as np

NULL_SINGULAR_VALUE = 1e-10
"""Below this fraction of the largest, a singular value counts as zero."""


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Thin SVD of W_U without its left factor.

    Attributes:
        singular_values: (d,) float64, descending.
        directions: (d, d) float64, row i is v_i, the singular direction of `singular_values[i]`;
            its coordinate of largest magnitude is positive.
        backbone: Fingerprint of the backbone it belongs to, or "" for a bare matrix.
    """

    singular_values: np.ndarray
    directions: np.ndarray
    backbone: str = ""

    @property
    def d(self) -> int:
        """Number of singular directions, the width of an embedding."""
        return len(self.singular_values)

    @property
    def null(self) -> np.ndarray:
        """(d,) bool: directions that W_U does not reach, singular value below 1e-10 of the largest."""
        null: np.ndarray = self.singular_values < NULL_SINGULAR_VALUE * self.singular_values[0]
        return null

    def coefficients(self, embeddings: np.ndarray) -> np.ndarray:
        """Coordinates C = H V of embeddings in the singular directions, (n, d) -> (n, d) float64."""
        coefficients: np.ndarray = np.asarray(embeddings, dtype=np.float64) @ self.directions.T
        return coefficients
