"""The corpus in which tokens are counted: the Lee news, or the one that a visitor brought and asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import InputError
from pages.cached import uploads
from pages.cached.backbones import token_rates
from pages.frame import messages
from pages.frame.sidebar_controls import COUNTED
from pages.frame.values import value_of
from pages.frame.visit import choices, files
from pages.frame.visit.texts import CORPUS_TEXT

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.data.corpora import Corpus

OWN = "own_corpus"
SOURCE = "source"


def remember(corpus: Corpus, made_of: Mapping[str, str]) -> None:
    """Keep a corpus that the visitor brought: tokens can be counted in it on every page, also after a reload.

    Args:
        corpus: The corpus.
        made_of: Its `source` among the choices of a corpus, and what it takes to make it again from a file.
    """
    st.session_state[OWN] = corpus
    if choices.all_choices().get(OWN) != made_of:
        choices.forget(OWN)
        for role, value in made_of.items():
            choices.choose(OWN, role, value)


def forget(source: str) -> None:
    """Forget the corpus where it came from a source that has none now."""
    if choices.chosen(OWN, SOURCE) == source:
        choices.forget(OWN)
        st.session_state.pop(OWN, None)


def frequency_reference(backbone: Backbone, usual: Corpus) -> Corpus:
    """Return the corpus in which tokens are counted; a note says where it cannot be the visitor's own."""
    if value_of(COUNTED) != "own":
        return usual
    if st.session_state.get(OWN) is None:
        st.session_state[OWN] = _make_again()
    own: Corpus | None = st.session_state[OWN]
    if own is None:
        messages.note(f"Bring a corpus on Similarity or Map to count tokens in it. Until then it is {usual.name}.")
        return usual
    from embfilter_core.lens.token_rates import check_reference

    try:
        check_reference(token_rates(backbone, own))
    except InputError as problem:
        messages.note(f"{problem.what} Tokens are counted in {usual.name}.")
        return usual
    return own


def _make_again() -> Corpus | None:
    """The corpus that a session before this one remembered; None where it takes more than what a visit keeps."""
    from embfilter_core.data.corpora import pasted

    made_of = choices.all_choices().get(OWN, {})
    try:
        if made_of.get(SOURCE) == "pasted":
            return pasted(st.session_state.get(CORPUS_TEXT, ""))
        return _of_file(made_of) if made_of.get(SOURCE) == "upload" else None
    except InputError as problem:
        messages.note(f"Your corpus cannot be read again: {problem}")
        return None


def _of_file(made_of: Mapping[str, str]) -> Corpus | None:
    from embfilter_core.data.tables.corpus_table import corpus_from_table

    file = next((file for file in files.all_files().get(files.CORPUS, ()) if file.sha256 == made_of["file"]), None)
    if file is None or not files.is_here(file):
        return None
    how = (made_of.get(role) for role in ("delimiter", "encoding", "sheet"))
    table = uploads.uploaded_table(files.upload_of(file), *how)
    return corpus_from_table(table.frame, made_of["texts"], file.name, made_of.get("labels"), made_of.get("ids"))
