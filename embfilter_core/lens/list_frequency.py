"""How frequent the top tokens of a list are: how many are among the most frequent of a corpus, and their mean Zipf."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.number_format import format_share
from embfilter_core.vocabulary.token_frequency import ZipfSummary, summarise_zipf, token_zipf

if TYPE_CHECKING:
    from embfilter_core.lens.token_rates import TokenRates
    from embfilter_core.vocabulary.token_text import TokenTexts


@dataclass(frozen=True)
class ListFrequency:
    """How frequent some tokens are.

    Attributes:
        frequent: Number of them that are among the most frequent of the corpus.
        counted: Number of them.
        zipf: How common the words among them are.
    """

    frequent: int
    counted: int
    zipf: ZipfSummary

    @property
    def frequent_share(self) -> float:
        """Share of them that are among the most frequent of the corpus."""
        return self.frequent / self.counted


def list_frequency(token_ids: np.ndarray, token_texts: TokenTexts, rates: TokenRates) -> ListFrequency:
    """Return how frequent tokens are, ids of any shape, each counted as often as it stands there."""
    ids = np.ravel(token_ids)
    zipf = summarise_zipf(token_zipf(token_texts.text(int(token))) for token in ids)
    return ListFrequency(int(rates.frequent[ids].sum()), len(ids), zipf)


def describe_chance(rates: TokenRates, counted: int) -> str:
    """Return how many frequent tokens chance would put on a list, and of what corpus the rates are."""
    return (
        f"Chance: {counted * rates.chance:.1f} of {counted}, as these {rates.most_frequent:,} tokens are "
        f"{format_share(rates.chance)} of the vocabulary (reference: {rates.source})."
    )
