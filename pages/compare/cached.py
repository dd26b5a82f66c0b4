"""What tells a live side apart: found once for a backbone, a prompt, a layer and directions, as a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from embfilter_core.jobs.job import NUMBERS, Task
from pages.cached import backbones, corpora
from pages.cached.keys import KEYS, is_there
from pages.frame.jobs.results import wanted

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.jobs.job import Told
    from embfilter_core.spectral.selection import KeptDirections
    from embfilter_core.stored_backbones.stored_backbone import Findings
    from pages.cached.loaded import Embedder


@st.cache_resource(
    hash_funcs=KEYS, max_entries=16, show_spinner="Reading 100 texts of the corpus ...", validate=is_there
)
def evidence(embedder: Embedder, corpus: Corpus, kept: KeptDirections) -> dict[str, Any] | None:
    """Return the evidence over a corpus, not centred; None where it was not embedded."""
    from embfilter_core.sides.live import live_evidence

    embeddings = corpora.corpus_embeddings(embedder, corpus)
    if embeddings is None:
        return None
    rates = backbones.token_rates(embedder.backbone, corpus)
    return live_evidence(embedder.backbone, embeddings, kept, rates, corpus)


def findings(embedder: Embedder, corpus: Corpus, kept: KeptDirections) -> Findings:
    """Return what tells a side apart, of an embedded corpus.

    Raises:
        NotYet: It is being found.
        EmbFilterError: It cannot be found.
    """

    def work(_: Told) -> Findings:
        from embfilter_core.lens.token_counts import count_tokens
        from embfilter_core.lens.token_rates import token_rates
        from embfilter_core.sides.live import live_findings

        embeddings = corpora.corpus_embeddings(embedder, corpus)
        if embeddings is None:
            raise ValueError("The reference corpus has to be embedded first.")
        counts = count_tokens(embedder.backbone, corpus.texts, corpus.name)
        return live_findings(embedder.backbone, embeddings, corpus.texts, kept, counts, token_rates(counts))

    what = f"Finding where the frequent tokens of {embedder.backbone.name} live"
    key = (*embedder.key, corpus.id, kept.indices.tobytes())
    return wanted(Task("findings", key, what, work, NUMBERS), at_foot=True)
