"""Embedding a corpus takes long: it is offered with its cost, and becomes a job that shows how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import EmbFilterError
from embfilter_core.jobs.job import MODEL, Task
from pages.cached import corpora
from pages.frame import hosting, messages
from pages.frame.jobs.results import in_progress, start

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.jobs.job import Told
    from pages.cached.loaded import Embedder

REFERENCE = "reference documents"
SHORT_S = 10


def offer(
    embedder: Embedder, corpus: Corpus, why: str, key: str, what: str = REFERENCE, begins_if_short: bool = False
) -> None:
    """Offer to embed a corpus that is not, or not wholly, embedded yet, or show how far that is.

    Args:
        embedder: What embeds.
        corpus: The corpus.
        why: Beginning of the sentence, such as `To find neighbours,`.
        key: Key of the button.
        what: What the texts are called.
        begins_if_short: Whether to begin at once where about ten seconds are enough.
    """
    from embfilter_core.embeddings.cost import embedding_cost

    task = _task(embedder, corpus, what)
    try:
        if in_progress(*task.id):
            return
    except EmbFilterError as problem:
        messages.error(problem)
    try:
        cost = embedding_cost(embedder.backbone, corpus, embedder.prompt, embedder.layer)
        hosting.check_tokens(cost.tokens)
    except EmbFilterError as problem:
        messages.error(problem)
        st.stop()
    there = len(corpus) - cost.texts
    layer = "backbone and prompt" if embedder.layer is None else "backbone, prompt and layer"
    st.write(
        f"{why} {'the' if not there else 'the other'} {cost.texts:,} {what} have to be embedded once with this "
        f"{layer}: about {cost.tokens:,} tokens, {cost.told}."
        + (f" {there:,} {'is' if there == 1 else 'are'} there already." if there else "")
    )
    begun, wanted = f"{key}_begun", (corpus.id, *embedder.key)
    at_once = begins_if_short and cost.seconds < SHORT_S and st.session_state.get(begun) != wanted
    if not st.button(f"Embed the {what}", key=key, icon=":material/play_arrow:") and not at_once:
        return
    st.session_state[begun] = wanted  # once: it may be cancelled
    try:
        start(task)
    except EmbFilterError as problem:
        messages.error(problem)


def require(embedder: Embedder, corpus: Corpus, why: str, key: str) -> None:
    """Unless a chosen corpus is embedded, offer it (or begin at once where that is short) and end the run."""
    if corpora.corpus_embeddings(embedder, corpus) is None:
        offer(embedder, corpus, why, key, "texts", begins_if_short=True)
        st.stop()


def _task(embedder: Embedder, corpus: Corpus, what: str) -> Task[None]:
    def embed(told: Told) -> None:
        from embfilter_core.embeddings.corpus_embeddings import embed_corpus, missing_texts

        backbone, prompt, layer = embedder.backbone, embedder.prompt, embedder.layer
        embed_corpus(backbone, corpus, prompt, told, layer, told.weigh)
        if missing_texts(backbone, corpus, prompt, layer):
            raise EmbFilterError(
                "The embeddings could not be kept on disk.",
                "Free some space, or name another folder in EMBFILTER_HOME.",
            )

    name = f"Embedding the {what} ({corpus.name})"
    return Task("embedding", (corpus.id, *embedder.key), name, embed, MODEL, steps="texts")
