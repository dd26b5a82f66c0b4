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
    from pages.shared.view import View


@dataclass(frozen=True, eq=False)
class Embedder:
    """What turns a text into an embedding.

    Attributes:
        backbone: The loaded backbone.
        prompt: The prompt.
        layer: The layer whose states are pooled, or None for the last.
    """

    backbone: Backbone
    prompt: Prompt
    layer: int | None = None

    @property
    def key(self) -> tuple:
        """What an embedding depends on besides the text, for caches."""
        return self.backbone.fingerprint, self.backbone.dtype, self.prompt, self.layer


@dataclass(frozen=True, eq=False)
class Live:
    """A view made real.

    Attributes:
        embedder: Backbone, prompt and layer.
        kept: The kept directions.
        corpus: The reference corpus.
        mean: Its mean embedding (d,) for this backbone and prompt, or None where it was not embedded.
        corpus_coefficients: Its coefficients (n, d), centred where centring is on, or None where it was not embedded.
        centre: The mean where centring is on and can be done, else None.
    """

    embedder: Embedder
    kept: KeptDirections
    corpus: Corpus
    mean: np.ndarray | None
    corpus_coefficients: np.ndarray | None
    centre: np.ndarray | None

    @property
    def backbone(self) -> Backbone:
        """The loaded backbone."""
        return self.embedder.backbone

    @property
    def prompt(self) -> Prompt:
        """The prompt."""
        return self.embedder.prompt

    @property
    def key(self) -> tuple:
        """What every embedding on the page depends on besides its text, for caches."""
        return *self.embedder.key, self.centre is not None

    def centred(self, embeddings: np.ndarray) -> np.ndarray:
        """Embeddings (n, d), the mean of the reference corpus subtracted where centring is on."""
        return embeddings if self.centre is None else embeddings - self.centre


def load(view: View) -> Live:
    """Load the backbone of a view, or show one clear error and end the run."""
    try:
        hosting.check_backbone(view.backbone)
        with st.spinner(_waiting_for(view), show_time=True):
            backbone = cached.backbone(view.backbone, view.dtype)
        from embfilter_core.data.datasets import lee_background

        embedder = Embedder(backbone, view.prompt_for(backbone.default_prompt), _layer(backbone, view.layer))
        corpus = lee_background()
        mean = cached.corpus_mean(embedder, corpus)
        scores = cached.paper_scores(backbone) if view.kept.preset == "quiet" else None
        kept = view.kept_directions(backbone.d, backbone.bulk_start, scores)
    except EmbFilterError as problem:
        say.error(problem)
        if view.backbone != BUNDLED.id:
            st.button("Use the bundled backbone", on_click=_choose_bundled, icon=":material/undo:")
        st.stop()
    centre = mean if view.centre else None
    return Live(embedder, kept, corpus, mean, cached.corpus_coefficients(embedder, corpus, centre), centre)


def embed(live: Live, texts: tuple[str, ...]) -> np.ndarray:
    """Embeddings of the texts on the page, (n, d); remarks about a cut text are shown, a bad text ends the run."""
    try:
        with st.spinner("Embedding the text ...", show_time=True):
            embeddings = cached.embeddings(live.embedder, texts)
        cut = [encoded.cut for encoded in live.backbone.encode(texts, live.prompt)]
    except EmbFilterError as problem:
        say.error(problem)
        st.stop()
    for number, tokens in enumerate(cut, start=1):
        if tokens:
            which = f"Text {number}" if len(texts) > 1 else "The text"
            say.note(f"{which} is long: {tokens:,} tokens were left out, as the prompt's rule for long texts says.")
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
    say.error(problem)
    st.stop()


def _layer(backbone: Backbone, chosen: int | None) -> int | None:
    """The chosen layer, None where it is the last; raises InputError where there is no such layer."""
    layer = backbone.layer_number(chosen)
    return None if layer == backbone.layer_number(None) else layer


def _choose_bundled() -> None:
    st.session_state["backbone"] = BUNDLED.id


def _waiting_for(view: View) -> str:
    if cached.is_loaded(view.backbone, view.dtype):
        return "Working ..."
    return f"Loading {say.literal(view.backbone)} and the singular directions of its unembedding matrix ..."
