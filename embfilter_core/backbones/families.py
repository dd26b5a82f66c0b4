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
    "qwen2": _ROTATED,
    "qwen3": _ROTATED,
    "phi3": Family(),
    "gemma2": Family(packs=False),  # a soft-cap on its attention as well
    "gemma3_text": Family(),
    "gpt2": Family(),
    "gpt_neox": Family(),
    "opt": Family(),
    "phi": Family(),
    "cohere": _ROTATED,
    "granite": _ROTATED,
}
