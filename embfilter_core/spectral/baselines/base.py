"""What all baselines share."""

from typing import Self

import numpy as np

from embfilter_core.errors import InputError


class Baseline:
    """What all baselines share: `fit` on a reference corpus, then `transform`; a subclass says what is learnt."""

    fewest_texts = 0
    """Texts that the reference must have; 0 where none is needed and `fit` may be left out."""

    def __init__(self) -> None:
        self._width: int | None = None

    def fit(self, reference: np.ndarray) -> Self:
        """Learn from the embeddings of a reference corpus, (n, d), and return the baseline itself.

        Raises:
            InputError: The reference is no (n, d) of finite numbers, or too small; says what is possible.
        """
        reference = _as_embeddings(reference)
        if len(reference) < self.fewest_texts:
            raise InputError(
                f"This baseline needs at least {self.fewest_texts} reference texts, not {len(reference)}.",
                "Use a larger reference corpus.",
            )
        self._learn(reference)
        self._width = reference.shape[1]
        return self

    def transform(self, embeddings: np.ndarray) -> np.ndarray:
        """Apply what was learnt to embeddings, (m, d) -> (m, k) or (m, d) float64.

        Raises:
            InputError: The baseline needs a reference and has none, or the width is another.
        """
        if self.fewest_texts and self._width is None:
            raise InputError("This baseline has no reference yet.", "Call fit with a reference corpus first.")
        embeddings = _as_embeddings(embeddings)
        if self._width not in (None, embeddings.shape[1]):
            raise InputError(
                f"Embeddings of width {embeddings.shape[1]} do not fit this baseline.", f"Pass (m, {self._width})."
            )
        return self._apply(embeddings)

    def _learn(self, reference: np.ndarray) -> None:
        """Nothing to learn, unless a subclass says otherwise."""

    def _apply(self, embeddings: np.ndarray) -> np.ndarray:
        raise NotImplementedError


def positive(k: int) -> int:
    """A number of dimensions; raises InputError where it is no whole number from 1."""
    if k < 1 or k != int(k):
        raise InputError(f"Cannot keep or remove {k} dimensions.", "Use a whole number from 1.")
    return int(k)


def _as_embeddings(embeddings: np.ndarray) -> np.ndarray:
    array = np.asarray(embeddings, dtype=np.float64)
    if array.ndim != 2 or not np.isfinite(array).all():
        raise InputError(f"An array of shape {array.shape} is no set of embeddings.", "Pass finite numbers, (n, d).")
    return array
