"""Judged pairs of texts, and how often each is in a resample of the pairs or of their texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embfilter_core.errors import InputError


@dataclass(frozen=True, eq=False)
class JudgedPairs:
    """m judged pairs.

    Attributes:
        left: (m,) first texts, by their place among the texts that are in a pair.
        right: (m,) second texts.
        judgements: (m,) float64.
        texts: Number of texts, where they are the units; else None: the pairs are.
    """

    left: np.ndarray
    right: np.ndarray
    judgements: np.ndarray
    texts: int | None

    def __len__(self) -> int:
        return len(self.left)

    @classmethod
    def of(cls, left: np.ndarray, right: np.ndarray, judgements: np.ndarray, shared_texts: bool) -> JudgedPairs:
        """Return pairs of text positions, (m,) each, with what people said of them.

        Raises:
            InputError: The lengths differ, there is no pair, or a judgement is not a number.
        """
        if not len(left) == len(right) == len(judgements):
            raise InputError(
                f"{len(left)} first texts, {len(right)} second texts and {len(judgements)} scores are no pairs.",
                "Give one of each for every pair.",
            )
        if len(left) == 0:
            raise InputError("There are no pairs.", "Give at least one.")
        if not np.isfinite(judgements).all():
            raise InputError("A score is not a number.", "Leave that pair out.")
        # A text in no pair is no unit: drawing it again would leave pairs out.
        used, places = np.unique(np.concatenate([left, right]), return_inverse=True)
        return cls(places[: len(left)], places[len(left) :], judgements, len(used) if shared_texts else None)

    def counts(self, counts: np.ndarray) -> np.ndarray:
        """Return how often each pair is in each resample, (r, units) -> (m, r) float64.

        A pair of texts counts as often as their product; a text paired with its own copy is no pair.
        """
        by_unit = np.ascontiguousarray(counts.T, dtype=np.float64)
        if self.texts is None:
            return by_unit
        both: np.ndarray = by_unit[self.left] * by_unit[self.right]
        both[self.left == self.right] = 0
        return both
