"""A left-padded pass that computes no more than the pooled positions need.

The beginning that all texts share, such as that of their prompt, goes through the model
once, and its keys and values are put before every text. Where the last position alone
is pooled, the last layer is computed there alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from embfilter_core.backbones.architecture import Architecture
from embfilter_core.backbones.batch_arrays import left_padded, pooling_weights, pools_last, to_device
from embfilter_core.backbones.hugging_face import DynamicCache
from embfilter_core.backbones.passes.last_layer import KeysAndValues, LastLayer
from embfilter_core.backbones.prompt_encoder import EncodedText

SHORTEST_BEGINNING = 3
"""Copying its keys and values to every text costs more than computing them where the beginning is shorter."""


class PaddedPass:
    """Batches for the last layer alone; made for the texts that it will be given.

    Args:
        architecture: The model.
        last_layer: Its last layer apart, or None where it is computed at all positions.
        beginning: Token ids with which all texts begin, before what they pool.
    """

    padded = True

    def __init__(self, architecture: Architecture, last_layer: LastLayer | None, beginning: Sequence[int] = ()) -> None:
        self.architecture, self.last_layer, self.beginning = architecture, last_layer, list(beginning)
        self.device = architecture.device
        self.skipped = len(self.beginning)

    @torch.inference_mode()
    def __call__(self, texts: Sequence[EncodedText]) -> Tensor:
        """Pooled hidden states of a batch, (n, d) float32."""
        ids, is_token = left_padded(texts, self.skipped)
        tokens = to_device(is_token, self.device)
        positions = (tokens.cumsum(-1) - 1).clamp(min=0) + self.skipped
        before = torch.ones(len(texts), self.skipped, dtype=torch.bool, device=self.device)
        seen = torch.cat([before, tokens], 1)
        alone = self.last_layer if pools_last(texts) else None
        states = (alone.trunk if alone else self.architecture.base_model)(
            input_ids=to_device(ids, self.device),
            attention_mask=seen.long(),
            position_ids=positions,
            past_key_values=self._cache(len(texts)),
            use_cache=bool(self.beginning),
        ).last_hidden_state
        if alone is None:
            weights = to_device(pooling_weights(texts, states.shape[1]), self.device)
            pooled: Tensor = (weights.unsqueeze(1) @ states.float()).squeeze(1)
            return pooled
        last = torch.tensor([states.shape[1] - 1], device=self.device)
        kept = self._expanded(self._kept[-1], len(texts)) if self.beginning else None
        return alone.states(states, positions, last, kept, attention_mask=seen[:, None, None])[:, 0].float()

    @cached_property
    def _kept(self) -> list[KeysAndValues]:
        """Keys and values of the beginning at every layer, (1, heads, positions, width) each."""
        ids = torch.tensor([self.beginning], device=self.device)
        cache = DynamicCache()
        self.architecture.base_model(input_ids=ids, past_key_values=cache, use_cache=True)
        layers: list[Any] = cache.layers
        return [(layer.keys, layer.values) for layer in layers]

    def _cache(self, texts: int) -> DynamicCache | None:
        """A cache that holds the beginning before every text of a batch."""
        if not self.beginning:
            return None
        cache = DynamicCache()
        for layer, kept in enumerate(self._kept):
            cache.update(*self._expanded(kept, texts), layer)
        return cache

    @staticmethod
    def _expanded(kept: KeysAndValues, texts: int) -> KeysAndValues:
        keys, values = (part.expand(texts, -1, -1, -1) for part in kept)
        return keys, values


def shared_beginning(texts: Sequence[EncodedText]) -> list[int]:
    """Token ids with which all texts begin, none of them pooled or the last; nothing where that does not pay."""
    ids = [text.token_ids for text in texts]
    ends = min(ids), max(ids)  # what the first and the last in order share, all share
    most = min(text.pooled[0] for text in texts) if len(texts) > 1 else 0
    differ = (i for i, (one, other) in enumerate(zip(*ends, strict=False)) if one != other)
    shared = ends[0][: min(most, next(differ, most))]
    return shared if len(shared) >= SHORTEST_BEGINNING else []
