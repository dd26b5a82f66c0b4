"""The band brush for one text of a live view: on Home, Logit lens and Spectrum alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embfilter_core.ranking.cosines import cosines
from pages.band_brush import band_brush, cached
from pages.band_brush.payload import TEXTS, TOKENS

if TYPE_CHECKING:
    import numpy as np

    from pages.cached.loaded import LoadedView


def draw(loaded: LoadedView, embedding: np.ndarray, key: str) -> None:
    """Draw the brush for a text's embedding (d,); letting go of it sets the band of the sidebar.

    The lists beside it show the committed band exactly as the rest of the page does.
    """
    from embfilter_core.spectral.embed_filter import EmbedFilter

    state = loaded.centred(embedding)
    lens = loaded.backbone.lens(EmbedFilter(loaded.backbone.spectrum, loaded.kept).project(state[None]), TOKENS)
    tokens = list(zip(lens.texts[0], lens.logits[0].tolist(), strict=True))
    near = []
    if loaded.corpus_coefficients is not None:
        query = loaded.backbone.spectrum.coefficients(state[None])[0]
        similarities = cosines(query, loaded.corpus_coefficients, loaded.kept)
        order = (-similarities).argsort(kind="stable")[:TEXTS]
        near = [(loaded.corpus.texts[i], float(similarities[i])) for i in order]
    constant = cached.brush_data(loaded, state, loaded.corpus if near else None)
    band_brush(constant, loaded.kept, tokens, near, key)
