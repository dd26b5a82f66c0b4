"""What Choose rank measured in a session, for later pages and session files; and what a session file brought of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.frame import page_controls, sidebar_controls
from pages.frame.values import value_of
from pages.frame.visit import files

if TYPE_CHECKING:
    from embfilter_core.data.tasks import Task
    from embfilter_core.figures.quality_curve import Curve
    from embfilter_core.stored.making import Circumstances
    from embfilter_core.stored.record import StoredMeasurement
    from pages.cached.loaded import LoadedView
    from pages.frame.control import Control

EARLIER = "measured_before"
"""What was measured in the session, by its name: the task's id and the curve."""
MOST_EARLIER = 8
SHOWN_EARLIER = "earlier"
"""Key of the list of those that are drawn."""
RUN, OPENED = "measured_run", "opened_run"
NEEDED = {"sweep", "treatments", "forest", "bands"}
"""Parts without which a run is no record."""
RESTS_ON: tuple[Control[Any], ...] = (
    sidebar_controls.BACKBONE,
    sidebar_controls.PROMPT,
    sidebar_controls.TEMPLATE,
    sidebar_controls.POOLING,
    sidebar_controls.LAYER,
    sidebar_controls.CENTRE,
    page_controls.TASK,
    page_controls.LABEL_KIND,
    page_controls.HUB,
    page_controls.MEASURE,
)
"""What a measurement is of: with another value of one of these, it is another measurement."""


@dataclass(frozen=True, eq=False)
class Run:
    """What was measured of a view on labelled data, as far as it is there.

    Attributes:
        key: Of the view, the data and the measure.
        rests_on: What was chosen.
        fingerprint: Of the backbone.
        task: The labelled data.
        circumstances: How it was measured, and what was asked.
        parts: `sweep`, `treatments`, `forest`, `bands` and `clusters`.
    """

    key: tuple[object, ...]
    rests_on: tuple[Any, ...]
    fingerprint: str
    task: Task
    circumstances: Circumstances
    parts: Mapping[str, Any] = field(default_factory=dict)

    def record(self) -> StoredMeasurement:
        """Return the run as a record; all parts but `clusters` have to be there."""
        from embfilter_core.stored.making import Found, assemble

        return assemble(self.task, self.circumstances, Found(**{"clusters": None, **self.parts}))


@dataclass
class _Held:
    """What was measured last in a session; a click reads it here after the run that drew what is clicked."""

    run: Run | None = None


@dataclass(frozen=True, eq=False)
class OpenedRun:
    """A run that a session file brought.

    Attributes:
        record: What was measured.
        fingerprint: Of the backbone that it was measured with.
        rests_on: What was chosen when it was opened.
    """

    record: StoredMeasurement
    fingerprint: str
    rests_on: tuple[Any, ...] = ()


def key_of(loaded: LoadedView, task: Task, measure: str) -> tuple[object, ...]:
    """Return what tells a measurement of a view apart from others."""
    return (*loaded.key, task.id, measure)


def remember(loaded: LoadedView, task: Task, measure: str, asked: tuple[float, int], **parts: object) -> None:
    """Remember parts of what was measured; `asked` are the margin in points and the bytes of a budget."""
    held, key = _held(), key_of(loaded, task, measure)
    known = held.run.parts if held.run is not None and held.run.key == key else {}
    held.run = Run(
        key, _rests_on(), loaded.backbone.fingerprint, task, _circumstances(loaded, task, asked), {**known, **parts}
    )


def latest() -> Run | None:
    """Return what was measured last in this session, where all of it is there."""
    return _whole(_held())


def on_a_click() -> Callable[[], Run | None]:
    """Return what finds, at any later moment, the measurement of what is chosen now; None where it is not all there.

    What a page measures is there only after its sidebar was drawn, and a click is not at a session's side.
    """
    held, chosen = _held(), _rests_on()

    def find() -> Run | None:
        run = _whole(held)
        return run if run is not None and run.rests_on == chosen else None

    return find


def open_run(run: OpenedRun) -> None:
    """Show a run of a session file in place of what would be measured, until something else is chosen."""
    st.session_state[OPENED] = replace(run, rests_on=_rests_on())


def opened() -> OpenedRun | None:
    """Return the run of a session file, while what it rests on is still chosen."""
    run: OpenedRun | None = st.session_state.get(OPENED)
    return run if run is not None and run.rests_on == _rests_on() else None


def forget_opened() -> None:
    """Measure here from now on."""
    st.session_state.pop(OPENED, None)


def earlier() -> dict[str, tuple[str, Curve]]:
    """Return the curves that were measured in this session, by name, each with the id of its task."""
    found: dict[str, tuple[str, Curve]] = st.session_state.setdefault(EARLIER, {})
    return found


@files.when_removed
def _forget(gone: frozenset[str]) -> None:
    st.session_state[EARLIER] = {name: kept for name, kept in earlier().items() if kept[0] not in gone}
    if (run := _held().run) is not None and run.task.id in gone:
        _held().run = None


def _held() -> _Held:
    found: _Held = st.session_state.setdefault(RUN, _Held())
    return found


def _whole(held: _Held) -> Run | None:
    return held.run if held.run is not None and held.run.parts.keys() >= NEEDED else None


def _rests_on() -> tuple[Any, ...]:
    """The values of the controls that a measurement is of, and the files that labelled data are made of."""
    given = sorted((place, *(file.sha256 for file in there)) for place, there in files.all_files().items())
    return (*(value_of(control) for control in RESTS_ON), *given)


def _circumstances(loaded: LoadedView, task: Task, asked: tuple[float, int]) -> Circumstances:
    from embfilter_core.stored.making import Circumstances

    backbone, margin, budget = loaded.backbone, *asked
    centred = "" if loaded.centre is None else ", centred"
    own = task.vectors is not None
    how = "Vectors of one's own." if own else f"Layer {backbone.layer_number(loaded.embedder.layer)}{centred}."
    learnt = "" if loaded.mean is None else loaded.corpus.name
    prompt = "none" if own else loaded.prompt.name
    return Circumstances(
        task.id, task.name, task.source, backbone.name, prompt, backbone.d, learnt, how, margin, budget
    )
