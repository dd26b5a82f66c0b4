"""How frequent tokens and words are said to be: rates of tokens in a corpus, and the Zipf scale of English words.

A rate is of a token of any kind, in occurrences per million tokens of a corpus. Zipf
(wordfreq: log10 of occurrences per 10^9 words) is of English words alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import isnan, nan

import numpy as np
from numpy.typing import ArrayLike

from embfilter_core.number_format import format_rate
from embfilter_core.vocabulary.token_text import TokenTexts

FREQUENT_TOKENS = 500
"""So many of the most frequent tokens of a corpus are called frequent."""
COUNTED_TOKENS = 20
"""Among so many top tokens of a list frequent ones are counted, however many are listed."""
RATE_FLOOR = 1e-3
"""Added to a rate before its logarithm, so that a rate of 0 has one."""


def log_rate(per_million: ArrayLike) -> np.ndarray:
    """Return rates per million tokens as powers of ten, float64: what colours of tokens are taken by."""
    logarithms: np.ndarray = np.log10(np.asarray(per_million, dtype=np.float64) + RATE_FLOOR)
    return logarithms


def describe_rate(per_million: float, estimated: bool, frequent: bool) -> str:
    """Return how frequent a token is, such as `12 in a million tokens`; an estimate is called one."""
    number = format_rate(per_million, not estimated)
    if estimated:
        return f"not seen; {number} in a million, estimated from the tokenizer's order"
    return f"{number} in a million tokens{', among the most frequent' if frequent else ''}"


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
class ZipfSummary:
    """How common the words among some tokens are.

    Attributes:
        mean: Mean over alphabetic tokens, unknown words (often word pieces) counted as 0; NaN where there are none.
        mean_known: Mean over the known words alone; NaN where there are none.
        known_share: Share of the alphabetic tokens that are known words: what `mean` rests on.
    """

    mean: float
    mean_known: float
    known_share: float


def summarise_zipf(zipf: Iterable[float]) -> ZipfSummary:
    """Summarise the Zipf frequencies of some tokens, as `token_zipf` gives them."""
    words = [value for value in zipf if not isnan(value)]
    known = [value for value in words if value > 0]
    return ZipfSummary(
        mean=float(np.mean(words)) if words else nan,
        mean_known=float(np.mean(known)) if known else nan,
        known_share=len(known) / len(words) if words else nan,
    )
