"""The few tokens that a model is tried on when it is loaded, and what it makes of them."""

from __future__ import annotations

from inspect import Parameter, signature
from typing import Any

import torch
from torch import Tensor, nn

PROBES, LENGTH = 3, 6


def probe_ids(vocabulary: int, device: torch.device) -> Tensor:
    """Token ids of a few short texts of one length, (PROBES, LENGTH), all different where there are as many."""
    ids = torch.arange(PROBES * LENGTH, device=device).reshape(PROBES, LENGTH)
    return (7 * ids + 3) % vocabulary


def call(part: nn.Module, ids: Tensor, **more: object) -> Any:  # noqa: ANN401 (each family returns a class of its own)
    """Run a model or a part of it without a cache, leaving out what it does not take."""
    return part(input_ids=ids, **taken(part, use_cache=False, **more))


def asked_beside_text(model: nn.Module) -> list[str]:
    """Names of what a model must be given beside token ids."""
    parameters = signature(model.forward).parameters.values()
    named = [p for p in parameters if p.kind not in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)]
    return [p.name for p in named if p.default is Parameter.empty and p.name != "input_ids"]


def taken(part: nn.Module, **given: object) -> dict[str, Any]:
    """Return those of the arguments that a module's `forward` takes."""
    parameters = signature(part.forward).parameters
    takes_any = any(parameter.kind is Parameter.VAR_KEYWORD for parameter in parameters.values())
    return {name: value for name, value in given.items() if takes_any or name in parameters}


def own_logits(model: nn.Module, ids: Tensor) -> Tensor:
    """The model's own logits at the last position, (n, |V|)."""
    last_only = {"logits_to_keep": 1} if "logits_to_keep" in signature(model.forward).parameters else {}
    logits: Tensor = call(model, ids, **last_only).logits
    return logits[:, -1]


def states_and_logits(model: nn.Module, base_model: nn.Module, ids: Tensor) -> tuple[Tensor, Tensor]:
    """Final hidden states (n, d) and the model's own logits (n, |V|) at the last position, of one pass."""
    left: list[Tensor] = []
    hook = base_model.register_forward_hook(lambda part, given, output: left.append(output.last_hidden_state[:, -1]))
    try:
        logits = own_logits(model, ids)
    finally:
        hook.remove()
    return left[-1], logits
