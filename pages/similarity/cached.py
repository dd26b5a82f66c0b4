"""What a query's ranking of a corpus needs, whatever band is kept; nothing here runs the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.cached.backbones import average_token
from pages.cached.corpora import corpus_coefficients, corpus_embeddings

if TYPE_CHECKING:
    import numpy as np
    from plotly.graph_objects import Figure

    from embfilter_core.data.corpora import Corpus
    from embfilter_core.ranking.corpus_energies import CorpusEnergies
    from embfilter_core.ranking.search import Sweep
    from embfilter_core.spectral.baselines.base import Baseline
    from pages.cached.loaded import LoadedView

FOLLOWED = 15


def corpus_energies(loaded: LoadedView, corpus: Corpus) -> CorpusEnergies:
    """Cumulative energies of an embedded corpus."""
    return _corpus_energies(loaded.key, corpus.id, loaded, corpus)


@st.cache_resource(max_entries=3, show_spinner=False)
def _corpus_energies(key: tuple, corpus_id: str, _loaded: LoadedView, _corpus: Corpus) -> CorpusEnergies:
    from embfilter_core.ranking.corpus_energies import CorpusEnergies

    return CorpusEnergies(corpus_coefficients(_loaded.embedder, _corpus, _loaded.centre))


def sweep(loaded: LoadedView, corpus: Corpus, text: str, query: np.ndarray, family: str) -> Sweep:
    """The ranking for a query, coefficients (d,), over every k of a family."""
    return _sweep(loaded.key, corpus.id, text, family, loaded, corpus, query)


@st.cache_resource(max_entries=16, show_spinner="Ranking for every k ...")
def _sweep(
    key: tuple, corpus_id: str, text: str, family: str, _loaded: LoadedView, _corpus: Corpus, _query: np.ndarray
) -> Sweep:
    from embfilter_core.ranking.search import sweep_family

    return sweep_family(corpus_energies(_loaded, _corpus), _query, family, FOLLOWED, _loaded.backbone.bulk_start)


def bump_figure(loaded: LoadedView, corpus: Corpus, text: str, swept: Sweep, marked: int | None) -> Figure:
    """The chart of a sweep, which no band changes unless its number of directions is marked."""
    return _bump_figure(loaded.key, corpus.id, text, swept.family, marked, corpus, swept)


@st.cache_resource(max_entries=32, show_spinner=False)
def _bump_figure(
    key: tuple, corpus_id: str, text: str, family: str, marked: int | None, _corpus: Corpus, _sweep: Sweep
) -> Figure:
    from embfilter_core.figures.ranking import bump_chart

    return bump_chart(_sweep.ks, _sweep.ranks, [_corpus.texts[i] for i in _sweep.leaders], marked)


def pair_flips(
    loaded: LoadedView, corpus: Corpus, text: str, query: np.ndarray, pair: tuple[int, int], family: str
) -> np.ndarray:
    """The k at which two texts, by their positions, change places as neighbours of a query, int64."""
    return _pair_flips(loaded.key, corpus.id, text, pair, family, loaded, corpus, query)


@st.cache_resource(max_entries=256, show_spinner=False)
def _pair_flips(
    key: tuple,
    corpus_id: str,
    text: str,
    pair: tuple[int, int],
    family: str,
    _loaded: LoadedView,
    _corpus: Corpus,
    _query: np.ndarray,
) -> np.ndarray:
    from embfilter_core.ranking.search import pair_flips as compute

    return compute(corpus_energies(_loaded, _corpus), _query, *pair, family, _loaded.backbone.bulk_start)


def ranking_brush_data(loaded: LoadedView, corpus: Corpus, text: str, query: np.ndarray, family: str) -> dict:
    """What the brush needs to rank a corpus for a query, whatever band is kept."""
    return _ranking_brush_data(loaded.key, corpus.id, text, family, loaded, corpus, query)


@st.cache_resource(max_entries=16, show_spinner=False)
def _ranking_brush_data(
    key: tuple, corpus_id: str, text: str, family: str, _loaded: LoadedView, _corpus: Corpus, _query: np.ndarray
) -> dict:
    from embfilter_core.lens.band_preview import preview_neighbours
    from embfilter_core.ranking.cosines import cosines, ranks
    from embfilter_core.spectral.selection import KeptDirections
    from embfilter_core.tables.rankings import format_flips
    from pages.band_brush.payload import TextFacts, constant_data

    coefficients = corpus_energies(_loaded, _corpus).coefficients
    near = preview_neighbours(_query, coefficients)
    before = cosines(_query, coefficients, KeptDirections.unfiltered(_loaded.backbone.d))
    places, flips = ranks(before), sweep(_loaded, _corpus, text, _query, family).flips
    facts = [TextFacts(int(i), int(places[i]), float(before[i]), format_flips(flips[i])) for i in near.positions]
    return constant_data(_loaded.backbone.spectrum, None, near, _corpus.texts, facts)


def fitted_baseline(loaded: LoadedView, name: str, k: int) -> Baseline:
    """A baseline fitted on the reference corpus.

    Raises:
        InputError: The reference corpus is too small for k, or was not embedded yet.
    """
    return _fitted_baseline(loaded.key, loaded.mean is not None, name, k, loaded)


@st.cache_resource(max_entries=32, show_spinner=False)
def _fitted_baseline(key: tuple, has_reference: bool, name: str, k: int, _loaded: LoadedView) -> Baseline:
    from embfilter_core.spectral.baselines.registry import BASELINES, make_baseline

    token = average_token(_loaded.backbone).hidden if BASELINES[name].needs_average_token else None
    baseline = make_baseline(name, k, average_token=token)
    if BASELINES[name].needs_reference and has_reference:
        baseline.fit(_loaded.centred(corpus_embeddings(_loaded.embedder, _loaded.corpus)))
    return baseline


def baseline_ranking(
    loaded: LoadedView, corpus: Corpus, text: str, embedding: np.ndarray, name: str, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Ranks and cosines of a corpus, (n,) each, for a text's embedding (d,), by a baseline.

    Raises:
        InputError: The baseline needs a reference corpus that is larger, or that was not embedded yet.
    """
    return _baseline_ranking(loaded.key, loaded.mean is not None, corpus.id, text, name, k, loaded, corpus, embedding)


@st.cache_resource(max_entries=64, show_spinner=False)
def _baseline_ranking(
    key: tuple,
    has_reference: bool,
    corpus_id: str,
    text: str,
    name: str,
    k: int,
    _loaded: LoadedView,
    _corpus: Corpus,
    _embedding: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    from embfilter_core.ranking.cosines import cosines, ranks
    from embfilter_core.spectral.selection import KeptDirections

    baseline = fitted_baseline(_loaded, name, k)
    query = baseline.transform(_loaded.centred(_embedding[None]))[0]
    texts = baseline.transform(_loaded.centred(corpus_embeddings(_loaded.embedder, _corpus)))
    similarities = cosines(query, texts, KeptDirections.unfiltered(len(query)))
    return ranks(similarities), similarities
