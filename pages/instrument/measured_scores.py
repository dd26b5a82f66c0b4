"""What was measured in this session of the bands of a view: the instrument tells it while a band is dragged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from embfilter_core.spectral.selection import KeptDirections
    from pages.cached.loaded import LoadedView

KEPT_AS = "measured_scores"


@dataclass(frozen=True)
class MeasuredScores:
    """What was measured of a view.

    Attributes:
        key: Of the view.
        bands: As `measured_bands` of the library gives them, or None where only a decision is known.
        decided: First direction of the band that was decided on and the one after its last, or None.
    """

    key: tuple[object, ...]
    bands: dict[str, Any] | None = None
    decided: tuple[int, int] | None = None


def decide(loaded: LoadedView, kept: KeptDirections | None) -> None:
    """Remember what was decided on for a view."""
    st.session_state[KEPT_AS] = replace(_of(loaded), decided=None if kept is None else kept.bounds)


def measure(loaded: LoadedView, bands: dict[str, Any]) -> None:
    """Remember what was measured of the bands of a view."""
    st.session_state[KEPT_AS] = replace(_of(loaded), bands=bands)


def shown(loaded: LoadedView) -> dict[str, Any]:
    """Return what the instrument is told of it; nothing where the view is another than the one measured."""
    known = _of(loaded)
    return {"measured": known.bands, "decided": known.decided}


def _of(loaded: LoadedView) -> MeasuredScores:
    known: MeasuredScores | None = st.session_state.get(KEPT_AS)
    return known if known is not None and known.key == loaded.key else MeasuredScores(loaded.key)
