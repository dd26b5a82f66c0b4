"""How many weights a model has, and how many of them a token is multiplied with."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from embfilter_core.backbones.hugging_face import PreTrainedConfig, PreTrainedModel

NO_TEXT = ("vision", "visual", "audio")
"""Parts of models that also see or hear, which no text goes through."""


@dataclass(frozen=True)
class WeightCounts:
    """Numbers of weights.

    Attributes:
        parameters: All, a tied matrix counted once.
        active: Those that every token is multiplied with on its way to the final hidden state: tables that are only
            looked up and W_U are left out, and of experts so many are counted as a token asks.
    """

    parameters: int
    active: int


def count_weights(model: PreTrainedModel) -> WeightCounts:
    """Count the weights of a model, which may be on the meta device."""
    tables = {id(part.weight) for part in model.modules() if isinstance(part, nn.Embedding)}
    output = model.get_output_embeddings()
    tables |= set() if output is None else {id(output.weight)}
    share = _share_of_experts(model.config.get_text_config())
    parameters, active = 0, 0.0
    for name, weight in model.named_parameters():
        parts = name.split(".")
        parameters += weight.numel()
        if id(weight) not in tables and not any(word in part for part in parts for word in NO_TEXT):
            active += weight.numel() * (share if "experts" in parts else 1)
    return WeightCounts(parameters, round(active))


def _share_of_experts(config: PreTrainedConfig) -> float:
    """The share of its experts that a token goes through; 1 where the configuration does not tell."""
    asked = getattr(config, "num_experts_per_tok", None) or getattr(config, "moe_topk", None)
    names = ("num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts")
    there = next((number for name in names if (number := getattr(config, name, None))), None)
    if not isinstance(asked, int) or not isinstance(there, int):
        return 1
    return min(1.0, asked / there)
