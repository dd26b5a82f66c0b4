"""Equal texts of a corpus, folded into one that counts for all: in a ranking they would only push others away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from embfilter_core.data.corpora import Corpus, content_id
from embfilter_core.number_format import format_count

Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class FoldedCorpus:
    """A corpus in which no text occurs twice, and where its texts stand in the corpus that it was made of.

    Attributes:
        whole: The corpus as it was given.
        corpus: Its different texts, each with the label, id and row of its first place; `whole` where all differ.
        places: For each different text its places in `whole`, ascending from 0.
    """

    whole: Corpus
    corpus: Corpus
    places: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        return len(self.places)

    @property
    def copies(self) -> np.ndarray:
        """How often each different text is there, int64."""
        return np.array([len(places) for places in self.places], dtype=np.int64)

    @property
    def first(self) -> np.ndarray:
        """The first place of each different text, int64."""
        return np.array([places[0] for places in self.places], dtype=np.int64)


def equal_texts(texts: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """Return the places of every different text, each ascending, in the order of the first; outer spaces aside."""
    places: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        places.setdefault(text.strip(), []).append(place)
    return tuple(map(tuple, places.values()))


def fold_corpus(corpus: Corpus) -> FoldedCorpus:
    """Return a corpus with its equal texts folded into one."""
    places = equal_texts(corpus.texts)
    if len(places) == len(corpus):
        return FoldedCorpus(corpus, corpus, places)

    def of_first(values: tuple[Value, ...]) -> tuple[Value, ...]:
        return tuple(values[first] for first, *_ in places)

    different = replace(
        corpus,
        id=content_id("folded", corpus.id),
        texts=of_first(corpus.texts),
        labels=None if corpus.labels is None else of_first(corpus.labels),
        ids=None if corpus.ids is None else of_first(corpus.ids),
        rows=None if corpus.rows is None else of_first(corpus.rows),
    )
    return FoldedCorpus(corpus, different, places)


def describe_folding(folded: FoldedCorpus) -> str:
    """Return how many texts share a row with an equal one, as a sentence; nothing where all differ."""
    repeated = int((folded.copies > 1).sum())
    if not repeated:
        return ""
    return (
        f"{format_count(repeated, 'text occurs', 'texts occur')} more than once: the {len(folded.whole):,} texts are "
        f"{len(folded):,} different ones, and equal ones share a row with their number."
    )
