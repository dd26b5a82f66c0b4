"""The address of the page: read once into what is chosen, and written so that Back, Forward and a reload work.

Streamlit can keep the values of widgets in the address by itself (`bind="query-params"`).
It then forgets those of the pages that are not open, writes one entry of the history for
every widget that a page brings with it, and reads back only what is drawn. So the
address is written here: an action of the visitor makes one entry (`st.query_params`
pushes), and everything else, such as a page switch, of which Streamlit has made the
entry already, only puts the address right (`address_bar.js` replaces).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.frame.old_links import VERSION
from pages.frame.values import Choosable, chosen_values, is_stale

LINK_VERSION = "5"  # older ones are read too, see `old_links`
LONGEST_VALUE = 300
"""Characters of a value in the address, once encoded: what is longer stays in the session and in session files."""
VISIT, VISIT_ID = "visit", "visit_id"
"""Name in the address of the id of what is kept of a visit, and where the session has it; links leave it out."""
_SHOWN = "address_shown"
_mount = st.components.v2.component("address_bar", js=Path(__file__).with_suffix(".js").read_text("utf-8"))


def written(values: Mapping[Choosable[Any], Any]) -> dict[str, list[str]]:
    """Return what stands in the address: the values that differ from the defaults and matter, and then the version."""
    pairs: dict[str, list[str]] = {}
    for control in sorted(values, key=lambda control: control.key):
        if values[control] != control.default and control.matters(values) and not _is_long(control, values):
            pairs[control.name] = control.syntax.write(values[control])
    pairs = {name: parts for name, parts in pairs.items() if parts}
    return {VERSION: [LINK_VERSION], **pairs} if pairs else {}


def left_out(values: Mapping[Choosable[Any], Any]) -> list[Choosable[Any]]:
    """Return the controls whose values are too long for an address."""
    return [control for control in values if control.matters(values) and _is_long(control, values)]


def _is_long(control: Choosable[Any], values: Mapping[Choosable[Any], Any]) -> bool:
    return any(len(quote_plus(part)) > LONGEST_VALUE for part in control.syntax.write(values[control]))


def choose(values: Mapping[Any, Any]) -> None:
    """Set controls by one action of the visitor: one entry of the browser's history, whatever number is set."""
    chosen_values().update(values)
    pairs = _address()
    if pairs != st.session_state.get(_SHOWN):  # `st.query_params` tells what a run was asked with, not what is shown
        st.session_state[_SHOWN] = pairs
        st.query_params.from_dict(pairs)


def take(control: Choosable[Any], then: Callable[[], object] | None = None) -> None:
    """Take over what a visitor chose in the widget of a control; then do what the page wants to be done."""
    if is_stale(control.key):
        return
    choose({control: st.session_state[control.key]})
    if then is not None:
        then()


def put_right() -> None:
    """Let the browser show the address that belongs to this run, without an entry of its history."""
    pairs = st.session_state[_SHOWN] = _address()
    _mount(key="address", data=[urlencode(pairs, doseq=True)])


def _address() -> dict[str, list[str]]:
    visit = st.session_state.get(VISIT_ID)
    return written(chosen_values()) | ({VISIT: [visit]} if visit else {})


def is_history_navigation() -> bool:
    """Whether this run was asked for by Back or Forward: its address is to be read again."""
    run = get_script_run_ctx()
    return run is not None and run.is_history_navigation
