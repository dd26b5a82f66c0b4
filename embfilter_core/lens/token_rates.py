"""How frequent a token is: its rate in a reference corpus tokenised by the backbone, whatever its language or kind.

A newline, a comma and a piece of a word are tokens as well as words are. What the
corpus does not hold is estimated from the tokenizer's own order, in which frequent
tokens tend to come first, and marked as an estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.vocabulary.token_frequency import FREQUENT_TOKENS

if TYPE_CHECKING:
    from embfilter_core.lens.token_counts import TokenCounts

MOST_UNSEEN = 0.5
"""A token that was not seen is taken to occur at most this often in a corpus of the same length."""
BINS = 32


@dataclass(frozen=True, eq=False)
class TokenRates:
    """Rates of the tokens of a vocabulary.

    Attributes:
        per_million: (|V|,) float64, occurrences per million tokens; estimated where `seen` is False, 0 in padded rows.
        seen: (|V|,) bool, tokens that the corpus holds.
        frequent: (|V|,) bool, the 500 most frequent of them (fewer where there are fewer), ties by id.
        tokens: Number of tokens counted.
        source: Where the counts come from.
    """

    per_million: np.ndarray
    seen: np.ndarray
    frequent: np.ndarray
    tokens: int
    source: str

    @property
    def most_frequent(self) -> int:
        """Number of the tokens that are called frequent: 500, or all that were seen where these are fewer."""
        return int(self.frequent.sum())

    @property
    def chance(self) -> float:
        """Share of the frequent tokens among all: what a list of random tokens would hold of them."""
        return float(self.frequent.sum() / (self.per_million > 0).sum())


def check_reference(rates: TokenRates) -> None:
    """Refuse the rates of a corpus that is too small to count tokens in.

    Raises:
        InputError: It has fewer different tokens than are called frequent: all of them would be.
    """
    if rates.most_frequent < FREQUENT_TOKENS:
        raise InputError(
            f"{rates.source} has {rates.most_frequent} different tokens, too few to say which {FREQUENT_TOKENS} are "
            "the most frequent.",
            "Give more texts.",
        )


def token_rates(counts: TokenCounts) -> TokenRates:
    """Turn the counts of a corpus into rates."""
    total = counts.counts.sum()
    seen = counts.counts > 0
    rates = np.where(seen, counts.counts, _unseen_counts(counts.counts, counts.padded)) * 1e6 / total
    frequent = np.zeros(len(rates), dtype=bool)
    frequent[counts.token_set("frequent", FREQUENT_TOKENS)] = True
    for array in (rates, seen, frequent):
        array.setflags(write=False)
    return TokenRates(rates, seen, frequent, int(total), counts.source)


def _unseen_counts(counts: np.ndarray, padded: np.ndarray) -> np.ndarray:
    """Expected count of each token where it was not seen, (|V|,) float64; 0 in padded rows.

    Good and Turing's estimate in each stretch of the tokenizer's order: the tokens seen once, shared among those
    not seen; never rising along the order.
    """
    ids = np.flatnonzero(~padded)
    edges = np.unique(np.round(np.geomspace(1, len(ids) + 1, BINS + 1)).astype(np.int64) - 1)
    expected, at_most = np.zeros(len(counts)), MOST_UNSEEN
    for start, stop in pairwise(edges):
        here = ids[start:stop]
        once, never = (counts[here] == 1).sum(), (counts[here] == 0).sum()
        at_most = min(at_most, once / never) if once and never else at_most
        expected[here] = at_most
    return expected
