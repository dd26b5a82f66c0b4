"""What a side that is computed now needs: a loaded backbone and an embedded corpus; no model is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embfilter_core.instrument.evidence import evidence_data
from embfilter_core.lens.corpus_evidence import TEXTS, corpus_evidence
from embfilter_core.stored_backbones.finding import find, own_counts, readings_of, spectroscopy

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.instrument.data import Json
    from embfilter_core.lens.token_counts import TokenCounts
    from embfilter_core.lens.token_rates import TokenRates
    from embfilter_core.spectral.selection import KeptDirections
    from embfilter_core.stored_backbones.stored_backbone import Findings


def live_evidence(
    backbone: Backbone, embeddings: np.ndarray, kept: KeptDirections, rates: TokenRates, corpus: Corpus
) -> Json:
    """Return the evidence over an embedded corpus, (n, d), without random choices of directions, as it is drawn."""
    found = corpus_evidence(backbone, embeddings, kept, rates, embeddings.mean(axis=0))
    return evidence_data(found, corpus, kept)


def live_findings(
    backbone: Backbone,
    embeddings: np.ndarray,
    texts: tuple[str, ...],
    kept: KeptDirections,
    counts: TokenCounts,
    rates: TokenRates,
) -> Findings:
    """Return what tells a backbone apart, with the kept directions in the place of the bulk at tau 2.

    Args:
        backbone: The backbone.
        embeddings: Of a corpus, (n, d), not centred.
        texts: Of the corpus.
        kept: The kept directions.
        counts: Tokens counted in the corpus.
        rates: How frequent each token is.
    """
    scores, r_squared = spectroscopy(backbone, counts)
    readings = readings_of(backbone, embeddings, embeddings.mean(axis=0), kept)
    own = own_counts(backbone, texts[:TEXTS], readings, rates)
    coefficients = backbone.spectrum.coefficients(embeddings)
    return find(backbone, coefficients, readings, own, rates, scores, r_squared)
