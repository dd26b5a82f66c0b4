"""How many of the tokens that an embedding points to are words of its own text: a plain sign of what is meaningful."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.lens.token_rates import TokenRates

SHORTEST = 3
"""Letters of a word; shorter tokens are pieces as often as words."""
RULE = (
    f"A token is the text's own word where it is written like one of the text's words, in any case, has {SHORTEST} "
    "letters or more, and is not among the most frequent tokens."
)
_WORD = re.compile(r"[^\W\d_]+")


def own_word_counts(backbone: Backbone, texts: Sequence[str], token_ids: np.ndarray, rates: TokenRates) -> np.ndarray:
    """Return how many tokens of each list are words of its text, (n, top) ids -> (n,) int64; see `RULE`."""
    frequent = {_word(backbone, int(token)) for token in np.flatnonzero(rates.frequent)}
    counts = []
    for text, ids in zip(texts, token_ids, strict=True):
        own = _words(text) - frequent
        counts.append(sum(_word(backbone, token) in own for token in ids.tolist()))
    return np.array(counts, dtype=np.int64)


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.lower()) if len(word) >= SHORTEST}


def _word(backbone: Backbone, token: int) -> str:
    return backbone.token_texts.text(token).strip().lower()
