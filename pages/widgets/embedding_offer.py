"""Embedding a corpus takes long: it is offered with its cost, and shows how far it is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import EmbFilterError
from pages.cached import corpora
from pages.frame import messages
from pages.widgets.progress_bar import duration

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from pages.cached.loaded import Embedder

REFERENCE = "reference documents"
SHORT_S = 10


def offer(
    embedder: Embedder, corpus: Corpus, why: str, key: str, what: str = REFERENCE, begins_if_short: bool = False
) -> None:
    """Offer to embed a corpus that is not, or not wholly, embedded yet.

    Args:
        embedder: What embeds.
        corpus: The corpus.
        why: Beginning of the sentence, such as `To find neighbours,`.
        key: Key of the button.
        what: What the texts are called.
        begins_if_short: Whether to begin at once where about ten seconds are enough.
    """
    from embfilter_core.embeddings.cost import embedding_cost

    try:
        cost = embedding_cost(embedder.backbone, corpus, embedder.prompt, embedder.layer)
    except EmbFilterError as problem:
        messages.error(problem)
        st.stop()
    there = len(corpus) - cost.texts
    layer = "backbone and prompt" if embedder.layer is None else "backbone, prompt and layer"
    st.write(
        f"{why} {'the' if not there else 'the other'} {cost.texts:,} {what} have to be embedded once with this "
        f"{layer}: about {cost.tokens:,} tokens, about {duration(cost.seconds)} on this machine."
        + (f" {there:,} {'is' if there == 1 else 'are'} there already." if there else "")
    )
    begun, wanted = f"{key}_begun", (corpus.id, *embedder.key)
    at_once = begins_if_short and cost.seconds < SHORT_S and st.session_state.get(begun) != wanted
    if not st.button(f"Embed the {what}", key=key, icon=":material/play_arrow:") and not at_once:
        return
    st.session_state[begun] = wanted  # once: it may be cancelled
    _embed(embedder, corpus, key, what, there)


def require(embedder: Embedder, corpus: Corpus, why: str, key: str) -> None:
    """Unless a chosen corpus is embedded, offer it (or begin at once where that is short) and end the run."""
    if corpora.corpus_embeddings(embedder, corpus) is None:
        offer(embedder, corpus, why, key, "texts", begins_if_short=True)
        st.stop()


def _embed(embedder: Embedder, corpus: Corpus, key: str, what: str, there: int) -> None:
    from embfilter_core.embeddings.corpus_embeddings import embed_corpus

    bar = st.progress(0.0, f"Embedding the {what} ...")
    st.button("Cancel", key=f"{key}_cancel", help="Stops after the batch that is running; what is done is kept.")
    begin = time.monotonic()

    def show(done: int, total: int) -> None:
        bar.progress(done / total, f"Embedding the {what}: {how_far(done, total, there, time.monotonic() - begin)}")

    try:
        embed_corpus(embedder.backbone, corpus, embedder.prompt, show, embedder.layer)
        if corpora.corpus_embeddings(embedder, corpus) is None:
            raise EmbFilterError(
                "The embeddings could not be kept on disk.",
                "Free some space, or name another folder in EMBFILTER_HOME.",
            )
    except EmbFilterError as problem:
        messages.error(problem)
        st.stop()
    st.rerun()


def how_far(done: int, total: int, there: int, seconds: float) -> str:
    """`120 of 300, 14.2 a second, about 13 seconds left`; what was there before does not count as speed."""
    embedded = done - there
    if embedded <= 0 or seconds <= 0:
        return f"{done:,} of {total:,}"
    speed = embedded / seconds
    return f"{done:,} of {total:,}, {speed:.1f} a second, about {duration((total - done) / speed)} left"
