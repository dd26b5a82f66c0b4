"""What was measured in this session of the bands of a view: the instrument tells it while a band is dragged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.frame import measured_runs
from pages.frame.visit import files

if TYPE_CHECKING:
    from embfilter_core.handout.scores import Scores
    from embfilter_core.spectral.selection import KeptDirections
    from pages.cached.loaded import LoadedView

KEPT_AS = "measured_scores"


@dataclass(frozen=True)
class MeasuredScores:
    """What was measured of a view by one measure on one task.

    Attributes:
        key: Of the view.
        about: Ids of the task and the measure.
        bands: As `measured_bands` of the library gives them, or None where only a decision is known.
        decided: First direction of the band that was decided on and the one after its last, or None.
        name: Of the labelled data.
        where: Where it was measured.
    """

    key: tuple[object, ...]
    about: tuple[str, str]
    bands: dict[str, Any] | None = None
    decided: tuple[int, int] | None = None
    name: str = ""
    where: str = "Measured in the app"


def decide(loaded: LoadedView, about: tuple[str, str], kept: KeptDirections | None) -> None:
    """Remember what was decided on for a view; `about` is as in `MeasuredScores`."""
    st.session_state[KEPT_AS] = replace(_of(loaded, about), decided=None if kept is None else kept.bounds)


def measure(loaded: LoadedView, about: tuple[str, str], bands: dict[str, Any], name: str) -> None:
    """Remember what was measured of the bands of a view on data of a name; `about` is as in `MeasuredScores`."""
    st.session_state[KEPT_AS] = replace(_of(loaded, about), bands=bands, name=name)


def shown(loaded: LoadedView) -> dict[str, Any]:
    """Return what the instrument is told of it; nothing where the view is another than the one measured."""
    known = _known(loaded)
    return {"measured": known and known.bands, "decided": known and known.decided}


def told(loaded: LoadedView) -> Scores | None:
    """Return the same for a page of its own, or None where nothing of the bands is known."""
    known = _known(loaded)
    if known is None or known.bands is None:
        return None
    from embfilter_core.handout.scores import Scores

    where = f"{known.where}: {known.bands['what']}."
    return Scores(known.name, known.bands, known.decided, where)


@files.when_removed
def _forget(gone: frozenset[str]) -> None:
    known: MeasuredScores | None = st.session_state.get(KEPT_AS)
    if known is not None and known.about[0] in gone:
        del st.session_state[KEPT_AS]


def _of(loaded: LoadedView, about: tuple[str, str]) -> MeasuredScores:
    known = _known(loaded)
    return known if known is not None and known.about == about else MeasuredScores(loaded.key, about)


def _known(loaded: LoadedView) -> MeasuredScores | None:
    known: MeasuredScores | None = st.session_state.get(KEPT_AS)
    return known if known is not None and known.key == loaded.key else _opened(loaded)


def _opened(loaded: LoadedView) -> MeasuredScores | None:
    """What a session file brought of the backbone, where the view is still the one of the file."""
    run = measured_runs.opened()
    if run is None or run.fingerprint != loaded.backbone.fingerprint:
        return None
    from embfilter_core.handout.scores import stored_bands

    record = run.record
    where = f"From a session file of {record.date}"
    return MeasuredScores(loaded.key, (record.id, record.sweep.measure), stored_bands(record), None, record.name, where)
