"""The last layer at the pooled positions alone: all others are needed there for their keys and values only."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from embfilter_core.backbones.passes.packed_attention import Packing
from embfilter_core.backbones.passes.twin import twin_of

KeysAndValues = tuple[Tensor, Tensor]


@dataclass(frozen=True, eq=False)
class LastLayer:
    """A base model in two parts: all layers but the last, and the last with the final norm.

    Attributes:
        trunk: The base model without its last layer and its final norm.
        layer: The last layer.
        norm: The final norm.
    """

    trunk: Any
    layer: Any
    norm: nn.Module

    def states(
        self,
        hidden: Tensor,
        positions: Tensor,
        at: Tensor,
        before: KeysAndValues | None = None,
        **attention: Tensor | Packing | None,
    ) -> Tensor:
        """Return the final hidden states at some columns, (rows, columns, d), from what the trunk returned.

        Args:
            hidden: (rows, all columns, width), the states before the last layer.
            positions: (rows, all columns), the position ids.
            at: The columns asked for.
            before: Keys and values of positions that stand before `hidden`, (rows, heads, positions, width) each.
            attention: What the attention is given.
        """
        cosines, sines = self.trunk.rotary_emb(hidden, positions)
        keys, values = self._keys_and_values(hidden, cosines, sines)
        if before is not None:
            keys, values = (torch.cat(parts, 2) for parts in zip(before, (keys, values), strict=True))
        out = self.layer(
            hidden[:, at],
            position_ids=positions[:, at],
            position_embeddings=(cosines[:, at], sines[:, at]),
            past_key_values=_Held(keys, values),
            **attention,
        )
        states: Tensor = self.norm(out)
        return states

    def _keys_and_values(self, hidden: Tensor, cosines: Tensor, sines: Tensor) -> KeysAndValues:
        """Keys and values of the last layer at all positions, (rows, heads, positions, width) each."""
        normed, attention = self.layer.input_layernorm(hidden), self.layer.self_attn
        heads = (*normed.shape[:-1], -1, attention.head_dim)
        keys, values = attention.k_proj(normed).view(heads), attention.v_proj(normed).view(heads)
        if hasattr(attention, "k_norm"):
            keys = attention.k_norm(keys)
        keys = keys.transpose(1, 2)
        rotate = sys.modules[type(attention).__module__].apply_rotary_pos_emb
        return rotate(keys, keys, cosines, sines)[1], values.transpose(1, 2)


class _Held:
    """Keys and values that are there already, in the place of a cache: what a layer adds to it is among them."""

    def __init__(self, keys: Tensor, values: Tensor) -> None:
        self.keys, self.values = keys, values

    def update(self, keys: Tensor, values: Tensor, *_: object, **__: object) -> KeysAndValues:
        """Return all keys and values."""
        return self.keys, self.values


def split_last_layer(base_model: nn.Module) -> LastLayer:
    """Split a base model of a family whose last layer can be asked alone; the model itself stays whole."""
    trunk: Any = twin_of(base_model)
    layer, norm = trunk.layers[-1], trunk.norm
    trunk.layers, trunk.norm = trunk.layers[:-1], nn.Identity()
    trunk.config.num_hidden_layers -= 1
    return LastLayer(trunk, layer, norm)
