"""Sentences on a page that hold texts which are not ours: shown to the letter, never as markup."""

import re

import streamlit as st

from embfilter_core.errors import EmbFilterError

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# The beginnings of what no escape keeps from becoming a picture (`:smile:`) or a link (an address as it stands).
_UNESCAPABLE = re.compile(r":(?=[\w+\-/]+:)|:(?=//)|\bwww(?=\.)|\S(?=@)", re.IGNORECASE)
_WORD_JOINER = "\u2060"  # invisible; breaks such a beginning


def literal(text: str) -> str:
    """Markdown that shows a text to the letter."""
    joined = _UNESCAPABLE.sub(rf"\g<0>{_WORD_JOINER}", text)
    return _PUNCTUATION.sub(r"\\\1", " ".join(joined.split()))


def error(problem: EmbFilterError) -> None:
    """Show what was wrong and what to do."""
    st.error(literal(str(problem)), icon=":material/error:")


def notes(texts: list[str]) -> None:
    """Show several remarks in one box."""
    st.info("  \n".join(literal(text) for text in texts), icon=":material/info:")


def note(text: str) -> None:
    """Show a remark about the view."""
    notes([text])
