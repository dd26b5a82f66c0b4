"""what a text needs sent once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import numpy as np

    from pages.cached.loaded import Live


def brush_data(live: Live, text: str, state: np.ndarray) -> dict:
    """What the band brush needs for a text, whatever band is kept."""
    return _brush_data(live.key, text, live.corpus.id if live.mean is not None else None, live, state)


@st.cache_resource(max_entries=32, show_spinner=False)
def _brush_data(key: tuple, text: str, corpus_id: str | None, _live: Live, _state: np.ndarray) -> dict:
    from embfilter_core.lens.band_preview import preview_neighbours, preview_tokens
    from pages.band_brush.payload import constant_data

    tokens, near, texts = preview_tokens(_live.backbone, _state), None, ()
    if corpus_id is not None:
        query = _live.backbone.spectrum.coefficients(_state[None])[0]
        near = preview_neighbours(query, _live.corpus_coefficients)
        texts = _live.corpus.texts
    return constant_data(_live.backbone.spectrum, tokens, near, texts)
