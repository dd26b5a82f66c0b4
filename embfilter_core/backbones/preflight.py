"""What a backbone costs and needs, told before it is read."""

import psutil
import torch

from embfilter_core.backbones.hugging_face import AutoModelForCausalLM, PreTrainedConfig
from embfilter_core.errors import BackboneError

MEMORY_HEADROOM = 1.15
"""Weights plus activations of one batch and a float64 Gram, as a multiple of the weights."""


def count_parameters(config: PreTrainedConfig) -> int:
    """Number of weights, a tied matrix counted once, from the configuration alone."""
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    return sum(parameter.numel() for parameter in model.parameters())


def require_memory(config: PreTrainedConfig, dtype: torch.dtype, name: str) -> None:
    """Raise BackboneError where the weights do not fit into the memory that is free now."""
    needed = count_parameters(config) * dtype.itemsize * MEMORY_HEADROOM
    free = psutil.virtual_memory().available
    if needed > free:
        precision = str(dtype).removeprefix("torch.")
        raise BackboneError(
            f"{name} needs about {needed / 1e9:.1f} GB in {precision}; {free / 1e9:.1f} GB are free.",
            "Choose a smaller backbone, bfloat16 where it is native, or a machine with more memory.",
        )


def has_native_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 in hardware (AVX-512 BF16, AMX, or an Arm chip with bf16)."""
    if torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported():
        return True
    try:
        with open("/proc/cpuinfo") as file:
            return any(line.startswith("Features") and " bf16" in line for line in file)
    except FileNotFoundError:  # not Linux
        return False


def require_native_bfloat16() -> None:
    """Raise BackboneError where bfloat16 would be emulated, slower than float32 and less exact."""
    if not has_native_bfloat16():
        raise BackboneError("This processor has no native bfloat16.", "Use float32.")
