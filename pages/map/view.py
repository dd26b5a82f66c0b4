"""What the controls of the Map page ask for, and the pictures that answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from embfilter_core.maps.projection import Picture
from embfilter_core.maps.steps import filter_steps, find_texts, neighbours_of
from pages.map import cached

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.data.corpora import Corpus
    from embfilter_core.maps.measures import NeighbourChange, Summary
    from embfilter_core.spectral.selection import KeptDirections
    from pages.cached.loaded import LoadedView


@dataclass(frozen=True, eq=False)
class MapView:
    """What the controls of the page ask for.

    Attributes:
        loaded: The view.
        corpus: The embedded corpus.
        text: One's own text.
        own: Its coefficients (d,), or None where there is no text.
        method: One of the choices of `METHOD`.
        step: The step that is drawn, one of the choices of `STEP`.
        colour: What the colours mean, one of the choices of `COLOUR`.
        wanted: What is looked for in the texts.
    """

    loaded: LoadedView
    corpus: Corpus
    text: str
    own: np.ndarray | None
    method: str
    step: str
    colour: str
    wanted: str

    @property
    def steps(self) -> dict[str, KeptDirections]:
        """What each step keeps."""
        return filter_steps(self.loaded.backbone.d, self.loaded.backbone.bulk_start, self.loaded.kept)

    @property
    def filtered(self) -> str:
        """The step that `unfiltered` is compared with: the one that is drawn, or the kept directions."""
        return "kept" if self.step == "unfiltered" else self.step

    @property
    def compared(self) -> KeptDirections:
        """What that step keeps."""
        return self.steps[self.filtered]

    @property
    def k(self) -> int:
        """Number of neighbours."""
        return neighbours_of(len(self.corpus))

    @property
    def found(self) -> np.ndarray:
        """Positions of the texts that hold what is looked for."""
        return find_texts(self.corpus.texts, self.wanted)

    @property
    def measured(self) -> tuple[NeighbourChange, Summary]:
        """What happens to the neighbours."""
        return cached.neighbour_change(self.loaded, self.corpus, self.corpus.labels, self.compared, self.k)


@dataclass(frozen=True, eq=False)
class Pictures:
    """The steps of a method in one frame.

    Attributes:
        places: (n, 2) of every step that there is, by its name.
        own: Where one's own text lies, (2,), by step; empty where it is not on the map.
        explained: (2,) share of the variance along the axes, or None for UMAP.
    """

    places: dict[str, np.ndarray]
    own: dict[str, np.ndarray]
    explained: np.ndarray | None = None

    def sides(self, view: MapView) -> Picture:
        """Unfiltered and filtered, as they are compared."""
        return Picture(self.places["unfiltered"], self.places[view.filtered], view.method)
