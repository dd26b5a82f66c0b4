"""A query and a ranked corpus, as the blocks of the Similarity page share them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.ranking.search import Ranking, Sweep, family_of, rank_corpus
from pages.frame.controls import TEXT
from pages.similarity import cached

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from embfilter_core.data.corpora import Corpus
    from embfilter_core.data.folding import FoldedCorpus
    from embfilter_core.instrument.data import ReferenceCorpus
    from pages.cached.loaded import LoadedView


@dataclass(frozen=True, eq=False)
class RankedCorpus:
    """A query and a ranked corpus.

    Attributes:
        loaded: The view.
        folded: The corpus, its equal texts folded.
        embedding: Of the query, (d,), neither filtered nor centred.
        query: Its coefficients (d,), centred where centring is on.
        ranking: Of the corpus, unfiltered and filtered.
        sweep: The ranking over every k of the chosen family.
    """

    loaded: LoadedView
    folded: FoldedCorpus
    embedding: np.ndarray
    query: np.ndarray
    ranking: Ranking
    sweep: Sweep

    @property
    def corpus(self) -> Corpus:
        """The different texts that are ranked."""
        return self.folded.corpus


def ranked_corpus(loaded: LoadedView, folded: FoldedCorpus, embedding: np.ndarray) -> RankedCorpus:
    """Rank an embedded corpus for the embedding of a text, (d,)."""
    query = loaded.backbone.spectrum.coefficients(loaded.centred(embedding[None]))[0]
    ranking = rank_corpus(cached.corpus_energies(loaded, folded.corpus), query, loaded.kept)
    swept = cached.sweep(loaded, folded.corpus, query, family_of(loaded.kept))
    return RankedCorpus(loaded, folded, embedding, query, ranking, swept)


def as_reference(ranked: RankedCorpus) -> Callable[[], ReferenceCorpus]:
    """Return what makes the whole corpus that is ranked, equal texts with the same coefficients, at any moment."""
    from embfilter_core.instrument.data import ReferenceCorpus

    folded, different = ranked.folded, cached.corpus_energies(ranked.loaded, ranked.corpus).coefficients

    def make() -> ReferenceCorpus:
        rows = {place: row for row, places in enumerate(folded.places) for place in places}
        return ReferenceCorpus(folded.whole, different[[rows[place] for place in range(len(folded.whole))]])

    return make


def choose_query(corpus: Corpus, position: int) -> None:
    """Make a text of the corpus the query."""
    if 0 <= position < len(corpus):
        st.session_state[TEXT] = corpus.texts[position]
