"""The table of model families whose layers may be computed in faster ways: a line each.

All else about a family is read from the model (`backbones/reading`). These two cannot be: that a faster way gives the
same on a few tokens does not show that it does on a text beyond a window, or where a layer asks for more.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """How the layers of a family of language models may be computed.

    Attributes:
        packs: Whether its attention passes on where texts begin, and asks for nothing but positions and a window.
        last_alone: Whether its last layer can be asked alone: `input_layernorm`, then `k_proj` and `v_proj`, then
            positions by rotation.
    """

    packs: bool = True
    last_alone: bool = False


_ROTATED = Family(last_alone=True)

FAMILIES: dict[str, Family] = {
    "llama": _ROTATED,
    "mistral": _ROTATED,
    "ministral": _ROTATED,
    "ministral3": _ROTATED,
    "mixtral": _ROTATED,
    "qwen2": _ROTATED,
    "qwen2_moe": _ROTATED,
    "qwen3": _ROTATED,
    "qwen3_moe": _ROTATED,
    "gemma": _ROTATED,
    "gemma2": Family(packs=False),  # a soft-cap on its attention as well
    "gemma3_text": Family(),
    "gemma4_text": Family(),
    "phi": Family(),
    "phi3": Family(),
    "cohere": _ROTATED,
    "cohere2": Family(),  # some layers have no rotation
    "smollm3": Family(),  # some layers have no rotation
    "granite": _ROTATED,
    "granitemoe": _ROTATED,
    "glm4": _ROTATED,
    "ernie4_5": _ROTATED,
    "seed_oss": _ROTATED,
    "starcoder2": _ROTATED,
    "olmo2": Family(),
    "olmo3": Family(),
    "hunyuan_v1_dense": Family(),
    "gpt2": Family(),
    "gpt_neox": Family(),
    "opt": Family(),
}
