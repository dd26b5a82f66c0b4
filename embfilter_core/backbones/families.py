"""The table of model families: a line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from embfilter_core.backbones.hugging_face import PreTrainedConfig


@dataclass(frozen=True)
class Family:
    """What differs between model families after the last layer.

    Attributes:
        final_norm: Path of the final norm inside the base model, or None where there is none.
        project_out: Path of a projection after the final norm, where the embedding is narrower than the layers.
        scale: Factor on the logits, from the text config.
        soft_cap: Soft-cap on the logits, from the text config, or None.
        packs: Whether its attention passes on where texts begin, and asks for nothing but positions and a window.
        last_alone: Whether its last layer can be asked alone: `input_layernorm`, then `k_proj` and `v_proj`, then
            positions by rotation.
    """

    final_norm: str | None
    project_out: str | None = None
    scale: Callable[[PreTrainedConfig], float] = lambda config: 1.0
    soft_cap: Callable[[PreTrainedConfig], float | None] = lambda config: None
    packs: bool = True
    last_alone: bool = False


_PRE_NORM = Family("norm", last_alone=True)


_FINAL_SOFT_CAP = attrgetter("final_logit_softcapping")


FAMILIES: dict[str, Family] = {
    "llama": _PRE_NORM,
    "mistral": _PRE_NORM,
    "qwen2": _PRE_NORM,
    "qwen3": _PRE_NORM,
    "phi3": Family("norm"),
    "gemma2": Family("norm", soft_cap=_FINAL_SOFT_CAP, packs=False),  # a soft-cap on its attention as well
    "gemma3_text": Family("norm", soft_cap=_FINAL_SOFT_CAP),
    "gemma3": Family("language_model.norm"),  # unlike gemma3_text, its model leaves a soft-cap in the config out
    "gpt2": Family("ln_f"),
    "gpt_neox": Family("final_layer_norm"),
    "opt": Family("decoder.final_layer_norm", project_out="decoder.project_out"),
    "phi": Family("final_layernorm"),
    "cohere": Family("norm", scale=attrgetter("logit_scale"), last_alone=True),
    "granite": Family("norm", scale=lambda config: 1.0 / config.logits_scaling, last_alone=True),
}
