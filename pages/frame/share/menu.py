"""The menu to hand a view to somebody else, the same on every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.frame import measured_runs, messages
from pages.frame.share import opening, page_offer, screen, session_file
from pages.frame.share.command import Given, command_line
from pages.frame.share.link import permalink, what_it_restores
from pages.frame.share.python_lines import python_lines
from pages.frame.share.shown import what_is_shown
from pages.frame.state import snapshot
from pages.frame.visit import keeping

if TYPE_CHECKING:
    from pages.frame.view import View

USE_PAGE = "pages/8_Use_this_filter.py"
LARGEST_MB = session_file.LARGEST // 1_000_000
WAYS = ("Link", "Command", "Python", "Session", "Page")


def draw(page: str, view: View) -> None:
    """Draw the menu of a page: each way to hand it on is a tab."""
    shown = what_is_shown(page, view)
    with st.popover("Share this view", icon=":material/link:", width="stretch"):
        link, command, lines, file, alone = st.tabs(WAYS)
        with link:
            st.caption(what_it_restores())
            st.code(permalink(), language=None, wrap_lines=True)
        with command:
            _draw(command_line(shown))
            st.page_link(USE_PAGE, label="The filter in your own program", icon=":material/output:")
        with lines:
            _draw(python_lines(shown))
        with file:
            _session(page)
        with alone:
            page_offer.keep_place(shown)


def _draw(given: Given) -> None:
    """Draw what can be copied, without the colours of a language: some of them are too pale to be read."""
    if given.said:
        st.caption(messages.literal(given.said))
    if given.copied:
        st.code(given.copied, language=None, wrap_lines=True)


def _session(page: str) -> None:
    """Draw what saves and what opens a session file."""
    visit = keeping.held()
    is_cut = session_file.within_limit(visit).texts != visit.texts
    st.caption(
        "All of the screen: controls, texts, what Choose rank measured, and files by name, which are asked for again."
        + " A pasted text is too long for it and is left out." * is_cut
    )
    st.download_button(
        "Save the session file",
        session_file.writer(page, snapshot(), visit, screen.snapshot(), measured_runs.on_a_click()),
        "embedfilter-session.json",
        "application/json",
        on_click="ignore",
        icon=":material/download:",
    )
    st.file_uploader(
        "Open a session file", type="json", key=opening.KEY, on_change=opening.open_file, max_upload_size=LARGEST_MB
    )
