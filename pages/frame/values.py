"""What is chosen: the one place that holds it. Widgets are its faces, links and session files are written from it.

A value stays while the session lasts, whether or not its widget is on the page: of a
widget's own value Streamlit keeps nothing where a run did not draw it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

if TYPE_CHECKING:
    from pages.frame.control import Control

Value = TypeVar("Value")
_CHOSEN, _PAGE, _DRAWN = "chosen", "page", "drawn_controls"
_NOTHING = object()


def chosen_values() -> dict[Control[Any], Any]:
    """Return what was chosen in this session, by control; a control that is not there has its default."""
    values: dict[Control[Any], Any] = st.session_state.setdefault(_CHOSEN, {})
    return values


def value_of(control: Control[Value]) -> Value:
    """Return the current value of a control, whether or not its widget is on this page."""
    value: Value = chosen_values().get(control, control.default)
    return value


def choose(values: Mapping[Control[Any], Any]) -> None:
    """Set controls by one action of the visitor: one entry of the browser's history, whatever number is set."""
    from pages.frame.address_bar import push  # which writes the controls, that are drawn by means of this module

    chosen_values().update(values)
    push()


def replace_all(values: Mapping[Control[Any], Any]) -> None:
    """Set every control: to its value in `values`, or to its default."""
    st.session_state[_CHOSEN] = dict(values)


def face(control: Control[Value], shown: Value) -> None:
    """Let the widget of a control, drawn next, show a value.

    It is told only what it does not show yet: what a widget is told takes the place of
    what is being typed into it. On another page it is another widget, and what the
    session says of its key may still be that of the one before.
    """
    drawn: set[str] = st.session_state[_DRAWN]
    if control.key not in drawn or st.session_state.get(control.key, _NOTHING) != shown:
        st.session_state[control.key] = shown
    drawn.add(control.key)


def begin_faces(page: str, anew: bool) -> None:
    """Note which page the widgets are drawn on; `anew` where what they show may be that of another moment."""
    if anew or st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE], st.session_state[_DRAWN] = page, set()


def take(control: Control[Any], then: Callable[[], object] | None = None) -> None:
    """Take over what a visitor chose in the widget of a control; then do what the page wants to be done."""
    choose({control: st.session_state[control.key]})
    if then is not None:
        then()
