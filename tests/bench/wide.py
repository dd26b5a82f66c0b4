"""What the instrument is drawn from, for random weights of any width: no model of that width is loaded for it."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import torch

from embfilter_core.backbones.backbone import Backbone
from embfilter_core.data.corpora import corpus_of
from embfilter_core.instrument.committed import committed_data
from embfilter_core.instrument.data import ReferenceCorpus, backbone_data, identified, text_data
from embfilter_core.lens.token_rates import TokenRates
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.spectral.spectrum import Spectrum
from embfilter_core.vocabulary.head import UnembeddingHead


@dataclass(frozen=True)
class _Names:
    """Tokens that are called by their ids."""

    def readable(self, token: int) -> str:
        return f"token{token}"

    def readable_all(self, tokens: np.ndarray) -> list[str]:
        return [self.readable(int(token)) for token in tokens]


def wide_data(d: int, vocabulary: int, texts: int) -> dict[str, Any]:
    """Return the instrument's data for random weights (vocabulary, d) whose singular values fall as 1 / sqrt(rank).

    The directions are the coordinate axes, so that nothing of that size has to be decomposed.
    """
    generator = np.random.default_rng(0)
    values = 1 / np.sqrt(np.arange(1, d + 1))
    weight = torch.tensor(generator.normal(size=(vocabulary, d)) * values, dtype=torch.float32)
    backbone = SimpleNamespace(
        d=d,
        bulk_start=None,
        vocab_size=vocabulary,
        spectrum=Spectrum(values * np.sqrt(vocabulary), np.eye(d)),
        architecture=SimpleNamespace(head=UnembeddingHead(weight, None, 1.0, None)),
        direction_tokens=SimpleNamespace(ids=generator.integers(0, vocabulary, size=(d, 2, 10))),
        token_texts=_Names(),
    )
    common, rare = generator.normal(size=d), generator.normal(size=(texts, d))
    corpus = corpus_of([f"Text {number}" for number in range(texts)], "Random", "random")
    return _all_data(cast("Backbone", backbone), common + rare, ReferenceCorpus(corpus, common + rare))


def _all_data(backbone: Backbone, states: np.ndarray, reference: ReferenceCorpus) -> dict[str, Any]:
    rates = TokenRates(
        per_million=np.geomspace(1e4, 1e-1, backbone.vocab_size),
        seen=np.ones(backbone.vocab_size, dtype=bool),
        frequent=np.arange(backbone.vocab_size) < 500,
        tokens=10**6,
        source="random",
    )
    kept = KeptDirections.bulk(backbone.d)
    data = identified(backbone_data(backbone), text_data(backbone, states[0], rates, reference))
    return data | {"committed": committed_data(backbone, states[0], kept, rates, reference, "bulk", 2)}
