"""What the map of a corpus needs; nothing here runs the model, and only `make_umap` takes long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from pages.cached.corpora import corpus_coefficients, corpus_embeddings

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.maps.measures import NeighbourChange, Summary
    from embfilter_core.maps.projection import MapPoints, PcaFrame, Picture
    from embfilter_core.progress import StagedProgress
    from embfilter_core.spectral.selection import KeptDirections
    from embfilter_core.tables.maps import TopTokens
    from pages.cached.loaded import LoadedView

Steps = tuple["KeptDirections", ...]


def map_points(loaded: LoadedView, corpus: Corpus, kept: KeptDirections) -> MapPoints:
    """An embedded corpus on both sides; made anew each time, since it is large and quick."""
    from embfilter_core.maps.projection import map_points as make

    return make(corpus_coefficients(loaded.embedder, corpus, loaded.centre), kept)


def umap_points(loaded: LoadedView, corpus: Corpus, kept: KeptDirections) -> MapPoints:
    """What UMAP lays out: an embedded corpus on both sides, each centred on its own mean."""
    from embfilter_core.maps.projection import centred_sides

    return centred_sides(map_points(loaded, corpus, kept))


def pca_steps(loaded: LoadedView, corpus: Corpus, steps: Steps) -> tuple[PcaFrame, list[np.ndarray]]:
    """One frame for several steps of the filter, and the picture of each, (n, 2)."""
    return _pca_steps(loaded.key, corpus.id, tuple(map(_key, steps)), loaded, corpus, steps)


@st.cache_resource(max_entries=16, show_spinner=False)
def _pca_steps(
    key: tuple, corpus_id: str, kept: tuple, _loaded: LoadedView, _corpus: Corpus, _steps: Steps
) -> tuple[PcaFrame, list[np.ndarray]]:
    from embfilter_core.maps.projection import joint_frame

    sides = [map_points(_loaded, _corpus, step).after for step in _steps]
    frame = joint_frame(sides)
    return frame, [_read_only(frame.place(side, number)) for number, side in enumerate(sides)]


def umap_picture(loaded: LoadedView, corpus: Corpus, kept: KeptDirections) -> Picture | None:
    """The UMAP map of `umap_points` where it was made before, else None; absence is not remembered.

    Raises:
        InputError: There are fewer than five texts.
    """
    given = (loaded.key, corpus.id, _key(kept), loaded, corpus, kept)
    found = _umap_picture(*given)
    if found is None:
        _umap_picture.clear(*given)
    return found


@st.cache_resource(max_entries=16, show_spinner=False)
def _umap_picture(
    key: tuple, corpus_id: str, kept: tuple, _loaded: LoadedView, _corpus: Corpus, _kept: KeptDirections
) -> Picture | None:
    from embfilter_core.maps.umap_map import stored_umap

    return stored_umap(umap_points(_loaded, _corpus, _kept))


def make_umap(loaded: LoadedView, corpus: Corpus, kept: KeptDirections, progress: StagedProgress) -> Picture:
    """Make the UMAP map, which is kept on disk.

    Raises:
        EmbFilterError: The corpus is too small, or the child process failed.
    """
    from embfilter_core.maps.umap_map import umap_map

    return umap_map(umap_points(loaded, corpus, kept), progress=progress)


def neighbour_change(
    loaded: LoadedView, corpus: Corpus, kept: KeptDirections, k: int
) -> tuple[NeighbourChange, Summary]:
    """What happens to the k nearest neighbours of every text, and the means with their intervals."""
    return _neighbour_change(loaded.key, corpus.id, _key(kept), k, loaded, corpus, kept)


@st.cache_resource(max_entries=16, show_spinner=False)
def _neighbour_change(
    key: tuple, corpus_id: str, kept: tuple, k: int, _loaded: LoadedView, _corpus: Corpus, _kept: KeptDirections
) -> tuple[NeighbourChange, Summary]:
    from embfilter_core.maps.measures import neighbour_change as measure
    from embfilter_core.maps.measures import summarise

    labels = None if _corpus.labels is None else np.array(_corpus.labels)
    change = measure(map_points(_loaded, _corpus, _kept), k, labels)
    return change, summarise(change)


def trustworthiness(
    loaded: LoadedView, corpus: Corpus, kept: KeptDirections, k: int, picture: Picture, frame: Steps
) -> tuple[float, float]:
    """How far the neighbours in a picture are neighbours in the embeddings, before and after.

    Args:
        loaded: The view.
        corpus: The corpus.
        kept: The kept directions after.
        k: How many neighbours.
        picture: Of both sides.
        frame: The steps that the frame of the picture was fitted on, for the key; none for UMAP.
    """
    fitted = (picture.method, *map(_key, frame))
    return _trustworthiness(loaded.key, corpus.id, _key(kept), k, fitted, loaded, corpus, kept, picture)


@st.cache_resource(max_entries=32, show_spinner=False)
def _trustworthiness(
    key: tuple,
    corpus_id: str,
    kept: tuple,
    k: int,
    fitted: tuple,
    _loaded: LoadedView,
    _corpus: Corpus,
    _kept: KeptDirections,
    _picture: Picture,
) -> tuple[float, float]:
    from embfilter_core.maps.neighbours import trustworthiness as measure

    points = map_points(_loaded, _corpus, _kept)
    return measure(points.before, _picture.before, k), measure(points.after, _picture.after, k)


def top_tokens(loaded: LoadedView, corpus: Corpus, kept: KeptDirections) -> TopTokens:
    """The first token of the lens for every text of an embedded corpus."""
    return _top_tokens(loaded.key, corpus.id, _key(kept), loaded, corpus, kept)


@st.cache_resource(max_entries=16, show_spinner=False)
def _top_tokens(
    key: tuple, corpus_id: str, kept: tuple, _loaded: LoadedView, _corpus: Corpus, _kept: KeptDirections
) -> TopTokens:
    from embfilter_core.lens.corpus_tokens import token_ids_zipf, top_token_ids
    from embfilter_core.spectral.embed_filter import EmbedFilter
    from embfilter_core.tables.maps import TopTokens

    backbone = _loaded.backbone
    embeddings = _loaded.centred(corpus_embeddings(_loaded.embedder, _corpus))
    ids = top_token_ids(backbone, EmbedFilter(backbone.spectrum, _kept).project(embeddings))
    return TopTokens(backbone.token_texts.readable_all(ids), _read_only(token_ids_zipf(backbone, ids)))


def _key(kept: KeptDirections) -> tuple[int, bytes]:
    return kept.d, kept.indices.tobytes()


def _read_only(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
