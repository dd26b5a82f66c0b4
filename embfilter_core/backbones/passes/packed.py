"""A pass over texts that stand one behind the other in one row: no position is padding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from embfilter_core.backbones.architecture import Architecture
from embfilter_core.backbones.batch_arrays import flat_ids, lengths_of, pools_last, spans_of, to_device
from embfilter_core.backbones.passes.last_layer import LastLayer, split_last_layer
from embfilter_core.backbones.passes.packed_attention import NAME, Packing
from embfilter_core.backbones.passes.twin import fuse_norms, twin_of
from embfilter_core.backbones.prompt_encoder import EncodedText


class PackedPass:
    """Batches for the last layer alone, as one row of tokens.

    Args:
        architecture: The model, which stays as it is: a twin of it attends within texts.
        last_alone: Whether its last layer can be computed at the pooled positions alone.
    """

    padded = False
    skipped = 0

    def __init__(self, architecture: Architecture, last_alone: bool) -> None:
        self.device = architecture.device
        self.twin: Any = twin_of(architecture.base_model)
        config: Any = self.twin.config
        config._attn_implementation = NAME
        fuse_norms(self.twin)
        self.last_layer: LastLayer | None = split_last_layer(self.twin) if last_alone else None

    @torch.inference_mode()
    def __call__(self, texts: Sequence[EncodedText]) -> Tensor:
        """Pooled hidden states of a batch, (n, d) float32."""
        lengths = lengths_of(texts)
        ends = lengths.cumsum()
        starts = ends - lengths
        ids, positions = flat_ids(texts), np.arange(ends[-1]) - starts.repeat(lengths)
        packing = Packing(to_device(np.append(starts, ends[-1]).astype(np.int32), self.device), int(lengths.max()))
        row = {"input_ids": ids, "position_ids": positions}
        inputs = {name: to_device(array[None], self.device) for name, array in row.items()}
        if not pools_last(texts):
            return _means(self._states(self.twin, inputs, packing)[0], spans_of(texts) + starts[:, None])
        last = to_device(ends - 1, self.device)
        if self.last_layer is None:
            return self._states(self.twin, inputs, packing)[0, last].float()
        before = self._states(self.last_layer.trunk, inputs, packing)
        asked = Packing(packing.starts, packing.longest, asks=True)
        states = self.last_layer.states(before, inputs["position_ids"], last, attention_mask=None, packing=asked)
        return states[0].float()

    @staticmethod
    def _states(model: nn.Module, inputs: dict[str, Tensor], packing: Packing) -> Tensor:
        states: Tensor = model(**inputs, attention_mask=None, use_cache=False, packing=packing).last_hidden_state
        return states


def _means(states: Tensor, spans: np.ndarray) -> Tensor:
    """Mean of the states within each span of rows, (all tokens, d) -> (n, d) float32."""
    counts = spans[:, 1] - spans[:, 0]
    ends = counts.cumsum()
    rows = np.arange(ends[-1]) + (spans[:, 0] - (ends - counts)).repeat(counts)
    pooled = states[to_device(rows, states.device)].float()
    return torch.segment_reduce(pooled, "mean", lengths=to_device(counts, states.device))
