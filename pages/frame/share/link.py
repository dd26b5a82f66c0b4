"""The link that restores a view."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from embfilter_core.stored_backbones.example import read_stored_example
from pages.frame.address_bar import LINK_VERSION, left_out, written
from pages.frame.controls import TEXT
from pages.frame.old_links import VERSION
from pages.frame.values import chosen_values

LONGEST_LINKED_TEXT = 1500


def permalink() -> str:
    """Return a link to this page that restores what is chosen, and the text where it is short enough."""
    pairs = written(chosen_values())
    text = st.session_state[TEXT]
    if len(text) <= LONGEST_LINKED_TEXT and text != read_stored_example().text:
        pairs = {VERSION: [LINK_VERSION], **pairs, TEXT: [text]}
    address = urlsplit(st.context.url or "")
    return urlunsplit((address.scheme, address.netloc, address.path, urlencode(pairs, doseq=True), ""))


def what_it_restores() -> str:
    """Say what the link restores, and what it leaves out."""
    long = [control.name for control in left_out(chosen_values())]
    controls = f"every control but {', '.join(long)}, too long for a link" if long else "every control"
    if len(st.session_state[TEXT]) <= LONGEST_LINKED_TEXT:
        return f"This link restores {controls}, and the text."
    return (
        f"This link restores {controls}, without the text: it is longer than {LONGEST_LINKED_TEXT:,} characters. The "
        "session file holds it."
    )
