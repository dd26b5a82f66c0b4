"""What the instrument needs sent once for a text, whatever directions are kept."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.cached.backbones import token_rates
from pages.cached.keys import KEYS

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.data.corpora import Corpus
    from pages.cached.loaded import LoadedView

_one_at_a_time = Lock()
"""Previewing one text keeps all cores busy: of several at once, each would wait for all of them."""


@st.cache_resource(hash_funcs=KEYS, max_entries=4, show_spinner=False)
def backbone_data(backbone: Backbone) -> dict[str, Any]:
    """Return what the instrument shows of a backbone."""
    from embfilter_core.instrument.data import backbone_data as make

    return make(backbone)


@st.cache_resource(hash_funcs=KEYS, max_entries=64, show_spinner=False)
def text_data(loaded: LoadedView, state: np.ndarray, corpus: Corpus | None, counted: Corpus) -> dict[str, Any]:
    """Return what the instrument shows of a backbone and a text.

    Args:
        loaded: The view.
        state: The text's embedding (d,), centred where centring is on.
        corpus: The reference corpus where it is embedded, else None.
        counted: The corpus in which tokens are counted.
    """
    from embfilter_core.instrument.data import identified
    from embfilter_core.instrument.data import text_data as make

    rates = token_rates(loaded.backbone, counted)
    reference = None if corpus is None else loaded.reference
    same = backbone_data(loaded.backbone)
    with _one_at_a_time:
        return identified(same, make(loaded.backbone, state, rates, reference))
