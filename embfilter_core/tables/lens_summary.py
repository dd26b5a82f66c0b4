"""How common the tokens of two lists are, as numbers and as they are written; imports nothing heavy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from embfilter_core.number_format import format_change
from embfilter_core.vocabulary.token_frequency import FrequencySummary, summarise_zipf


@dataclass(frozen=True)
class ListsSummary:
    """How common the tokens of the two lists of a text are, and how many are new.

    Attributes:
        names: What the lists are called.
        first: Frequencies of the first list.
        second: Frequencies of the second list.
        entered: Number of tokens of the second list that are not in the first.
        listed: Number of tokens of the second list.
    """

    names: tuple[str, str]
    first: FrequencySummary
    second: FrequencySummary
    entered: int
    listed: int

    @property
    def mean_zipf(self) -> str:
        """The mean Zipf frequency of both, such as `5.29 → 3.33`."""
        return format_change(self.first.mean_zipf, self.second.mean_zipf, ".2f")

    @property
    def frequent_share(self) -> str:
        """The share of frequent tokens of both, such as `65% → 19%`."""
        return format_change(self.first.frequent_share, self.second.frequent_share, ".0%")

    @property
    def known_words(self) -> str:
        """A sentence on the known words among the tokens, and on the unknown ones."""
        first, second = self.first, self.second
        return (
            f"Over known words alone: {format_change(first.mean_known_zipf, second.mean_known_zipf, '.2f')}; "
            f"unknown: {format_change(first.unknown_share, second.unknown_share, '.0%')} of the alphabetic tokens."
        )


def summarise_lists(tokens: pd.DataFrame) -> ListsSummary:
    """Return how common the tokens of one text are in both lists of a `lens_table`."""
    names = tuple(tokens["list"].unique())
    first, second = (summarise_zipf(tokens.loc[tokens["list"] == name, "zipf"]) for name in names)
    entered = int((tokens["status"] == "entered").sum())
    return ListsSummary((names[0], names[1]), first, second, entered, int((tokens["list"] == names[1]).sum()))


def summary_table(tokens: pd.DataFrame, texts: Sequence[str]) -> pd.DataFrame:
    """Return one row a text of a `lens_table`.

    Columns: `number` (from 1), `text`, `zipf_first` and `zipf_second` (mean Zipf frequency of each list),
    `frequent_first` and `frequent_second` (share of frequent tokens) and `entered` (tokens only in the second list).
    """
    rows = []
    for number, text in enumerate(texts, start=1):
        lists = summarise_lists(tokens[tokens["text"] == number])
        rows.append(
            {
                "number": number,
                "text": text,
                "zipf_first": lists.first.mean_zipf,
                "zipf_second": lists.second.mean_zipf,
                "frequent_first": lists.first.frequent_share,
                "frequent_second": lists.second.frequent_share,
                "entered": lists.entered,
            }
        )
    return pd.DataFrame(rows)
