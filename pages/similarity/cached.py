"""What a query's ranking of a corpus needs, whatever band is kept; nothing here runs the model.

A query is told apart by its coefficients, (d,), which hold text, prompt, layer and centring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.cached.backbones import average_token
from pages.cached.corpora import corpus_coefficients, corpus_embeddings
from pages.cached.keys import KEYS
from pages.instrument.cached import backbone_data

if TYPE_CHECKING:
    import numpy as np
    from plotly.graph_objects import Figure

    from embfilter_core.data.corpora import Corpus
    from embfilter_core.data.folding import FoldedCorpus
    from embfilter_core.ranking.corpus_energies import CorpusEnergies
    from embfilter_core.ranking.search import Sweep
    from embfilter_core.spectral.baselines.base import Baseline
    from pages.cached.loaded import LoadedView

FOLLOWED = 15


@st.cache_resource(hash_funcs=KEYS, max_entries=3, show_spinner=False)
def corpus_energies(loaded: LoadedView, corpus: Corpus) -> CorpusEnergies:
    """Return the cumulative energies of an embedded corpus."""
    from embfilter_core.ranking.corpus_energies import CorpusEnergies

    return CorpusEnergies(_there(corpus_coefficients(loaded.embedder, corpus, loaded.centre)))


@st.cache_resource(hash_funcs=KEYS, max_entries=16, show_spinner="Ranking for every k ...")
def sweep(loaded: LoadedView, corpus: Corpus, query: np.ndarray, family: str) -> Sweep:
    """Return the ranking for a query, coefficients (d,), over every k of a family."""
    from embfilter_core.ranking.search import sweep_family

    return sweep_family(corpus_energies(loaded, corpus), query, family, FOLLOWED, loaded.backbone.bulk_start)


@st.cache_resource(hash_funcs=KEYS, max_entries=32, show_spinner=False)
def bump_figure(loaded: LoadedView, corpus: Corpus, query: np.ndarray, family: str, marked: int | None) -> Figure:
    """Return the chart of a sweep, which no band changes unless its number of directions is marked."""
    from embfilter_core.figures.ranking import bump_chart

    swept = sweep(loaded, corpus, query, family)
    return bump_chart(swept.ks, swept.ranks, [corpus.texts[i] for i in swept.leaders], marked)


@st.cache_resource(hash_funcs=KEYS, max_entries=256, show_spinner=False)
def pair_flips(loaded: LoadedView, corpus: Corpus, query: np.ndarray, pair: tuple[int, int], family: str) -> np.ndarray:
    """Return the k at which two texts, by their positions, change places as neighbours of a query, int64."""
    from embfilter_core.ranking.search import pair_flips as compute

    return compute(corpus_energies(loaded, corpus), query, *pair, family, loaded.backbone.bulk_start)


@st.cache_resource(hash_funcs=KEYS, max_entries=16, show_spinner=False)
def instrument_data(loaded: LoadedView, folded: FoldedCorpus, query: np.ndarray, family: str) -> dict[str, Any]:
    """Return what the instrument needs to rank a corpus for a query, whatever directions are kept."""
    from embfilter_core.instrument.data import identified
    from embfilter_core.instrument.ranking import ranking_data

    coefficients = corpus_energies(loaded, folded.corpus).coefficients
    ranked = ranking_data(loaded.backbone, query, folded, coefficients, sweep(loaded, folded.corpus, query, family))
    return identified(backbone_data(loaded.backbone), ranked)


@st.cache_resource(hash_funcs=KEYS, max_entries=32, show_spinner=False)
def fitted_baseline(loaded: LoadedView, reference: Corpus | None, name: str, k: int) -> Baseline:
    """Return a baseline, fitted on an embedded reference corpus where it learns from one and there is one.

    Raises:
        InputError: The reference corpus is too small for k.
    """
    from embfilter_core.spectral.baselines.registry import BASELINES, make_baseline

    info = BASELINES[name]
    token = average_token(loaded.backbone).hidden if info.needs_average_token else None
    baseline = make_baseline(name, k, average_token=token)
    if info.needs_reference and reference is not None:
        baseline.fit(loaded.centred(_there(corpus_embeddings(loaded.embedder, reference))))
    return baseline


@st.cache_resource(hash_funcs=KEYS, max_entries=64, show_spinner=False)
def baseline_ranking(
    loaded: LoadedView, corpus: Corpus, reference: Corpus | None, embedding: np.ndarray, name: str, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return ranks and cosines of an embedded corpus, (n,) each, for a text's embedding (d,), by a baseline.

    Raises:
        InputError: The baseline needs a reference corpus that is larger, or there is none.
    """
    from embfilter_core.ranking.search import rank_by_baseline

    baseline = fitted_baseline(loaded, reference, name, k)
    texts = _there(corpus_embeddings(loaded.embedder, corpus))
    return rank_by_baseline(baseline, loaded.centred(embedding[None])[0], loaded.centred(texts))


def _there(array: np.ndarray | None) -> np.ndarray:
    """What a page asks for only once the corpus was embedded."""
    assert array is not None
    return array
