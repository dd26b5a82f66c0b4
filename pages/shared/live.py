"""From what the sidebar says to a loaded backbone and its embeddings, with waits that name what happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.errors import EmbFilterError, InputError
from pages.shared import cached, hosting, say

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.data.datasets import Corpus
    from embfilter_core.spectral.selection import KeptDirections
    from pages.shared.sidebar import View


@dataclass(frozen=True)
class Live:
    """A view made real.

    Attributes:
        backbone: The loaded backbone.
        prompt: The prompt.
        kept: The kept directions.
        corpus: The reference corpus.
        mean: Its mean embedding (d,) for this backbone and prompt, or None where it was not embedded.
        corpus_coefficients: Its coefficients (n, d), centred where centring is on, or None where it was not embedded.
        centre: The mean where centring is on and can be done, else None.
    """

    backbone: Backbone
    prompt: Prompt
    kept: KeptDirections
    corpus: Corpus
    mean: np.ndarray | None
    corpus_coefficients: np.ndarray | None
    centre: np.ndarray | None


def load(view: View) -> Live:
    """Load the backbone of a view, or show one clear error and end the run."""
    try:
        hosting.check_backbone(view.backbone)
        with st.spinner(_waiting_for(view), show_time=True):
            backbone = cached.backbone(view.backbone, view.dtype)
        from embfilter_core.data.datasets import lee_background

        prompt = view.prompt_for(backbone.default_prompt)
        corpus = lee_background()
        mean = cached.corpus_mean(backbone, corpus, prompt)
        scores = cached.paper_scores(backbone) if view.preset == "quiet" else None
        kept = view.kept_directions(backbone.d, backbone.bulk_start, scores)
    except EmbFilterError as problem:
        say.error(problem)
        if view.backbone != BUNDLED.id:
            st.button("Use the bundled backbone", on_click=_choose_bundled, icon=":material/undo:")
        st.stop()
    coefficients = None if mean is None else cached.corpus_coefficients(backbone, corpus, prompt, view.centre)
    return Live(backbone, prompt, kept, corpus, mean, coefficients, mean if view.centre else None)


def embed(live: Live, texts: tuple[str, ...]) -> np.ndarray:
    """Embeddings of the texts on the page, (n, d); remarks about a cut text are shown, a bad text ends the run."""
    try:
        with st.spinner("Embedding the text ...", show_time=True):
            embeddings = cached.embeddings(live.backbone, texts, live.prompt)
        cut = [encoded.cut for encoded in live.backbone.encode(texts, live.prompt)]
    except EmbFilterError as problem:
        say.error(problem)
        st.stop()
    for number, tokens in enumerate(cut, start=1):
        if tokens:
            which = f"Text {number}" if len(texts) > 1 else "The text"
            say.note(f"{which} is long: {tokens:,} tokens were left out, as the prompt's rule for long texts says.")
    return embeddings


def offer_corpus(live: Live, why: str, key: str) -> None:
    """Offer to embed the reference corpus, which takes long and never starts by itself."""
    from embfilter_core.data.corpus_embeddings import embed_corpus, embedding_cost

    cost = embedding_cost(live.backbone, live.corpus, live.prompt)
    st.write(
        f"{why} the {cost.texts} reference documents have to be embedded once with this backbone and prompt: "
        f"{cost.tokens:,} tokens, about {_duration(cost.seconds)} on this machine."
    )
    if not st.button("Embed the reference documents", key=key, icon=":material/play_arrow:"):
        return
    bar = st.progress(0.0, "Embedding the reference documents ...")
    st.button("Cancel", key=f"{key}_cancel", help="Stops after the batch that is running; nothing is kept.")

    def show(done: int, total: int) -> None:
        bar.progress(done / total, f"Embedding the reference documents: {done} of {total}")

    try:
        embed_corpus(live.backbone, live.corpus, live.prompt, show)
    except EmbFilterError as problem:
        say.error(problem)
        st.stop()
    st.rerun()


def checked_texts(text: str, one_a_line: bool = False, most: int = 1) -> tuple[str, ...]:
    """The texts in a text box; where there is none, or more than `most`, one clear error ends the run."""
    texts = tuple(part for part in (text.splitlines() if one_a_line else [text]) if part.replace("\x00", "").strip())
    if not texts:
        problem = InputError("There is no text yet.", "Type one, or choose an example.")
    elif len(texts) > most:
        problem = InputError(f"There are {len(texts)} lines.", f"This page compares at most {most} texts at once.")
    else:
        return texts
    say.error(problem)
    st.stop()


def _choose_bundled() -> None:
    st.session_state["backbone"] = BUNDLED.id


def _waiting_for(view: View) -> str:
    if cached.is_loaded(view.backbone, view.dtype):
        return "Working ..."
    return f"Loading {say.literal(view.backbone)} and the singular directions of its unembedding matrix ..."


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 100 else f"{seconds / 60:.0f} minutes"
