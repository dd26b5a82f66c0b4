"""Two readings of the same embeddings compared: unfiltered and filtered, or as they are and centred."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.vocabulary.logit_lens import LensTokens, lens_logits, ranks_of, top_tokens

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.vocabulary.token_text import TokenTexts


@dataclass(frozen=True, eq=False)
class ComparedTokens(LensTokens):
    """The top tokens of one reading, and what the other reading says of them.

    Attributes:
        other_ranks: (n, top) int64, rank in the other reading, from 1 among the whole vocabulary.
        other_logits: (n, top) float32, logit in the other reading.
        only_here: (n, top) bool, whether the token is not among the top of the other reading.
    """

    other_ranks: np.ndarray
    other_logits: np.ndarray
    only_here: np.ndarray


@dataclass(frozen=True, eq=False)
class LensComparison:
    """The top tokens of n embeddings under two readings.

    Attributes:
        first: First reading, such as the unfiltered one.
        second: Second reading, such as the filtered one.
    """

    first: ComparedTokens
    second: ComparedTokens

    @property
    def left(self) -> np.ndarray:
        """(n, top) bool: tokens of the first list that are not in the second."""
        return self.first.only_here

    @property
    def entered(self) -> np.ndarray:
        """(n, top) bool: tokens of the second list that are not in the first."""
        return self.second.only_here


def compare_lenses(backbone: Backbone, first: np.ndarray, second: np.ndarray, top: int = 20) -> LensComparison:
    """Compare the lens of embeddings under two readings, such as without and with a filter.

    Args:
        backbone: The backbone both are read by.
        first: (n, d) embeddings, already centred where wanted.
        second: (n, d) embeddings of the same texts, filtered (projected form) or otherwise changed.
        top: Tokens listed of each.

    Raises:
        InputError: The embeddings are not (n, d), or `top` is out of range.
    """
    head = backbone.architecture.head
    return compare_logits(lens_logits(head, first), lens_logits(head, second), backbone.token_texts, top)


def compare_logits(
    first: np.ndarray, second: np.ndarray, token_texts: TokenTexts, top: int, allowed: np.ndarray | None = None
) -> LensComparison:
    """Compare two sets of lens logits, (n, |V|) each.

    Args:
        first: Of the first reading.
        second: Of the second reading.
        token_texts: How the tokens are written.
        top: Tokens listed of each.
        allowed: (|V|,) bool, tokens that may be listed, or None for all; ranks count the whole vocabulary.

    Raises:
        InputError: `top` is out of range.
    """
    lists = [top_tokens(logits, token_texts, top, allowed) for logits in (first, second)]
    return LensComparison(_compared(lists[0], lists[1], second), _compared(lists[1], lists[0], first))


def _compared(tokens: LensTokens, other: LensTokens, other_logits: np.ndarray) -> ComparedTokens:
    ids = tokens.token_ids
    return ComparedTokens(
        ids,
        tokens.texts,
        tokens.logits,
        other_ranks=ranks_of(other_logits, ids),
        other_logits=np.take_along_axis(other_logits, ids, axis=1),
        only_here=~(ids[:, :, None] == other.token_ids[:, None, :]).any(axis=2),
    )


def logit_changes(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return how much each token's logit rose against the mean logit, (n, |V|) each -> (n, |V|).

    A shift that all tokens share changes no rank and no probability, so each reading
    is taken about its own mean over the vocabulary.
    """
    changes: np.ndarray = (second - second.mean(axis=1, keepdims=True)) - (first - first.mean(axis=1, keepdims=True))
    return changes
