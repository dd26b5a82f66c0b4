"""What a text needs sent once, whatever band is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.cached.keys import KEYS

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.data.corpora import Corpus
    from pages.cached.loaded import LoadedView


@st.cache_resource(hash_funcs=KEYS, max_entries=32, show_spinner=False)
def brush_data(loaded: LoadedView, state: np.ndarray, corpus: Corpus | None) -> dict[str, Any]:
    """Return what the band brush needs for a text, whatever band is kept.

    Args:
        loaded: The view.
        state: The text's embedding (d,), centred where centring is on.
        corpus: The reference corpus where it is embedded, else None.
    """
    from embfilter_core.lens.band_preview import preview_neighbours, preview_tokens
    from pages.band_brush.payload import constant_data

    spectrum, tokens = loaded.backbone.spectrum, preview_tokens(loaded.backbone, state)
    if corpus is None or loaded.corpus_coefficients is None:
        return constant_data(spectrum, tokens, None, ())
    near = preview_neighbours(spectrum.coefficients(state[None])[0], loaded.corpus_coefficients)
    return constant_data(spectrum, tokens, near, corpus.texts)
