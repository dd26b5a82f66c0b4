"""A model that is spread over several devices: what is kept off them is read from where it is kept."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from embfilter_core.backbones.hugging_face import PreTrainedModel


def is_spread(model: PreTrainedModel) -> bool:
    """Whether a model lies on several devices, so that its layers move what they are given."""
    return len(set(getattr(model, "hf_device_map", {}).values())) > 1


def weight_of(part: Any) -> Tensor:  # noqa: ANN401 (a linear layer or an embedding, hooked or not)
    """The weight of a layer, wherever it is kept."""
    weight: Tensor = part.weight
    return part._hf_hook.weights_map["weight"] if weight.is_meta else weight


def device_of(part: Any) -> torch.device:  # noqa: ANN401 (as above)
    """The device that a layer computes on."""
    weight: Tensor = part.weight
    return torch.device(part._hf_hook.execution_device) if weight.is_meta else weight.device


def whole_state(model: PreTrainedModel) -> dict[str, Tensor]:
    """All weights of a model by their names, those that are kept off its devices too."""
    state = model.state_dict()
    if not any(weight.is_meta for weight in state.values()):
        return state
    parts = dict(model.named_modules())
    for name, weight in state.items():
        if weight.is_meta:
            part, _, own = name.rpartition(".")
            state[name] = _held(parts[part], own)
    return state


def _held(part: nn.Module, name: str) -> Tensor:
    hook: Any = part._hf_hook
    held: Tensor = hook.weights_map[name]
    return held
