"""Logit lens of embeddings: which tokens they speak, and how a filter changes that.

The lens of h is h W_U^T, plus the head's bias where there is one (unfiltered, the
same before and after). `nostalgebraist`'s logit lens, applied to the pooled final state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.vocabulary.logit_lens import lens_logits, ranks_of, top_tokens

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.vocabulary.logit_lens import LensTokens


@dataclass(frozen=True, eq=False)
class LensComparison:
    """The top tokens of n embeddings under two readings, each with its rank under the other.

    Attributes:
        before: First reading.
        after: Second reading.
        before_new_ranks: (n, top) int64, rank (from 1, among the whole vocabulary) after, of the tokens of `before`.
        after_old_ranks: (n, top) int64, rank before, of the tokens of `after`.
        before_new_logits: (n, top) float32, logits after, of the tokens of `before`.
        after_old_logits: (n, top) float32, logits before, of the tokens of `after`.
    """

    before: LensTokens
    after: LensTokens
    before_new_ranks: np.ndarray
    after_old_ranks: np.ndarray
    before_new_logits: np.ndarray
    after_old_logits: np.ndarray

    @property
    def left(self) -> np.ndarray:
        """(n, top) bool: tokens of `before` that are not in `after`."""
        return ~_is_in(self.before.token_ids, self.after.token_ids)

    @property
    def entered(self) -> np.ndarray:
        """(n, top) bool: tokens of `after` that were not in `before`."""
        return ~_is_in(self.after.token_ids, self.before.token_ids)


def compare_lenses(
    backbone: Backbone,
    before: np.ndarray,
    after: np.ndarray,
    top: int = 20,
    centre: np.ndarray | None = None,
    allowed: np.ndarray | None = None,
) -> LensComparison:
    """Compare the lens of embeddings before and after a filter (projected form).

    Args:
        backbone: The backbone both are read by.
        before: (n, d) embeddings, already centred where wanted.
        after: (n, d) embeddings of the same texts, filtered.
        top: Tokens listed of each.
        centre: (d,) subtracted from both first, or None; for a filtered reading pass centred embeddings instead.
        allowed: (|V|,) bool, tokens that may be listed; ranks stay those among the whole vocabulary.
    """
    logits_before, logits_after = (lens_logits(backbone, h, centre) for h in (before, after))
    return compare_logits(backbone, logits_before, logits_after, top, allowed)


def compare_logits(
    backbone: Backbone, before: np.ndarray, after: np.ndarray, top: int, allowed: np.ndarray | None = None
) -> LensComparison:
    """Compare two sets of lens logits, (n, |V|) each; see `compare_lenses`."""
    top_before = top_tokens(backbone, before, top, allowed)
    top_after = top_tokens(backbone, after, top, allowed)
    return LensComparison(
        before=top_before,
        after=top_after,
        before_new_ranks=ranks_of(after, top_before.token_ids),
        after_old_ranks=ranks_of(before, top_after.token_ids),
        before_new_logits=np.take_along_axis(after, top_before.token_ids, axis=1),
        after_old_logits=np.take_along_axis(before, top_after.token_ids, axis=1),
    )


def logit_changes(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """How much each token's logit rose against the average token, (n, |V|) each -> (n, |V|).

    A shift that all tokens share changes no rank and no probability, so each reading
    is taken about its own mean over the vocabulary.
    """
    return (after - after.mean(axis=1, keepdims=True)) - (before - before.mean(axis=1, keepdims=True))


def _is_in(ids: np.ndarray, others: np.ndarray) -> np.ndarray:
    return (ids[:, :, None] == others[:, None, :]).any(axis=2)
