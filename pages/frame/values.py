"""What is chosen: the one place that holds it. Widgets are its faces, links and session files are written from it.

A value stays while the session lasts, whether or not its widget is on the page: of a
widget's own value Streamlit keeps nothing where a run did not draw it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

import streamlit as st

from pages.frame.address import Syntax

Value = TypeVar("Value")
Told = TypeVar("Told", covariant=True)
_CHOSEN, _PAGE, _DRAWN = "chosen", "page", "drawn_controls"
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
    """Let the widget of a control, drawn next, show a value.

    It is told only what it does not show yet: what a widget is told takes the place of
    what is being typed into it. On another page it is another widget, and what the
    session says of its key may still be that of the one before.

    Returns:
        Whether it was told. Where it was not, it is to be drawn with the value as what it begins with: a run that
        drew it first may have been ended by a click before the browser heard of it.
    """
    drawn: set[str] = st.session_state[_DRAWN]
    told = control.key not in drawn or st.session_state.get(control.key, _NOTHING) != shown
    if told:
        st.session_state[control.key] = shown
    drawn.add(control.key)
    return told


def begin_faces(page: str, anew: bool) -> bool:
    """Note which page the widgets are drawn on; `anew` where what they show may be that of another moment.

    Returns:
        Whether they are to be told anew what to show.
    """
    others = anew or st.session_state.get(_PAGE) != page
    if others:
        st.session_state[_PAGE], st.session_state[_DRAWN] = page, set()
    return others
