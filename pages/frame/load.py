"""From what the sidebar says to a loaded backbone and its embeddings, with waits that name what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.errors import EmbFilterError, InputError
from embfilter_core.spectral.presets import need_of
from pages.cached import backbones, corpora
from pages.cached.loaded import Embedder, LoadedView
from pages.frame import hosting, messages
from pages.frame.address_bar import choose
from pages.frame.frequency_reference import frequency_reference
from pages.frame.sidebar_controls import BACKBONE

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from pages.frame.view import View


def load(view: View) -> LoadedView:
    """Load the backbone of a view, or show one clear error and end the run."""
    try:
        hosting.check_backbone(view.backbone)
        with st.spinner(_waiting_for(view), show_time=True):
            backbone = backbones.backbone(view.backbone, view.dtype, view.device)
        from embfilter_core.data.corpora import lee_background

        embedder = Embedder(backbone, view.prompt_for(backbone.default_prompt), _layer(backbone, view.layer))
        corpus = lee_background()
        mean = corpora.corpus_mean(embedder, corpus)
        scores = backbones.frequent_token_scores(backbone) if need_of(view.kept.preset) == "scores" else None
        kept = view.kept_directions(backbone.d, backbone.bulk_start, scores)
    except EmbFilterError as problem:
        messages.error(problem)
        if view.backbone != BUNDLED.id:
            st.button("Use the bundled backbone", on_click=_choose_bundled, icon=":material/undo:")
        st.stop()
    if view.kept.d is None:
        st.rerun()  # the sidebar was drawn before the number of directions was known
    centre, counted = mean if view.centre else None, frequency_reference(backbone, corpus)
    coefficients = corpora.corpus_coefficients(embedder, corpus, centre)
    return LoadedView(embedder, kept, corpus, counted, mean, coefficients, centre)


def embed(loaded: LoadedView, texts: tuple[str, ...]) -> np.ndarray:
    """Embeddings of the texts on the page, (n, d); remarks about a cut text are shown, a bad text ends the run."""
    try:
        with st.spinner("Embedding the text ...", show_time=True):
            embeddings = corpora.embeddings(loaded.embedder, texts)
        cut = [encoded.truncated_tokens for encoded in loaded.backbone.encode(texts, loaded.prompt)]
    except EmbFilterError as problem:
        messages.error(problem)
        st.stop()
    for number, tokens in enumerate(cut, start=1):
        if tokens:
            which = f"Text {number}" if len(texts) > 1 else "The text"
            messages.note(
                f"{which} is long: {tokens:,} tokens were left out, as the prompt's rule for long texts says."
            )
    return embeddings


def checked_texts(text: str, one_a_line: bool = False, most: int = 1) -> tuple[str, ...]:
    """The texts in a text box; where there is none, or more than `most`, one clear error ends the run."""
    texts = tuple(part for part in (text.splitlines() if one_a_line else [text]) if part.replace("\x00", "").strip())
    if not texts:
        problem = InputError("There is no text yet.", "Type one, or choose an example.")
    elif len(texts) > most:
        problem = InputError(f"There are {len(texts)} lines.", f"This page compares at most {most} texts at once.")
    else:
        return texts
    messages.error(problem)
    st.stop()


def _layer(backbone: Backbone, chosen: int | None) -> int | None:
    """The chosen layer, None where it is the last; raises InputError where there is no such layer."""
    layer = backbone.layer_number(chosen)
    return None if layer == backbone.layer_number(None) else layer


def _choose_bundled() -> None:
    choose({BACKBONE: BUNDLED.id})


def _waiting_for(view: View) -> str:
    if backbones.is_loaded(view.backbone, view.dtype, view.device):
        return "Working ..."
    return f"Loading {messages.literal(view.backbone)} and the singular directions of its unembedding matrix ..."
