"""What a hosted app leaves with the visitor: texts and choices, in the storage of their browser tab."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.storage.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_CHARACTERS = 2_000_000
"""Of what a browser is asked to hold, which most refuse from about 5 million; the longest texts are left out."""
SESSION, ANSWERED, KEY = "visit_session", "visit_answered", "visit_in_browser"
_mount = st.components.v2.component(KEY, js=Path(__file__).with_suffix(".js").read_text("utf-8"))


def keep(visit: Visit, add: Callable[[Visit], None]) -> None:
    """Let the browser hold a visit; `add` is given what it held when this session began."""

    def answered() -> None:
        st.session_state[ANSWERED] = True
        add(_read(st.session_state[KEY].before))

    if visit:
        st.session_state[ANSWERED] = True  # from now on, an empty visit is one that was emptied
    written = _write(visit) if st.session_state.get(ANSWERED) else None
    session = st.session_state.setdefault(SESSION, secrets.token_hex(8))
    _mount(key=KEY, data=[{"session": session, "visit": written}], on_before_change=answered)


def _write(visit: Visit) -> str:
    """What the browser holds; nothing for an empty visit."""
    written = json.dumps(visit.to_json()) if visit else ""
    if len(written) <= MOST_CHARACTERS or not visit.texts:
        return written
    return _write(visit.without_longest_text())


def _read(said: object) -> Visit:
    """What a browser says that it held: like any other input, it may be anything."""
    try:
        return Visit.from_json(json.loads(said)) if isinstance(said, str) and len(said) <= MOST_CHARACTERS else Visit()
    except (ValueError, RecursionError):
        return Visit()
