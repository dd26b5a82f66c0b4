"""The Map page below its corpus: one step of the filter as a picture, the numbers beside it, the selected texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from embfilter_core.errors import InputError
from embfilter_core.maps.projection import Picture, map_points
from embfilter_core.spectral.selection import KeptDirections
from pages.shared import cached, map_blocks, map_umap, say
from pages.shared.state import MAP_COLOURS, MAP_STEPS

if TYPE_CHECKING:
    from embfilter_core.data.datasets import Corpus
    from embfilter_core.maps.measures import NeighbourChange, Summary
    from pages.shared.live import Live

FEWEST_TEXTS, MOST_TEXTS = 4, 5000
NEIGHBOURS = 10
METHODS = {"pca": "PCA", "umap": "UMAP"}


@dataclass(frozen=True, eq=False)
class MapView:
    """What the controls of the page ask for.

    Attributes:
        live: The view.
        corpus: The embedded corpus.
        text: One's own text.
        own: Its coefficients (d,), or None where there is no text.
        method: `pca` or `umap`.
        step: The step that is drawn, one of `MAP_STEPS`.
        colour: What the colours mean, one of `MAP_COLOURS`.
        wanted: What is looked for in the texts.
    """

    live: Live
    corpus: Corpus
    text: str
    own: np.ndarray | None
    method: str
    step: str
    colour: str
    wanted: str

    @property
    def steps(self) -> dict[str, KeptDirections]:
        """What each step keeps; the ratios are those of EmbedFilter's bulk."""
        d, start = self.live.backbone.d, self.live.backbone.bulk_start
        bulks = {name: KeptDirections.bulk(d, int(name), start=start) for name in MAP_STEPS if name != "kept"}
        return {**bulks, "kept": self.live.kept}

    @property
    def after(self) -> str:
        """The step that `before` is compared with: the one that is drawn, or the kept directions."""
        return "kept" if self.step == "1" else self.step

    @property
    def compared(self) -> KeptDirections:
        """What the step after keeps."""
        return self.steps[self.after]

    @property
    def k(self) -> int:
        """Number of neighbours: trustworthiness is defined for fewer than half of the texts."""
        return min(NEIGHBOURS, (len(self.corpus) - 1) // 2)

    @property
    def found(self) -> np.ndarray:
        """Positions of the texts that hold what is looked for."""
        wanted = self.wanted.strip().lower()
        return np.array([i for i, text in enumerate(self.corpus.texts) if wanted and wanted in text.lower()], dtype=int)

    @property
    def measured(self) -> tuple[NeighbourChange, Summary]:
        """What happens to the neighbours."""
        return cached.neighbour_change(self.live, self.corpus, self.compared, self.k)


@dataclass(frozen=True, eq=False)
class Pictures:
    """The steps of a method in one frame.

    Attributes:
        places: (n, 2) of every step that there is, by its name.
        own: Where one's own text lies, (2,), by step; empty where it is not on the map.
        frame: The different steps that the frame was fitted on; none for UMAP.
        explained: (2,) share of the variance along the axes, or None for UMAP.
    """

    places: dict[str, np.ndarray]
    own: dict[str, np.ndarray]
    frame: tuple[KeptDirections, ...] = ()
    explained: np.ndarray | None = None

    def sides(self, view: MapView) -> Picture:
        """Before and after, as they are compared."""
        return Picture(self.places["1"], self.places[view.after], METHODS[view.method])


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
        say.error(problem)
    return problem is None


@st.fragment
def draw(live: Live, corpus: Corpus, text: str, own: np.ndarray | None) -> None:
    """Draw the map, its numbers, the selected texts and the download.

    Args:
        live: The view.
        corpus: An embedded corpus that fits.
        text: One's own text.
        own: Its coefficients (d,), or None where there is no text.
    """
    with st.container(border=True):
        st.subheader("Where do the texts lie?", anchor=False)
        view = _controls(live, corpus, text, own)
        with st.spinner("Measuring neighbours ...", show_time=True):
            _ = view.measured
        left, right = st.columns([7, 3], gap="medium")
        with left:
            pictures = _pca(view) if view.method == "pca" else map_umap.pictures(view)
            chosen = map_blocks.picture(view, pictures) if pictures else np.empty(0, dtype=int)
        with right:
            map_blocks.numbers(view, pictures)
    with st.container(border=True):
        map_blocks.selected(view, chosen)
    if pictures:
        map_blocks.download(view, pictures)


def _controls(live: Live, corpus: Corpus, text: str, own: np.ndarray | None) -> MapView:
    colours = {name: meaning for name, meaning in MAP_COLOURS.items() if name != "label" or corpus.labels}
    if st.session_state.get("colour") not in colours:
        st.session_state.pop("colour", None)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        method = st.segmented_control(
            "Method", list(METHODS), format_func=METHODS.get, default="pca", required=True, key="method",
            bind="query-params",
            help="**PCA**: the two directions in which the texts vary most, at once.  \n"
            "**UMAP**: keeps neighbours together, bends distances, takes a while.",
        )  # fmt: skip
        colour = st.selectbox(
            "Colour", list(colours), format_func=colours.get, key="colour", bind="query-params", width=260,
            help="Zipf is log10 of how often the first token of the lens occurs in a billion words of English: 7 is "
            "`the`, 3 is rare.",
        )  # fmt: skip
        wanted = st.text_input("Find in the texts", key="map_find", persist_state="session", max_chars=200, width=220)
    return MapView(live, corpus, text, own, method, _step(method), colour, wanted or "")


def _step(method: str) -> str:
    names = list(MAP_STEPS) if method == "pca" else ["1", "kept"]
    if st.session_state.get("step", "kept") not in names:
        st.session_state["step"] = "kept"
    return st.segmented_control(
        "Step", names, format_func=MAP_STEPS.get, default="kept", required=True, key="step", bind="query-params",
        help="What is drawn: all directions (τ = 1), the middle 1 / τ of them (EmbedFilter's bulk), or what the "
        "sidebar keeps. With UMAP, before and the kept directions.",
    )  # fmt: skip


def _pca(view: MapView) -> Pictures:
    steps = view.steps
    different = {kept.indices.tobytes(): kept for kept in steps.values()}
    numbers = {name: list(different).index(kept.indices.tobytes()) for name, kept in steps.items()}
    frame, places = cached.pca_steps(view.live, view.corpus, tuple(different.values()))
    own = {}
    if view.own is not None:
        for name, kept in steps.items():
            own[name] = frame.place(map_points(view.own[None], kept).after, numbers[name])[0]
    return Pictures(
        {name: places[number] for name, number in numbers.items()}, own, tuple(different.values()), frame.explained
    )
