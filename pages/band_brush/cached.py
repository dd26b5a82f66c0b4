"""what a text needs sent once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import numpy as np

    from pages.cached.loaded import LoadedView


def brush_data(loaded: LoadedView, text: str, state: np.ndarray) -> dict:
    """What the band brush needs for a text, whatever band is kept."""
    return _brush_data(loaded.key, text, loaded.corpus.id if loaded.mean is not None else None, loaded, state)


@st.cache_resource(max_entries=32, show_spinner=False)
def _brush_data(key: tuple, text: str, corpus_id: str | None, _loaded: LoadedView, _state: np.ndarray) -> dict:
    from embfilter_core.lens.band_preview import preview_neighbours, preview_tokens
    from pages.band_brush.payload import constant_data

    tokens, near, texts = preview_tokens(_loaded.backbone, _state), None, ()
    if corpus_id is not None:
        query = _loaded.backbone.spectrum.coefficients(_state[None])[0]
        near = preview_neighbours(query, _loaded.corpus_coefficients)
        texts = _loaded.corpus.texts
    return constant_data(_loaded.backbone.spectrum, tokens, near, texts)
