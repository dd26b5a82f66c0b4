"""The evidence over a corpus as a browser draws it: counts of frequent tokens, one a text and a reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.instrument.data import Json, short
from embfilter_core.instrument.readings import LABELS, label
from embfilter_core.lens.corpus_evidence import CorpusEvidence, lean_sentence
from embfilter_core.number_format import format_share
from embfilter_core.quality.bootstrap import Estimate
from embfilter_core.vocabulary.token_frequency import COUNTED_TOKENS

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.spectral.selection import KeptDirections


def evidence_data(evidence: CorpusEvidence, corpus: Corpus, kept: KeptDirections, awaited: str = "") -> Json:
    """Return the evidence for a selection of directions, with the sentence that its numbers make.

    Args:
        evidence: The evidence.
        corpus: What it was read of.
        kept: The kept directions.
        awaited: What is said in the place of random choices that are still to be read; empty where none are.
    """
    readings: list[Json] = [
        {
            "label": label(name, evidence.centred),
            "counts": np.round(evidence.shares[name] * COUNTED_TOKENS).astype(int).tolist(),
            "told": _told(evidence.mean(name)),
        }
        for name in LABELS
        if name in evidence.shares
    ]
    means = np.array([share.mean() for share in evidence.random]) * COUNTED_TOKENS
    if len(means) or awaited:
        told = f"{means.min():.1f} to {means.max():.1f}, {len(means)} seeds" if len(means) else awaited
        readings.append(
            {
                "label": f"{len(kept)} random directions{', centred' if evidence.centred else ''}",
                "means": means.tolist(),
                "told": told,
            }
        )
    return {
        "top": COUNTED_TOKENS,
        "readings": readings,
        "texts": [short(text) for text in corpus.texts[: evidence.texts]],
        "typical": evidence.typical(),
        "chance": format_share(evidence.chance),
        "sentence": lean_sentence(evidence, corpus.name, kept),
    }


def _told(share: Estimate) -> str:
    return f"{COUNTED_TOKENS * share.value:.1f} ({COUNTED_TOKENS * share.low:.1f} to {COUNTED_TOKENS * share.high:.1f})"
