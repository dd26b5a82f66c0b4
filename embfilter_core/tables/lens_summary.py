"""How frequent the tokens of two lists are, as numbers and as they are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from embfilter_core.lens.list_frequency import ListFrequency, describe_chance, list_frequency
from embfilter_core.number_format import format_change

if TYPE_CHECKING:
    from embfilter_core.lens.comparison import LensComparison
    from embfilter_core.lens.token_rates import TokenRates
    from embfilter_core.vocabulary.token_text import TokenTexts

SHOWN = 3
"""First tokens of a list that a row about a text shows."""


@dataclass(frozen=True)
class ListsSummary:
    """How frequent the top tokens of the two lists of a text are, and how many are new.

    Attributes:
        names: What the lists are called.
        first: How frequent the tokens of the first list are.
        second: How frequent those of the second are.
        entered: Number of tokens of the second list that are not in the first.
        most_frequent: How many tokens of the vocabulary are called frequent.
        chance: What chance alone would give, as a sentence.
    """

    names: tuple[str, str]
    first: ListFrequency
    second: ListFrequency
    entered: int
    most_frequent: int
    chance: str

    @property
    def counted(self) -> int:
        """Number of tokens that are counted of each list."""
        return self.first.counted

    @property
    def frequent_label(self) -> str:
        """What the numbers of frequent tokens count."""
        return f"of the top {self.counted} are among the {self.most_frequent:,} most frequent tokens"

    @property
    def frequent(self) -> str:
        """The number of frequent tokens of both lists, such as `9 → 1`."""
        return f"{self.first.frequent} → {self.second.frequent}"

    @property
    def headline(self) -> str:
        """The number of frequent tokens in words."""
        one, other = self.names
        return (
            f"{one.capitalize()}, {self.first.frequent} {self.frequent_label}; {other}, {self.second.frequent} of the "
            f"top {self.counted}. {self.chance}"
        )

    @property
    def mean_zipf(self) -> str:
        """The mean Zipf frequency of both lists, how it is counted, and the share of known words it rests on."""
        first, second = self.first.zipf, self.second.zipf
        return (
            f"Mean Zipf of these {self.counted}: {format_change(first.mean, second.mean, '.2f')}, where unknown pieces "
            f"count 0; known words are {format_change(first.known_share, second.known_share, '.0%')} of the alphabetic "
            f"tokens, and their own mean is {format_change(first.mean_known, second.mean_known, '.2f')}."
        )


def summarise_lists(
    comparison: LensComparison, text: int, names: tuple[str, str], token_texts: TokenTexts, rates: TokenRates
) -> ListsSummary:
    """Return how frequent the tokens of one text, counted from 0, are in both lists of a comparison."""
    first, second = (
        list_frequency(tokens.token_ids[text], token_texts, rates) for tokens in (comparison.first, comparison.second)
    )
    chance = describe_chance(rates, first.counted)
    return ListsSummary(names, first, second, int(comparison.entered[text].sum()), rates.most_frequent, chance)


def summary_table(comparison: LensComparison, texts: Sequence[str], rates: TokenRates) -> pd.DataFrame:
    """Return one row a text of a comparison.

    Columns: `number` (from 1), `text`, `frequent_first` and `frequent_second` (number of the listed tokens that are
    among the most frequent), `entered` (tokens only in the second list), `tokens_first` and `tokens_second` (the first
    three of each list).
    """
    first, second = comparison.first, comparison.second
    return pd.DataFrame(
        {
            "number": range(1, len(texts) + 1),
            "text": list(texts),
            "frequent_first": rates.frequent[first.token_ids].sum(axis=1),
            "frequent_second": rates.frequent[second.token_ids].sum(axis=1),
            "entered": comparison.entered.sum(axis=1),
            "tokens_first": [" ".join(row[:SHOWN]) for row in first.texts],
            "tokens_second": [" ".join(row[:SHOWN]) for row in second.texts],
        }
    )
