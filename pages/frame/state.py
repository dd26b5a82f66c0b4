"""What is chosen: read from a link once a session, asked for by any page, kept in links and session files.

A value in a link that is impossible is replaced by the default, and the page says
so. Texts are not controls: they stay in the session, and a permalink carries them
only when it is asked for.
"""

import streamlit as st

from embfilter_core.overview import EXAMPLE_TEXT
from pages.frame.controls import CONTROLS, CUSTOM, LINK_VERSION, LONGEST_TEXT, TEXT


def value_of(key: str) -> object:
    """The current value of a control, whether or not its widget is on this page."""
    if key in st.session_state:
        return st.session_state[key]
    raw = st.query_params.get_all(key)
    control = CONTROLS[key]
    if not raw or not control.allows(raw):
        return control.default
    return _parse(raw, control.default)


def _parse(raw: list[str], default: object) -> object:
    if isinstance(default, tuple):
        return tuple(map(int, raw))
    if isinstance(default, list):
        return list(raw)
    if isinstance(default, bool):
        return raw[0] == "true"
    return int(raw[0]) if default is None or isinstance(default, int) else raw[0]


def read_link() -> list[str]:
    """Take over what the address says, once a session; returns a note for each value that is impossible."""
    if "link_notes" not in st.session_state:
        st.session_state["link_notes"], unusable = _check_link()
        _take_text()
        if _has_bare_band(unusable):
            st.session_state["preset"] = CUSTOM
        elif "band" in st.query_params and st.query_params.get("preset") != CUSTOM:
            unusable.add("band")  # the preset decides
        for key in unusable:
            del st.query_params[key]
        if unusable:
            st.rerun()  # because a value in the address of a session's first run goes before whatever is set here
    st.session_state.setdefault(TEXT, EXAMPLE_TEXT)
    if TEXT in st.query_params and st.query_params[TEXT] != st.session_state[TEXT]:
        del st.query_params[TEXT]
    return st.session_state["link_notes"]


def forget_notes() -> None:
    """Stop showing the notes about a wrong link."""
    st.session_state["link_notes"] = []


def _has_bare_band(unusable: set[str]) -> bool:
    """Whether the address holds a possible band without the preset that it may come from."""
    return "band" in st.query_params and not {"preset", "ratio"} & set(st.query_params) and "band" not in unusable


def _check_link() -> tuple[list[str], set[str]]:
    notes, unusable = [], set()
    version = st.query_params.get("v", LINK_VERSION)
    if version != LINK_VERSION:
        notes.append(
            f"This link is of version {version[:20]}, this app reads version {LINK_VERSION}: some of it may be lost."
        )
    for control in CONTROLS.values():
        raw = st.query_params.get_all(control.key)
        if raw and not control.allows(raw):
            shown = " and ".join(value[:60] for value in raw[:3])
            notes.append(
                f"The link asks for {control.key} = {shown}, which is impossible (possible: {control.choices}). "
                f"{_written(control.default)} is used."
            )
            unusable.add(control.key)
    return notes, unusable


def _take_text() -> None:
    text = st.query_params.get(TEXT, "")
    if text:
        st.session_state[TEXT] = text[:LONGEST_TEXT]


def snapshot() -> dict[str, object]:
    """The value of every control, defaults included, so that a link survives a change of defaults."""
    return {key: value_of(key) for key in CONTROLS}


def restore(values: dict[str, object]) -> list[str]:
    """Set controls and text from a session file, before any widget is drawn; returns a note for each value refused."""
    notes = []
    for key, control in CONTROLS.items():
        if key not in values:
            continue
        if values[key] is None and control.default is None:
            st.session_state[key] = None
            continue
        written = values[key] if isinstance(values[key], list) else [values[key]]
        raw = [str(value).lower() if isinstance(value, bool) else str(value) for value in written]
        if control.allows(raw):
            st.session_state[key] = _parse(raw, control.default)
        else:
            notes.append(f"The session file's {key} is impossible (possible: {control.choices}); it is left as it was.")
    if isinstance(values.get(TEXT), str):
        st.session_state[TEXT] = values[TEXT][:LONGEST_TEXT]
    return notes


def _written(value: object) -> str:
    if value is None:
        return "The last layer"
    return (" and ".join(map(str, value)) or "none") if isinstance(value, (tuple, list)) else str(value)
