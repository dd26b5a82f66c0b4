"""The Map page below its corpus: one step of the filter as a picture, the numbers beside it, the selected texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from embfilter_core.errors import InputError
from embfilter_core.maps.projection import map_points
from embfilter_core.maps.steps import check_mappable
from pages.frame import messages
from pages.frame.page_controls import COLOUR, METHOD, STEP
from pages.map import blocks, cached, umap
from pages.map.view import MapView, Pictures

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from pages.cached.loaded import LoadedView


def fits(corpus: Corpus) -> bool:
    """Return whether a corpus can be mapped here, after saying why not."""
    try:
        check_mappable(len(corpus))
    except InputError as problem:
        messages.error(problem)
        return False
    return True


def draw(loaded: LoadedView, corpus: Corpus, text: str, own: np.ndarray | None) -> None:
    """Draw the map, its numbers, the selected texts and the download.

    Args:
        loaded: The view.
        corpus: An embedded corpus that fits.
        text: One's own text.
        own: Its coefficients (d,), or None where there is no text.
    """
    _draw(loaded, corpus, text, own)


@st.fragment
def _draw(loaded: LoadedView, corpus: Corpus, text: str, own: np.ndarray | None) -> None:
    with st.container(border=True):
        st.header("Where do the texts lie?", anchor=False)
        view = _controls(loaded, corpus, text, own)
        with st.spinner("Measuring neighbours ...", show_time=True):
            _ = view.measured
        left, right = st.columns([7, 3], gap="medium")
        with left:
            pictures = _pca(view) if view.method == "PCA" else _umap(view)
            chosen = blocks.picture(view, pictures) if pictures else np.empty(0, dtype=int)
        with right:
            blocks.numbers(view, pictures)
    with st.container(border=True):
        blocks.selected(view, chosen)
    if pictures:
        blocks.download(view, pictures)


def _controls(loaded: LoadedView, corpus: Corpus, text: str, own: np.ndarray | None) -> MapView:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        method = METHOD.draw()
        step = _step(method)
        colour = _colour(corpus)
        wanted = st.text_input("Find in the texts", key="map_find", persist_state="session", max_chars=200, width=150)
    return MapView(loaded, corpus, text, own, method, step, colour, wanted or "")


def _step(method: str) -> str:
    offered = list(STEP.choices) if method == "PCA" else ["unfiltered", "kept"]
    return STEP.draw(offered)


def _colour(corpus: Corpus) -> str:
    offered = [name for name in COLOUR.choices if name != "label" or corpus.labels]
    return COLOUR.draw(offered)


def _pca(view: MapView) -> Pictures:
    steps = view.steps
    different = {kept.indices.tobytes(): kept for kept in steps.values()}
    numbers = {name: list(different).index(kept.indices.tobytes()) for name, kept in steps.items()}
    frame, places = cached.pca_steps(view.loaded, view.corpus, tuple(different.values()))
    own = {}
    if view.own is not None:
        for name, kept in steps.items():
            own[name] = frame.place(map_points(view.own[None], kept).filtered, numbers[name])[0]
    return Pictures({name: places[number] for name, number in numbers.items()}, own, frame.explained)


def _umap(view: MapView) -> Pictures | None:
    made = umap.made_or_offered(view.loaded, view.corpus)
    return None if made is None else Pictures({"unfiltered": made.unfiltered, "kept": made.filtered}, {})
