"""What is chosen: read from a link once a session, asked for by any page, kept in links and session files.

A value in a link that is impossible is replaced by the default, and the page says
so. Texts are not controls: they stay in the session, and a permalink carries them
only when it is asked for.
"""

from typing import Any, TypeVar

import streamlit as st

from embfilter_core.backbones.catalogue import catalogue_entry
from embfilter_core.instrument.stored import read_stored_example
from embfilter_core.spectral.per_mille import directions_per_mille
from pages.frame.control import Control
from pages.frame.controls import CONTROLS, LINK_VERSION, LONGEST_TEXT, TEXT
from pages.frame.kept_controls import OLD_BAND
from pages.frame.old_links import BAND as OLD_NAME
from pages.frame.old_links import BAND_POSSIBLE as OLD_POSSIBLE
from pages.frame.old_links import OLD_VERSIONS, VERSION, old_band, translated
from pages.frame.sidebar_controls import BACKBONE, CUSTOM, PRESET, RATIO, START, STOP

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
        _take_over_address()
    st.session_state.setdefault(TEXT, read_stored_example().text)
    if TEXT in st.query_params and st.query_params[TEXT] != st.session_state[TEXT]:
        del st.query_params[TEXT]
    notes: list[str] = st.session_state["link_notes"]
    return notes


def forget_notes() -> None:
    """Stop showing the notes about a wrong link."""
    st.session_state["link_notes"] = []


def _take_over_address() -> None:
    written = {name: st.query_params.get_all(name) for name in st.query_params}
    given = translated(written, st.query_params.get(VERSION))
    wrong = {key for key, raw in given.items() if key in CONTROLS and not CONTROLS[key].syntax.allows(raw)}
    st.session_state["link_notes"] = [
        *_about_version(),
        *(_about_wrong(key, given[key]) for key in given if key in wrong),
    ]
    _take_text()
    possible = {key: raw for key, raw in given.items() if key not in wrong}
    for name in _take_over_band(possible):
        possible.pop(name, None)
    for name in written.keys() - possible.keys():
        del st.query_params[name]
    renewed = {key: raw for key, raw in possible.items() if raw != written.get(key)}
    st.query_params.update(renewed)
    if renewed or written.keys() - possible.keys():
        st.rerun()  # because a value in the address of a session's first run goes before whatever is set here


def _take_over_band(given: dict[str, list[str]]) -> set[str]:
    """Let a band count that stands alone or with the preset `custom`; returns what of it has to leave the address.

    An old band of a backbone that is known is written as directions into `given`.
    """
    # The address leaves out what is a default, such as a start of 0; no band stops there.
    edges, old = {START.key, STOP.key}, old_band(given)
    band, alone = STOP.key in given, not {PRESET.key, RATIO.key} & given.keys()
    if (band or old) and alone:
        st.session_state[PRESET.key] = CUSTOM
    if OLD_NAME in given and not old:
        raw, notes = " and ".join(edge[:60] for edge in given[OLD_NAME][:3]), st.session_state["link_notes"]
        notes.append(f"The link asks for {OLD_NAME} = {raw}, which is impossible (possible: {OLD_POSSIBLE}).")
    if not (alone or given.get(PRESET.key) == [CUSTOM]):
        return {*edges, OLD_NAME}  # the preset decides
    if old and not band:
        d = _width(given)
        if d is None:
            st.session_state[OLD_BAND] = old  # turned into directions once their number is known
        else:
            start, stop = directions_per_mille(d, *old).bounds or (0, d)
            given.update({START.key: [str(start)], STOP.key: [str(stop)]})
            return {OLD_NAME}
    return {OLD_NAME} if band else {*edges, OLD_NAME}


def _width(given: dict[str, list[str]]) -> int | None:
    """The number of directions of the backbone of a link, where the catalogue tells it."""
    entry = catalogue_entry(given.get(BACKBONE.key, [BACKBONE.default])[0])
    return entry.d if entry else None


def _about_version() -> list[str]:
    version = st.query_params.get(VERSION, LINK_VERSION)
    if version in (LINK_VERSION, *OLD_VERSIONS):
        return []
    return [f"This link is of version {version[:20]}, this app reads version {LINK_VERSION}: some of it may be lost."]


def _about_wrong(key: str, raw: list[str]) -> str:
    shown, control = " and ".join(value[:60] for value in raw[:3]), CONTROLS[key]
    return (
        f"The link asks for {key} = {shown}, which is impossible (possible: {control.syntax.possible}). "
        f"{'What the preset keeps' if control in (START, STOP) else _written(control.default)} is used."
    )


def _take_text() -> None:
    text = st.query_params.get(TEXT, "")
    if text:
        st.session_state[TEXT] = text[:LONGEST_TEXT]


def snapshot() -> dict[str, object]:
    """Return the value of every control, defaults included, so that a link survives a change of defaults."""
    return {key: value_of(control) for key, control in CONTROLS.items()}


def restore(values: dict[str, Any]) -> list[str]:
    """Set controls and text from a session file, before any widget is drawn; return a note for each value refused."""
    notes, values = [], translated(values, values.get(VERSION))
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
    band = old_band(values)
    if band:
        st.session_state[OLD_BAND] = band
    elif OLD_NAME in values:
        notes.append(f"The session file's {OLD_NAME} is impossible (possible: {OLD_POSSIBLE}); it is left as it was.")
    return notes


def _written(value: object) -> str:
    if value is None:
        return "The last layer"
    return (" and ".join(map(str, value)) or "none") if isinstance(value, (tuple, list)) else str(value)
