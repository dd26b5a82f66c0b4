"""Opening a session file: all of it is taken over, or nothing."""

from __future__ import annotations

import streamlit as st

from embfilter_core.errors import InputError
from pages.frame import measured_runs
from pages.frame.frequency_reference import OWN
from pages.frame.share import screen, session_file
from pages.frame.state import restore
from pages.frame.visit import choices, files
from pages.frame.visit.texts import TEXTS

KEY, NOTES, PAGE = "session_file", "session_notes", "session_page"


def open_file() -> None:
    """Take over the file in the uploader, and leave what there is to say about it."""
    file = st.session_state[KEY]
    if file is None:
        return
    try:
        session = session_file.read(file.name, file.getvalue())
    except InputError as problem:
        st.session_state[NOTES] = [str(problem)]
        return
    st.session_state[NOTES] = _take_over(session) or ["The session was restored."]


def notes() -> list[str]:
    """Return what there is to say about the file that was opened, until it is dismissed."""
    said: list[str] = st.session_state.get(NOTES, [])
    return said


def forget_notes() -> None:
    """Stop saying it."""
    st.session_state.pop(NOTES, None)


def page_to_open() -> str:
    """Return the name of the page that a file was saved on, once; empty where none was opened."""
    return str(st.session_state.pop(PAGE, ""))


def _take_over(session: session_file.Session) -> list[str]:
    refused = restore(session.controls, session.version)
    if not session.is_whole:
        for key, text in session.visit.texts.items():
            st.session_state[key] = text
        return refused
    for key, box in TEXTS.items():
        st.session_state[key] = session.visit.texts.get(key, box.usual())
    choices.restore(session.visit.choices)
    _restore_files(session)
    for name in (*screen.FINDS, screen.MAP_SELECTION, screen.FOLLOWED_FOR, measured_runs.SHOWN_EARLIER):
        st.session_state.pop(name, None)
    st.session_state.pop(OWN, None)  # made again from what the file has chosen
    st.session_state.update({measured_runs.EARLIER: {}, **session.screen})
    measured_runs.forget_opened()
    if session.run is not None:
        measured_runs.open_run(session.run)
    st.session_state[PAGE] = session.page
    missing = [file.name for given in session.visit.files.values() for file in given if not files.is_here(file)]
    asked = f"Choose again on its page: {', '.join(missing)}." if missing else ""
    return [*refused, *([f"The session was restored. {asked}"] if asked else [])]


def _restore_files(session: session_file.Session) -> None:
    """Take the files of the session, the contents that are here with them; what was made of others is forgotten."""
    contents = dict(files.all_contents())
    for place in list(files.all_files()):
        files.give(place, (), {})
    files.restore(session.visit.files)
    held = {file.sha256 for given in session.visit.files.values() for file in given}
    files.all_contents().update({sha256: content for sha256, content in contents.items() if sha256 in held})
