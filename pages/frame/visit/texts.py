"""The texts that a visit keeps: what visitors typed or pasted into the boxes of the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from embfilter_core.data.corpora import MAX_BYTES
from embfilter_core.stored_backbones.example import read_stored_example
from pages.frame.controls import LONGEST_TEXT, TEXT

CORPUS_TEXT, COUNTS_TEXT, SECOND_TEXT = "corpus_text", "counts_text", "second_text"


@dataclass(frozen=True)
class KeptText:
    """A text: what stands in its box before anybody wrote, and how many characters it may have."""

    usual: Callable[[], str]
    longest: int


def _nothing() -> str:
    return ""


TEXTS = {
    TEXT: KeptText(lambda: read_stored_example().text, LONGEST_TEXT),
    CORPUS_TEXT: KeptText(_nothing, MAX_BYTES),
    COUNTS_TEXT: KeptText(_nothing, 100_000),
    SECOND_TEXT: KeptText(lambda: "Interest rates were cut to support the economy.", 2_000),
}
"""By the key of the box."""


def written() -> dict[str, str]:
    """Return the texts that are others than usual."""
    texts = {key: st.session_state.get(key) for key in TEXTS}
    return {key: text for key, text in texts.items() if text is not None and text != TEXTS[key].usual()}


def restore(texts: Mapping[str, str]) -> None:
    """Write texts into their boxes, before these are drawn."""
    for key in TEXTS.keys() & texts.keys():
        st.session_state[key] = texts[key][: TEXTS[key].longest]


def carry() -> None:
    """Take the texts along to another page: of what a box was told in its first run, Streamlit keeps nothing there."""
    for key in TEXTS:
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]
