"""The evidence of Home: read anew for every choice of directions, from embeddings that are there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.jobs.job import Priority, Task
from embfilter_core.progress import report
from pages.cached.backbones import token_rates
from pages.cached.corpora import corpus_embeddings
from pages.cached.keys import KEYS
from pages.frame.jobs.calm import when_calm
from pages.frame.jobs.results import hoped_for

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.data.corpora import Corpus
    from embfilter_core.jobs.job import Told
    from embfilter_core.lens.corpus_evidence import CorpusEvidence
    from embfilter_core.spectral.selection import KeptDirections
    from pages.cached.loaded import LoadedView

CALM_S, MOST_PUT_OFF_S = 0.5, 2.0
"""Random choices are read while pages are calm: of a band that is changed again by then, nobody wants them; and how
long each is put off at most where many visit."""


@st.cache_resource(hash_funcs=KEYS, max_entries=32, show_spinner=False)
def evidence(loaded: LoadedView, kept: KeptDirections, counted: Corpus) -> CorpusEvidence:
    """Return the evidence over the embedded reference corpus for some kept directions, tokens counted in a corpus."""
    return _evidence(loaded, kept, counted, _first_evidence(loaded, counted))


@st.cache_resource(hash_funcs=KEYS, max_entries=8, show_spinner="Reading 100 texts of the corpus ...")
def _first_evidence(loaded: LoadedView, counted: Corpus) -> CorpusEvidence:
    return _evidence(loaded, loaded.kept, counted, None)


def _evidence(
    loaded: LoadedView, kept: KeptDirections, counted: Corpus, known: CorpusEvidence | None
) -> CorpusEvidence:
    from embfilter_core.lens.corpus_evidence import corpus_evidence

    embeddings, mean = _embedded(loaded)
    rates, centred = token_rates(loaded.backbone, counted), loaded.centre is not None
    return corpus_evidence(loaded.backbone, embeddings, kept, rates, mean, centred, known)


def random_choices(loaded: LoadedView) -> np.ndarray | None:
    """Return the shares of random choices of as many directions as are kept, or None while they are read."""
    from embfilter_core.lens.corpus_evidence import SEEDS, random_shares

    embeddings, _ = _embedded(loaded)
    rates, k = token_rates(loaded.backbone, loaded.counted), len(loaded.kept)

    def read(told: Told) -> np.ndarray:
        step = when_calm(loaded.backbone, told, CALM_S, MOST_PUT_OFF_S)
        report(step, 0, SEEDS, "random choices")
        return random_shares(loaded.backbone, loaded.centred(embeddings), k, rates, step)

    key = (loaded.key, loaded.counted.id, k)
    return hoped_for(Task("random choices", key, "Random choices", read, priority=Priority.QUIET))


def _embedded(loaded: LoadedView) -> tuple[np.ndarray, np.ndarray]:
    """The embeddings of the reference corpus, (n, d), and their mean."""
    embeddings = corpus_embeddings(loaded.embedder, loaded.corpus)
    if embeddings is None or loaded.mean is None:
        raise ValueError("The reference corpus has to be embedded first.")
    return embeddings, loaded.mean
