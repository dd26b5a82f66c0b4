"""The evidence of Home: read anew for every choice of directions, from embeddings that are there already."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from pages.cached.backbones import token_rates
from pages.cached.corpora import corpus_embeddings
from pages.cached.keys import KEYS
from pages.cached.slots import make_once
from pages.widgets.progress_bar import with_bar

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.data.corpora import Corpus
    from embfilter_core.lens.corpus_evidence import CorpusEvidence
    from embfilter_core.progress import Progress
    from embfilter_core.spectral.selection import KeptDirections
    from pages.cached.loaded import LoadedView


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


def with_random_choices(loaded: LoadedView, kept: KeptDirections) -> CorpusEvidence:
    """Return the evidence together with random choices of as many directions, made once with a bar."""
    from embfilter_core.lens.corpus_evidence import random_shares

    embeddings, _ = _embedded(loaded)
    rates = token_rates(loaded.backbone, loaded.counted)

    def work(show: Progress) -> np.ndarray:
        return random_shares(loaded.backbone, loaded.centred(embeddings), len(kept), rates, show)

    shares = make_once(
        "random choices",
        (loaded.key, loaded.counted.id, len(kept)),
        lambda: with_bar("Reading 20 random choices of directions", work),
    )
    return replace(evidence(loaded, kept, loaded.counted), random=shares)


def _embedded(loaded: LoadedView) -> tuple[np.ndarray, np.ndarray]:
    """The embeddings of the reference corpus, (n, d), and their mean."""
    embeddings = corpus_embeddings(loaded.embedder, loaded.corpus)
    if embeddings is None or loaded.mean is None:
        raise ValueError("The reference corpus has to be embedded first.")
    return embeddings, loaded.mean
