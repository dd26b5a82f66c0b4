"""What is chosen: read from a link once a session, asked for by any page, kept in links and session files.

A value in a link that is impossible is replaced by the default, and the page says
so. Texts are not controls: they stay in the session, and a permalink carries them
only when it is asked for.
"""

from typing import Any, TypeVar

import streamlit as st

from embfilter_core.overview import EXAMPLE_TEXT
from pages.frame.control import Control
from pages.frame.controls import CONTROLS, LINK_VERSION, LONGEST_TEXT, TEXT
from pages.frame.sidebar_controls import BAND, CUSTOM, PRESET, RATIO

Value = TypeVar("Value")


def value_of(control: Control[Value]) -> Value:
    """Return the current value of a control, whether or not its widget is on this page."""
    if control.key in st.session_state:
        value: Value = st.session_state[control.key]
        return value
    raw = st.query_params.get_all(control.key)
    return control.syntax.parse(raw) if raw and control.syntax.allows(raw) else control.default


def read_link() -> list[str]:
    """Take over what the address says, once a session; return a note for each value that is impossible."""
    if "link_notes" not in st.session_state:
        st.session_state["link_notes"], unusable = _check_link()
        _take_text()
        if _has_bare_band(unusable):
            st.session_state[PRESET.key] = CUSTOM
        elif BAND.key in st.query_params and st.query_params.get(PRESET.key) != CUSTOM:
            unusable.add(BAND.key)  # the preset decides
        for key in unusable:
            del st.query_params[key]
        if unusable:
            st.rerun()  # because a value in the address of a session's first run goes before whatever is set here
    st.session_state.setdefault(TEXT, EXAMPLE_TEXT)
    if TEXT in st.query_params and st.query_params[TEXT] != st.session_state[TEXT]:
        del st.query_params[TEXT]
    notes: list[str] = st.session_state["link_notes"]
    return notes


def forget_notes() -> None:
    """Stop showing the notes about a wrong link."""
    st.session_state["link_notes"] = []


def _has_bare_band(unusable: set[str]) -> bool:
    """Whether the address holds a possible band without the preset that it may come from."""
    given = set(st.query_params)
    return BAND.key in given - unusable and not {PRESET.key, RATIO.key} & given


def _check_link() -> tuple[list[str], set[str]]:
    notes: list[str] = []
    unusable: set[str] = set()
    version = st.query_params.get("v", LINK_VERSION)
    if version != LINK_VERSION:
        notes.append(
            f"This link is of version {version[:20]}, this app reads version {LINK_VERSION}: some of it may be lost."
        )
    for control in CONTROLS.values():
        raw = st.query_params.get_all(control.key)
        if raw and not control.syntax.allows(raw):
            shown = " and ".join(value[:60] for value in raw[:3])
            notes.append(
                f"The link asks for {control.key} = {shown}, which is impossible (possible: "
                f"{control.syntax.possible}). "
                f"{_written(control.default)} is used."
            )
            unusable.add(control.key)
    return notes, unusable


def _take_text() -> None:
    text = st.query_params.get(TEXT, "")
    if text:
        st.session_state[TEXT] = text[:LONGEST_TEXT]


def snapshot() -> dict[str, object]:
    """Return the value of every control, defaults included, so that a link survives a change of defaults."""
    return {key: value_of(control) for key, control in CONTROLS.items()}


def restore(values: dict[str, Any]) -> list[str]:
    """Set controls and text from a session file, before any widget is drawn; return a note for each value refused."""
    notes = []
    for key, control in CONTROLS.items():
        if key not in values:
            continue
        if values[key] is None and control.default is None:
            st.session_state[key] = None
            continue
        written = values[key] if isinstance(values[key], list) else [values[key]]
        raw = [str(value).lower() if isinstance(value, bool) else str(value) for value in written]
        if control.syntax.allows(raw):
            st.session_state[key] = control.syntax.parse(raw)
        else:
            possible = control.syntax.possible
            notes.append(f"The session file's {key} is impossible (possible: {possible}); it is left as it was.")
    if isinstance(values.get(TEXT), str):
        st.session_state[TEXT] = values[TEXT][:LONGEST_TEXT]
    return notes


def _written(value: object) -> str:
    if value is None:
        return "The last layer"
    return (" and ".join(map(str, value)) or "none") if isinstance(value, (tuple, list)) else str(value)
