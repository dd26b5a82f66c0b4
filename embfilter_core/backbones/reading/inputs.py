"""Which inputs a language model takes beside token ids, as tried on a few tokens."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from embfilter_core.backbones.reading.probe import call
from embfilter_core.errors import BackboneError

WITHIN = {torch.float32: 1e-4, torch.float16: 1e-2, torch.bfloat16: 5e-2}
"""How far two ways to the same states may be apart: the norm of the difference over that of the states."""


@torch.inference_mode()
def takes_positions(base_model: nn.Module, ids: Tensor, name: str) -> bool:
    """Whether a model gives the same states where it is told which positions are tokens, and their numbers from 0.

    Some count positions from another number, or in three dimensions: they are left to count by themselves.

    Raises:
        BackboneError: Told that all positions are tokens, it gives other states than where it is told nothing.
    """
    states = call(base_model, ids).last_hidden_state
    mask = {"attention_mask": torch.ones_like(ids)}
    numbered = {**mask, "position_ids": torch.arange(ids.shape[1], device=ids.device).expand_as(ids)}
    apart = [float("nan")] * 2
    for way, given in enumerate((numbered, mask)):
        found = call(base_model, ids, **given).last_hidden_state
        apart[way] = float((found - states).float().norm() / states.float().norm())
        if apart[way] <= WITHIN[states.dtype]:
            return way == 0
    raise BackboneError(
        f"{name} reads a text differently where it is told that all of its positions are tokens (by {min(apart):.0%}).",
        "Texts of different length cannot share a batch with it, and are not comparable: choose another one.",
    )
