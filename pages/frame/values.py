"""What is chosen: the one place that holds it. Widgets are its faces, links and session files are written from it.

A value stays while the session lasts, whether or not its widget is on the page: of a
widget's own value Streamlit keeps nothing where a run did not draw it.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Any, Protocol, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

from pages.frame.address import Syntax

Value = TypeVar("Value")
Told = TypeVar("Told", covariant=True)
_CHOSEN, _PAGE, _TOLD, _BEGAN, _PARTS = "chosen", "page", "told_widgets", "run_began", "parts_of_widgets"
REACHES_S = 2.0
"""What a browser was told so long ago has reached it."""
_NOTHING = object()


class Choosable(Protocol[Told]):
    """What of a control is needed here and in the address; `Control` describes it."""

    @property
    def key(self) -> str:
        """Name of its widget."""

    @property
    def name(self) -> str:
        """Name in the address."""

    @property
    def default(self) -> Told:
        """Value where nothing is chosen."""

    @property
    def syntax(self) -> Syntax[Any]:
        """How its value stands in the address."""

    def matters(self, values: Mapping[Any, Any]) -> bool:
        """Whether its value changes anything."""


def chosen_values() -> dict[Choosable[Any], Any]:
    """Return what was chosen in this session, by control; a control that is not there has its default."""
    values: dict[Choosable[Any], Any] = st.session_state.setdefault(_CHOSEN, {})
    return values


def value_of(control: Choosable[Value]) -> Value:
    """Return the current value of a control, whether or not its widget is on this page."""
    value: Value = chosen_values().get(control, control.default)
    return value


def replace_all(values: Mapping[Any, Any]) -> None:
    """Set every control: to its value in `values`, or to its default."""
    st.session_state[_CHOSEN] = dict(values)


def face(control: Choosable[Value], shown: Value) -> bool:
    """Let the widget of a control, drawn next, show a value; returns whether it was told, as `tell` does."""
    return tell(control.key, shown)


def tell(key: str, shown: object) -> bool:
    """Let the widget of a key, drawn next, show a value.

    It is told only what it does not show yet: what a widget is told takes the place of
    what is being typed into it. On another page it is another widget, and what the
    session says of its key may still be that of the one before. What was told just before
    a run began is told again: a click that ends a run drops what the browser was not sent
    yet, and a browser that has not heard of a value sends the one before as a choice.

    Returns:
        Whether it was told. Where it was not, it is to be drawn with the value as what it begins with.
    """
    st.session_state.setdefault(_PARTS, {})[key] = ThreadState.get().fragment_id
    told: dict[str, float] = st.session_state[_TOLD]
    reached = key in told and st.session_state[_BEGAN] - told[key] > REACHES_S
    if reached and st.session_state.get(key, _NOTHING) == shown:
        return False
    st.session_state[key] = shown
    told[key] = monotonic()
    return True


def is_stale(key: str) -> bool:
    """Whether what came from the widget of a key is only what it showed before it was told otherwise.

    A hand that changes a widget asks for a run of the page, or of the part that the
    widget stands in. A part that looks by itself whether its work is done sends what all
    widgets show: where they have not heard yet what they are told, that is nobody's choice.
    """
    run = get_script_run_ctx()
    parts = (run and run.fragment_ids_this_run) or []
    return bool(parts) and st.session_state[_PARTS].get(key) not in parts


def begin_faces(page: str, anew: bool) -> bool:
    """Note which page the widgets are drawn on; `anew` where what they show may be that of another moment.

    Returns:
        Whether they are to be told anew what to show.
    """
    others = anew or st.session_state.get(_PAGE) != page
    st.session_state[_BEGAN] = monotonic()
    if others:
        st.session_state[_PAGE], st.session_state[_TOLD] = page, {}
    return others
