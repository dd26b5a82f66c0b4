"""How common the words are that a lens shows, by the Zipf scale of wordfreq (log10 of occurrences per 10^9 words)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import isnan, nan

import numpy as np

from embfilter_core.vocabulary.token_text import TokenTexts

FREQUENT_ZIPF = 5.0
"""A token is called frequent from here on: about the 900 commonest English words."""


@lru_cache(maxsize=300_000)
def token_zipf(text: str) -> float:
    """Return the Zipf frequency of a token in English: 0 for an unknown word, NaN for what is not alphabetic."""
    from wordfreq import zipf_frequency  # here, because it reads its list when it is imported: 0.8 s

    word = text.strip().lower()
    return zipf_frequency(word, "en") if word.isalpha() else nan


def vocabulary_zipf(token_texts: TokenTexts, rows: int) -> np.ndarray:
    """Return the Zipf frequency of every token of a vocabulary, (rows,) float64; more than 0 for known words."""
    return np.fromiter((token_zipf(token_texts.text(i)) for i in range(rows)), dtype=np.float64, count=rows)


@dataclass(frozen=True)
class FrequencySummary:
    """How common the top tokens of a lens are.

    Attributes:
        mean_zipf: Mean over alphabetic tokens, unknown words counted as 0; NaN where there are none.
        mean_known_zipf: Mean over the known words alone; NaN where there are none.
        unknown_share: Share of alphabetic tokens that are no known word (often word pieces).
        frequent_share: Share of all tokens with a Zipf of 5 or more.
    """

    mean_zipf: float
    mean_known_zipf: float
    unknown_share: float
    frequent_share: float


def summarise_zipf(zipf: Iterable[float]) -> FrequencySummary:
    """Summarise the Zipf frequencies of some tokens, as `token_zipf` gives them."""
    every = list(zipf)
    words = [value for value in every if not isnan(value)]
    known = [value for value in words if value > 0]
    return FrequencySummary(
        mean_zipf=float(np.mean(words)) if words else nan,
        mean_known_zipf=float(np.mean(known)) if known else nan,
        unknown_share=1 - len(known) / len(words) if words else nan,
        frequent_share=sum(value >= FREQUENT_ZIPF for value in words) / len(every) if every else nan,
    )
