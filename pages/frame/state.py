"""What is chosen, in links and session files: read from them, and told to them.

A value in a link that is impossible is replaced by the default, and the page says
so. Texts are not controls: they stay in the session, and a permalink carries them
only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from embfilter_core.backbones.catalogue import catalogue_entry
from embfilter_core.spectral.per_mille import directions_per_mille
from embfilter_core.stored_backbones.example import read_stored_example
from pages.frame import values
from pages.frame.address_bar import LINK_VERSION, choose, is_history_navigation
from pages.frame.control import Control, Named
from pages.frame.controls import CONTROLS, LONGEST_TEXT, NAMES, TEXT
from pages.frame.kept_controls import OLD_BAND
from pages.frame.old_links import BAND as OLD_NAME
from pages.frame.old_links import BAND_POSSIBLE as OLD_POSSIBLE
from pages.frame.old_links import OLD_VERSIONS, VERSION, old_band, translated
from pages.frame.sidebar_controls import BACKBONE, CUSTOM, PRESET, RATIO, START, STOP
from pages.frame.values import value_of

_NOTES = "link_notes"


def read_link() -> list[str]:
    """Take over what the address says, once a session and after Back or Forward.

    Returns:
        A note for each value that was impossible, until they are dismissed.
    """
    if _NOTES not in st.session_state or is_history_navigation():
        _take_over_address()
    st.session_state.setdefault(TEXT, read_stored_example().text)
    notes: list[str] = st.session_state[_NOTES]
    return notes


def forget_notes() -> None:
    """Stop showing the notes about a wrong link."""
    st.session_state[_NOTES] = []


def _take_over_address() -> None:
    version = st.query_params.get(VERSION)
    given = translated({name: st.query_params.get_all(name) for name in st.query_params}, version)
    known = {NAMES[name]: raw for name, raw in given.items() if name in NAMES}
    wrong = {control: raw for control, raw in known.items() if not control.syntax.allows(raw)}
    possible = {control: control.syntax.parse(raw) for control, raw in known.items() if control not in wrong}
    text = st.query_params.get(TEXT, "")
    if text:
        st.session_state[TEXT] = text[:LONGEST_TEXT]
    band_notes = _take_over_band(possible, given)
    values.replace_all(possible)
    notes = [_about_wrong(control, raw) for control, raw in wrong.items()]
    st.session_state[_NOTES] = [*_about_version(version or LINK_VERSION), *notes, *band_notes]


def _take_over_band(possible: dict[Control[Any], Any], given: dict[str, list[str]]) -> list[str]:
    """Let a band count that stands alone or with the preset `custom`; returns a note where an old one is impossible.

    An old band of a backbone that is known is written as directions into `possible`.
    """
    # The address leaves out what is a default, such as a start of 0; no band stops there.
    old, band, alone = old_band(given), STOP in possible, not {PRESET, RATIO} & possible.keys()
    if alone and (band or old):
        possible[PRESET] = CUSTOM
    if possible.get(PRESET) == CUSTOM and old and not band:
        d = _width(possible)
        if d is None:
            st.session_state[OLD_BAND] = old  # turned into directions once their number is known
        else:
            possible[START], possible[STOP] = directions_per_mille(d, *old).bounds or (0, d)
    elif possible.get(PRESET) != CUSTOM or not band:  # the preset decides
        possible.pop(START, None)
        possible.pop(STOP, None)
    if OLD_NAME not in given or old:
        return []
    raw = " and ".join(edge[:60] for edge in given[OLD_NAME][:3])
    return [f"The link asks for {OLD_NAME} = {raw}, which is impossible (possible: {OLD_POSSIBLE})."]


def _width(possible: dict[Control[Any], Any]) -> int | None:
    """The number of directions of the backbone of a link, where the catalogue tells it."""
    entry = catalogue_entry(possible.get(BACKBONE, BACKBONE.default))
    return entry.d if entry else None


def _about_version(version: str) -> list[str]:
    if version in (LINK_VERSION, *OLD_VERSIONS):
        return []
    return [f"This link is of version {version[:20]}, this app reads version {LINK_VERSION}: some of it may be lost."]


def _about_wrong(control: Control[Any], raw: list[str]) -> str:
    shown = " and ".join(value[:60] for value in raw[:3])
    return (
        f"The link asks for {control.key} = {shown}, which is impossible (possible: {control.syntax.possible}). "
        f"{'What the preset keeps' if control in (START, STOP) else _written(control.default)} is used."
    )


def snapshot() -> dict[str, object]:
    """Return the value of every control, defaults included, so that a session file survives a change of defaults.

    A backbone of one's own is called as links call it, by its name and fingerprint where it is loaded.
    """
    return {key: _in_a_file(control) for key, control in CONTROLS.items()}


def _in_a_file(control: Control[Any]) -> object:
    value = value_of(control)
    return next(iter(control.syntax.write(value)), control.default) if isinstance(control, Named) else value


def restore(written: Mapping[str, Any], version: object) -> list[str]:
    """Set controls from a session file, before any widget is drawn; return a note for each value refused."""
    notes, given = list[str](), translated(written, version)
    taken: dict[Control[Any], Any] = {}
    for key, control in CONTROLS.items():
        if key not in given:
            continue
        if given[key] is None and control.default is None:
            taken[control] = None
            continue
        parts = given[key] if isinstance(given[key], list) else [given[key]]
        raw = [str(value).lower() if isinstance(value, bool) else str(value) for value in parts]
        if control.syntax.allows(raw):
            taken[control] = control.syntax.parse(raw)
        else:
            possible = control.syntax.possible
            notes.append(f"The session file's {key} is impossible (possible: {possible}); it is left as it was.")
    st.session_state.pop(OLD_BAND, None)
    band = old_band(given)
    if band:
        st.session_state[OLD_BAND] = band
    elif OLD_NAME in given:
        notes.append(f"The session file's {OLD_NAME} is impossible (possible: {OLD_POSSIBLE}); it is left as it was.")
    choose(taken)
    return notes


def _written(value: object) -> str:
    if value is None:
        return "The last layer"
    return (" and ".join(map(str, value)) or "none") if isinstance(value, (tuple, list)) else str(value)
