"""The permalink and the session file: two ways to hand a view to somebody else."""

import json
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from embfilter_core.stored_backbones.example import read_stored_example
from pages.frame import messages
from pages.frame.address_bar import LINK_VERSION, left_out, written
from pages.frame.controls import TEXT
from pages.frame.old_links import VERSION
from pages.frame.state import restore, snapshot
from pages.frame.values import chosen_values

LONGEST_LINKED_TEXT = 1500
LARGEST_SESSION_FILE = 1_000_000


def share_button() -> None:
    """Draw the button that opens the permalink and the session file."""
    with st.popover("Share this view", icon=":material/link:", width="stretch"):
        text, long = st.session_state[TEXT], [control.name for control in left_out(chosen_values())]
        controls = f"every control but {', '.join(long)}, too long for a link" if long else "every control"
        if len(text) <= LONGEST_LINKED_TEXT:
            st.caption(f"This link restores {controls}, and the text.")
        else:
            st.caption(
                f"This link restores {controls}, without the text: it is longer than {LONGEST_LINKED_TEXT:,} "
                "characters. The session file below holds it."
            )
        st.code(permalink(), language=None, wrap_lines=True)
        st.download_button(
            "Save the session file",
            json.dumps(_session(), ensure_ascii=False, indent=1),
            "embedfilter-session.json",
            "application/json",
            on_click="ignore",
            icon=":material/download:",
        )
        st.file_uploader("Open a session file", type="json", key="session_file", on_change=_open_session)
        for text in st.session_state.pop("session_notes", []):
            messages.note(text)


def permalink() -> str:
    """A link to this page that restores what is chosen, and the text where it is short enough."""
    pairs = written(chosen_values())
    text = st.session_state[TEXT]
    if len(text) <= LONGEST_LINKED_TEXT and text != read_stored_example().text:
        pairs = {VERSION: [LINK_VERSION], **pairs, TEXT: [text]}
    address = urlsplit(st.context.url or "")
    return urlunsplit((address.scheme, address.netloc, address.path, urlencode(pairs, doseq=True), ""))


def _session() -> dict:
    return {"kind": "embedfilter-session", "v": LINK_VERSION, **snapshot(), TEXT: st.session_state[TEXT]}


def _open_session() -> None:
    file = st.session_state["session_file"]
    if file is None:
        return
    if file.size > LARGEST_SESSION_FILE:
        notes = [f"{file.name} is larger than {LARGEST_SESSION_FILE:,} bytes and cannot be a session file."]
    else:
        try:
            values = json.loads(file.getvalue().decode("utf-8"))
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, dict) or values.get("kind") != "embedfilter-session":
            notes = [f"{file.name} is not a session file of this app. Nothing was changed."]
        else:
            notes = restore(values) or ["The session was restored."]
    st.session_state["session_notes"] = notes
