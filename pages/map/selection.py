"""Which texts are selected on the map: kept while the picture is drawn anew, when the browser forgets them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

if TYPE_CHECKING:
    from pages.map.view import MapView

KEY, TURN = "map_selection", "map_turn"


@dataclass(frozen=True, eq=False)
class Selection:
    """The selected texts.

    Attributes:
        positions: (m,) int64, ascending.
        carried: Those that the figure itself must show: all of them once the picture was drawn anew after the
            selection, none while the browser shows them.
        widget: Key of the chart.
    """

    positions: np.ndarray
    carried: np.ndarray
    widget: str


def restored(view: MapView) -> Selection:
    """Return the selection made on this corpus, on this picture or on the one before it."""
    widget = f"map_plot_{st.session_state.setdefault(TURN, 0)}"
    corpus_id, positions, drawn = st.session_state.get(KEY, ("", (), None))
    if corpus_id != view.corpus.id:
        positions = ()
    if drawn != _drawn(view):
        st.session_state[KEY] = (view.corpus.id, positions, None)
        drawn = None
    nothing, some = np.empty(0, dtype=np.int64), np.array(positions, dtype=np.int64)
    return Selection(some, some if drawn is None else nothing, widget)


def keep(view: MapView, widget: str) -> None:
    """Keep what was just selected in the chart."""
    points = st.session_state[widget].selection.points
    positions = {int(np.ravel(point["customdata"])[0]) for point in points if point.get("customdata") is not None}
    corpus_id, before, drawn = st.session_state.get(KEY, ("", (), None))
    fresh = corpus_id != view.corpus.id or not before  # else the figure shows the one before, and is drawn anew
    st.session_state[KEY] = (view.corpus.id, tuple(sorted(positions)), _drawn(view) if fresh else drawn)


def clear() -> None:
    """Forget the selection; another key makes the browser forget it too."""
    st.session_state.pop(KEY, None)
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _drawn(view: MapView) -> tuple:
    """What the picture depends on besides the selection."""
    return view.loaded.key, view.compared.indices.tobytes(), view.method, view.step, view.colour, view.wanted, view.text
