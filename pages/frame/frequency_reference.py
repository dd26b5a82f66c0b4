"""The corpus in which tokens are counted: the Lee news, or the one that a visitor brought and asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import InputError
from pages.cached.backbones import token_rates
from pages.frame import messages
from pages.frame.sidebar_controls import COUNTED
from pages.frame.values import value_of

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.data.corpora import Corpus

OWN = "own_corpus"


def remember(corpus: Corpus) -> None:
    """Keep a corpus that the visitor brought, while the session lasts: tokens can be counted in it on every page."""
    st.session_state[OWN] = corpus


def frequency_reference(backbone: Backbone, usual: Corpus) -> Corpus:
    """Return the corpus in which tokens are counted; a note says where it cannot be the visitor's own."""
    if value_of(COUNTED) != "own":
        return usual
    from embfilter_core.lens.token_rates import check_reference

    own: Corpus | None = st.session_state.get(OWN)
    if own is None:
        messages.note(f"Bring a corpus on Similarity or Map to count tokens in it. Until then it is {usual.name}.")
        return usual
    try:
        check_reference(token_rates(backbone, own))
    except InputError as problem:
        messages.note(f"{problem.what} Tokens are counted in {usual.name}.")
        return usual
    return own
