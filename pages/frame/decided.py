"""What Choose rank answered last in a session, for the page that hands the filter on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages.frame import measured_runs
from pages.frame.sidebar_controls import BACKBONE
from pages.frame.values import value_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.stored.record import StoredMeasurement
    from pages.cached.loaded import LoadedView

KEPT_AS = "decided"


@dataclass(frozen=True, eq=False)
class Decided:
    """An answer that says what to keep.

    Attributes:
        goal: Id of the goal.
        data: What was measured, in a few words.
        sentences: The answer first.
        band: First direction that it keeps, and the one after its last.
        centred: Whether the mean is subtracted first.
        precision: Id of how an index stores it.
        backbone: What was chosen as the backbone.
        prompt: The prompt, or its id.
        layer: The layer, or None for the last.
        dtype: Of the backbone.
        stored: It comes with the app.
        record: What was measured, or None where that is still to be found by `run_key`.
        run_key: Of the run of this session, or None.
    """

    goal: str
    data: str
    sentences: tuple[str, ...]
    band: tuple[int, int]
    centred: bool
    precision: str
    backbone: str
    prompt: Prompt | str
    layer: int | None = None
    dtype: str = "float32"
    stored: bool = False
    record: StoredMeasurement | None = None
    run_key: tuple[object, ...] | None = None

    def is_about(self, loaded: LoadedView) -> bool:
        """Whether it was measured of the backbone, in its precision, of the prompt and the layer of a view."""
        prompt = loaded.prompt
        same = self.prompt in (prompt.id, prompt.name) if isinstance(self.prompt, str) else self.prompt == prompt
        backbone = self.backbone, self.dtype, self.layer
        return same and backbone == (value_of(BACKBONE), loaded.backbone.dtype, loaded.embedder.layer)

    def says(self, loaded: LoadedView) -> bool:
        """Whether a view keeps what it says, centred as it says."""
        return self.band == loaded.kept.bounds and self.centred == (loaded.centre is not None)

    def measured(self) -> Callable[[], StoredMeasurement] | None:
        """Return what makes a record of what was measured, anywhere; None where not all of it is known."""
        record, run = self.record, measured_runs.latest()
        if record is not None:
            return lambda: record
        return run.record if run is not None and run.key == self.run_key else None


def remember(decided: Decided | None) -> None:
    """Remember an answer in place of the one before; None where there is none, or it keeps no band."""
    if decided is None:
        st.session_state.pop(KEPT_AS, None)
    else:
        st.session_state[KEPT_AS] = decided


def latest(loaded: LoadedView) -> Decided | None:
    """Return the answer about the backbone, prompt and layer of a view, whatever the view keeps; None without one."""
    found: Decided | None = st.session_state.get(KEPT_AS)
    return found if found is not None and found.is_about(loaded) else None
