"""What a stored backbone is made from: a loaded backbone, and a corpus that it has read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from embfilter_core.backbones.prompts import as_prompt
from embfilter_core.data.corpora import lee_background
from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from embfilter_core.errors import InputError
from embfilter_core.instrument.data import ReferenceCorpus
from embfilter_core.lens.token_counts import count_tokens
from embfilter_core.lens.token_rates import check_reference, token_rates
from embfilter_core.spectral.presets import choose_directions
from embfilter_core.stored_backbones.limits import MAX_CORPUS, MAX_D

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.lens.token_counts import TokenCounts
    from embfilter_core.lens.token_rates import TokenRates
    from embfilter_core.progress import Progress
    from embfilter_core.spectral.selection import KeptDirections

PRESET, TAU = "bulk", 2
"""What is kept in the lists that are stored as they are."""
FEWEST_TEXTS = 8
"""Of a corpus: of fewer no interval can be taken."""


@dataclass(frozen=True, eq=False)
class Source:
    """What a stored backbone is made from.

    Attributes:
        backbone: The backbone.
        prompt: The prompt.
        layer: The layer that is pooled, or None for the last.
        reference: The corpus and its coefficients, (n, d).
        embeddings: Of the corpus, (n, d).
        mean: (d,) of them.
        counts: Tokens counted in the corpus.
        rates: How frequent each token is.
        kept: The bulk at tau 2.
    """

    backbone: Backbone
    prompt: Prompt
    layer: int | None
    reference: ReferenceCorpus
    embeddings: np.ndarray
    mean: np.ndarray
    counts: TokenCounts
    rates: TokenRates
    kept: KeptDirections

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of the corpus."""
        return self.reference.corpus.texts


def read_source(
    backbone: Backbone,
    prompt: str | Prompt | None = None,
    layer: int | None = None,
    corpus: Corpus | None = None,
    progress: Progress | None = None,
    counted: Corpus | None = None,
) -> Source:
    """Let a backbone read a corpus.

    Args:
        backbone: The backbone.
        prompt: Id, template with `{text}`, or Prompt; the backbone's default where it is None.
        layer: 0 (the token embeddings) to L; the last where it is None.
        corpus: The corpus; the Lee background documents where it is None.
        progress: Called with (texts done, texts in all); returning False cancels.
        counted: The corpus in which tokens are counted, where that is another.

    Raises:
        InputError: The corpus is too small or too large to be stored, or the prompt is unknown.
        Cancelled: `progress` returned False; the embeddings that were made are kept.
    """
    corpus, prompt = corpus or lee_background(), as_prompt(prompt or backbone.default_prompt)
    _check(backbone, corpus)
    counted = counted or corpus
    counts = count_tokens(backbone, counted.texts, counted.name)
    rates = token_rates(counts)
    check_reference(rates)
    embeddings = embed_corpus(backbone, corpus, prompt, progress, layer)
    return Source(
        backbone=backbone,
        prompt=prompt,
        layer=layer,
        reference=ReferenceCorpus(corpus, backbone.spectrum.coefficients(embeddings)),
        embeddings=embeddings,
        mean=embeddings.mean(axis=0),
        counts=counts,
        rates=rates,
        kept=choose_directions(PRESET, backbone.d, TAU, bulk_start=backbone.bulk_start),
    )


def _check(backbone: Backbone, corpus: Corpus) -> None:
    if backbone.d > MAX_D:
        raise InputError(f"{backbone.name} has {backbone.d:,} directions; {MAX_D:,} can be stored.", "")
    if not FEWEST_TEXTS <= len(corpus) <= MAX_CORPUS:
        raise InputError(
            f"{corpus.name} has {len(corpus):,} texts; a backbone is stored with {FEWEST_TEXTS} to {MAX_CORPUS:,}.",
            "Give others.",
        )
