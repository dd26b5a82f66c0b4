"""How often each token occurs: counted in a corpus, or taken from word frequencies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Literal

import numpy as np

from embfilter_core.backbones.prompt_encoder import require_rows
from embfilter_core.errors import InputError
from embfilter_core.vocabulary.token_frequency import token_zipf

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.data.corpora import Corpus

TEXTS_AT_ONCE = 1000
SMOOTHING = 0.5
"""Added to every token's count, so that a token never seen has a frequency."""
CountSource = Literal["corpus", "words", "pasted"]
TokenSet = Literal["frequent", "rare", "random"]
TOKEN_SETS: dict[TokenSet, str] = {
    "frequent": "the most frequent tokens",
    "rare": "the rarest tokens seen at least once",
    "random": "tokens drawn at random",
}


@dataclass(frozen=True, eq=False)
class TokenCounts:
    """Occurrences of the tokens of a vocabulary.

    Attributes:
        counts: (|V|,) float64, 0 where a token was never seen and in padded rows.
        padded: (|V|,) bool, rows that are no token.
        source: Where the counts come from.
    """

    counts: np.ndarray
    padded: np.ndarray
    source: str

    @property
    def seen(self) -> int:
        """Number of tokens seen at least once."""
        return int((self.counts > 0).sum())

    @property
    def unseen(self) -> int:
        """Number of tokens never seen, padded rows not counted."""
        return int((~self.padded).sum()) - self.seen

    def log_frequencies(self) -> np.ndarray:
        """Logarithm of p with add-0.5 smoothing, (|V|,) float64; NaN in padded rows."""
        smoothed = np.where(self.padded, np.nan, self.counts + SMOOTHING)
        logarithms: np.ndarray = np.log(smoothed / np.nansum(smoothed))
        return logarithms

    def token_set(self, name: TokenSet, k: int, seed: int = 0) -> np.ndarray:
        """Ids of k tokens: most frequent, rarest seen (ties by id), or random; fewer where there are fewer.

        A smaller k gives the beginning of the same list.

        Raises:
            InputError: The set is unknown or k is not positive.
        """
        if k < 1 or name not in TOKEN_SETS:
            raise InputError(f"No set of {k} {name!r} tokens.", f"Use 1 or more of {', '.join(TOKEN_SETS)}.")
        if name == "random":
            return np.random.default_rng(seed).permutation(np.flatnonzero(~self.padded))[:k]
        seen = np.flatnonzero(self.counts > 0)
        key = -self.counts[seen] if name == "frequent" else self.counts[seen]
        return seen[np.argsort(key, kind="stable")][:k]


def counts_from(backbone: Backbone, source: CountSource, corpus: Corpus, pasted: str = "") -> TokenCounts:
    """Return the counts of a source: of a corpus, of the words of English, or of a pasted text.

    Raises:
        InputError: The pasted text has no token.
    """
    if source == "words":
        return word_token_counts(backbone)
    if source == "pasted":
        return count_tokens(backbone, [pasted], "your text")
    return count_tokens(backbone, corpus.texts, corpus.name)


def count_tokens(backbone: Backbone, texts: Sequence[str], source: str) -> TokenCounts:
    """Count the tokens of texts, without special tokens.

    Raises:
        InputError: The texts have no token, or one that the backbone has no row for.
    """
    counts = np.zeros(backbone.vocab_size)
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        some = list(texts[start : start + TEXTS_AT_ONCE])
        ids = backbone.tokenizer(some, add_special_tokens=False, verbose=False)["input_ids"]
        for one in ids:
            require_rows(backbone.tokenizer, one, backbone.vocab_size)
        counts += np.bincount(np.fromiter(chain.from_iterable(ids), np.int64), minlength=backbone.vocab_size)
    if not counts.any():
        raise InputError("The texts have no token to count.", "Give at least one word.")
    return TokenCounts(counts, backbone.padded_rows, source)


def word_token_counts(backbone: Backbone) -> TokenCounts:
    """Occurrences in a billion words of English of the tokens that are words, by wordfreq; other tokens count 0.

    A word that several tokens write (with and without a leading space, in capitals)
    gives each of them an equal part of its frequency.
    """
    words = [backbone.token_texts.text(i).strip().lower() for i in range(backbone.vocab_size)]
    zipf = np.array([token_zipf(word) for word in words])
    writings: dict[str, int] = {}
    for word in words:
        writings[word] = writings.get(word, 0) + 1
    shares = np.array([1 / writings[word] for word in words])
    counts = np.where(np.nan_to_num(zipf) > 0, 10.0 ** np.nan_to_num(zipf) * shares, 0.0)
    return TokenCounts(np.where(backbone.padded_rows, 0.0, counts), backbone.padded_rows, "word frequencies (wordfreq)")
