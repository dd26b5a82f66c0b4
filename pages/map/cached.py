"""What the map of a corpus needs; nothing here runs the model, and only `make_umap` takes long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from embfilter_core.errors import EmbFilterError
from pages.cached.backbones import token_rates
from pages.cached.corpora import corpus_coefficients, corpus_embeddings
from pages.cached.keys import KEYS, is_there, read_only

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.lens.corpus_tokens import TopTokens
    from embfilter_core.maps.measures import NeighbourChange, Summary
    from embfilter_core.maps.projection import MapPoints, PcaFrame, Picture
    from embfilter_core.progress import StagedProgress
    from embfilter_core.spectral.selection import KeptDirections
    from pages.cached.loaded import LoadedView


def map_points(loaded: LoadedView, corpus: Corpus, kept: KeptDirections) -> MapPoints:
    """Return an embedded corpus on both sides; made anew each time, since it is large and quick.

    Raises:
        EmbFilterError: The corpus was embedded and is no longer on disk.
    """
    from embfilter_core.maps.projection import map_points as make

    coefficients = corpus_coefficients(loaded.embedder, corpus, loaded.centre)
    if coefficients is None:
        raise _gone()
    return make(coefficients, kept)


def umap_points(loaded: LoadedView, corpus: Corpus, kept: KeptDirections) -> MapPoints:
    """Return what UMAP lays out: an embedded corpus on both sides, each centred on its own mean."""
    from embfilter_core.maps.projection import centred_sides

    return centred_sides(map_points(loaded, corpus, kept))


@st.cache_resource(hash_funcs=KEYS, max_entries=16, show_spinner=False)
def pca_steps(
    loaded: LoadedView, corpus: Corpus, steps: tuple[KeptDirections, ...]
) -> tuple[PcaFrame, tuple[np.ndarray, ...]]:
    """Return one frame for several steps of the filter, and the picture of each, (n, 2)."""
    from embfilter_core.maps.projection import joint_frame

    sides = [map_points(loaded, corpus, step).filtered for step in steps]
    frame = joint_frame(sides)
    return frame, tuple(read_only(frame.place(side, number)) for number, side in enumerate(sides))


@st.cache_resource(hash_funcs=KEYS, max_entries=16, show_spinner=False, validate=is_there)
def umap_picture(loaded: LoadedView, corpus: Corpus, kept: KeptDirections) -> Picture | None:
    """Return the UMAP map of `umap_points` where it was made before, else None.

    Raises:
        InputError: There are fewer than five texts.
    """
    from embfilter_core.maps.umap_map import stored_umap

    return stored_umap(umap_points(loaded, corpus, kept))


def make_umap(loaded: LoadedView, corpus: Corpus, kept: KeptDirections, progress: StagedProgress) -> None:
    """Make the UMAP map, which is kept on disk: `umap_picture` finds it there.

    Raises:
        EmbFilterError: The corpus is too small, or the child process failed.
    """
    from embfilter_core.maps.umap_map import umap_map

    umap_map(umap_points(loaded, corpus, kept), progress=progress)


@st.cache_resource(hash_funcs=KEYS, max_entries=16, show_spinner=False)
def neighbour_change(
    loaded: LoadedView, corpus: Corpus, labels: tuple[str, ...] | None, kept: KeptDirections, k: int
) -> tuple[NeighbourChange, Summary]:
    """Return what happens to the k nearest neighbours of every text, and the means with their intervals.

    Args:
        loaded: The view.
        corpus: The corpus.
        labels: Its labels, told apart here: a corpus is known by its texts, whichever column its labels are from.
        kept: The kept directions.
        k: How many neighbours.
    """
    from embfilter_core.maps.measures import neighbour_change as measure
    from embfilter_core.maps.measures import summarise

    change = measure(map_points(loaded, corpus, kept), k, None if labels is None else np.array(labels))
    return change, summarise(change)


@st.cache_resource(hash_funcs=KEYS, max_entries=32, show_spinner=False)
def trustworthiness(
    loaded: LoadedView, corpus: Corpus, kept: KeptDirections, k: int, picture: Picture
) -> tuple[float, float]:
    """Return how far the k nearest in a picture of both sides are near in the embeddings, unfiltered and filtered."""
    from embfilter_core.maps.neighbours import trustworthiness as measure

    points = map_points(loaded, corpus, kept)
    return measure(points.unfiltered, picture.unfiltered, k), measure(points.filtered, picture.filtered, k)


@st.cache_resource(hash_funcs=KEYS, max_entries=16, show_spinner=False)
def top_tokens(loaded: LoadedView, corpus: Corpus, kept: KeptDirections, counted: Corpus) -> TopTokens:
    """Return the first token of the lens for every text of an embedded corpus, and how frequent it is in `counted`.

    Raises:
        EmbFilterError: The corpus was embedded and is no longer on disk.
    """
    from embfilter_core.lens.corpus_tokens import top_tokens as read

    embeddings = corpus_embeddings(loaded.embedder, corpus)
    if embeddings is None:
        raise _gone()
    return read(loaded.backbone, loaded.centred(embeddings), kept, token_rates(loaded.backbone, counted))


def _gone() -> EmbFilterError:
    return EmbFilterError("The embeddings of the corpus are gone from the disk.", "Load the page again.")
