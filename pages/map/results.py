"""The Map page below its corpus: one step of the filter as a picture, the numbers beside it, the selected texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from embfilter_core.errors import InputError
from embfilter_core.maps.projection import map_points
from pages.frame import messages
from pages.frame.controls import MAP_COLOURS, MAP_METHODS, MAP_STEPS
from pages.frame.state import value_of
from pages.map import blocks, cached, umap
from pages.map.view import FEWEST_TEXTS, MOST_TEXTS, MapView, Pictures

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from pages.cached.loaded import LoadedView

STANDS_IN = "colour_stands_in"


def fits(corpus: Corpus) -> bool:
    """Whether a corpus can be mapped here; says why not."""
    problem = None
    if len(corpus) > MOST_TEXTS:
        problem = InputError(
            f"The corpus has {len(corpus):,} texts; a map takes at most {MOST_TEXTS:,}.", "Use a part of it."
        )
    elif len(corpus) < FEWEST_TEXTS:
        texts = "1 text" if len(corpus) == 1 else f"{len(corpus)} texts"
        problem = InputError(f"{texts} make no map.", f"Give at least {FEWEST_TEXTS}.")
    if problem is not None:
        messages.error(problem)
    return problem is None


def draw(loaded: LoadedView, corpus: Corpus, text: str, own: np.ndarray | None) -> None:
    """Draw the map, its numbers, the selected texts and the download.

    Args:
        loaded: The view.
        corpus: An embedded corpus that fits.
        text: One's own text.
        own: Its coefficients (d,), or None where there is no text.
    """
    umap.make_if_wanted(loaded, corpus)
    _draw(loaded, corpus, text, own)


@st.fragment
def _draw(loaded: LoadedView, corpus: Corpus, text: str, own: np.ndarray | None) -> None:
    with st.container(border=True):
        st.subheader("Where do the texts lie?", anchor=False)
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
        method = st.segmented_control(
            "Method",
            list(MAP_METHODS),
            default="PCA",
            required=True,
            key="method",
            bind="query-params",
            help=_explained(MAP_METHODS),
        )
        step = _step(method)
        colour = _colour(corpus)
        wanted = st.text_input("Find in the texts", key="map_find", persist_state="session", max_chars=200, width=150)
    return MapView(loaded, corpus, text, own, method, step, colour, wanted or "")


def _step(method: str) -> str:
    names = list(MAP_STEPS) if method == "PCA" else ["before", "kept"]
    if value_of("step") not in names:
        st.session_state["step"] = "kept"
    return st.segmented_control(
        "Step: ratio τ",
        names,
        default="kept",
        required=True,
        key="step",
        bind="query-params",
        help=_explained(MAP_STEPS) + "  \nUMAP is made of before and kept alone.",
    )


def _colour(corpus: Corpus) -> str:
    names = [name for name in MAP_COLOURS if name != "label" or corpus.labels]
    if value_of("colour") not in names:
        st.session_state["colour"], st.session_state[STANDS_IN] = names[0], True
    elif "label" in names and st.session_state.pop(STANDS_IN, False) and value_of("colour") == "neighbours":
        st.session_state["colour"] = "label"  # the corpus before this one had none
    zipf = "Zipf is log10 of how often a word occurs in a billion words of English: 7 is `the`, 3 is rare."
    return st.selectbox(
        "Colour", names, key="colour", bind="query-params", width=150, help=f"{_explained(MAP_COLOURS)}  \n{zipf}"
    )


def _explained(choices: dict[str, str]) -> str:
    return "  \n".join(f"**{name}**: {meaning}" for name, meaning in choices.items())


def _pca(view: MapView) -> Pictures:
    steps = view.steps
    different = {kept.indices.tobytes(): kept for kept in steps.values()}
    numbers = {name: list(different).index(kept.indices.tobytes()) for name, kept in steps.items()}
    frame, places = cached.pca_steps(view.loaded, view.corpus, tuple(different.values()))
    own = {}
    if view.own is not None:
        for name, kept in steps.items():
            own[name] = frame.place(map_points(view.own[None], kept).after, numbers[name])[0]
    return Pictures(
        {name: places[number] for name, number in numbers.items()}, own, tuple(different.values()), frame.explained
    )


def _umap(view: MapView) -> Pictures | None:
    made = umap.made_or_offered(view.loaded, view.corpus)
    return None if made is None else Pictures({"before": made.before, "kept": made.after}, {})
