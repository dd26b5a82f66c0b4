"""What a backbone costs and needs, told before it is read."""

import torch

from embfilter_core.backbones import devices
from embfilter_core.backbones.devices import free_memory
from embfilter_core.backbones.hugging_face import PreTrainedConfig
from embfilter_core.backbones.reading.language_model import auto_class
from embfilter_core.errors import BackboneError

MEMORY_HEADROOM = 1.15
"""Weights plus activations of one batch and a float64 Gram, as a multiple of the weights."""


def count_parameters(config: PreTrainedConfig) -> int:
    """Number of weights, a tied matrix counted once, from the configuration alone."""
    with torch.device("meta"):
        model = auto_class(config).from_config(config)
    return sum(parameter.numel() for parameter in model.parameters())


def memory_needed(config: PreTrainedConfig, dtype: torch.dtype) -> float:
    """Bytes that a model takes while it is used."""
    return count_parameters(config) * dtype.itemsize * MEMORY_HEADROOM


def require_memory(config: PreTrainedConfig, dtype: torch.dtype, name: str, device: torch.device) -> bool:
    """Return whether a model fits on a device alone; where it is a CUDA GPU, the rest may lie on others.

    Raises:
        BackboneError: It does not fit, on a CUDA GPU not even with the other ones and the processor's memory.
    """
    needed, free = memory_needed(config, dtype), free_memory(device)
    if needed <= free:
        return True
    if device.type == "cuda":
        others = range(torch.cuda.device_count())
        free = sum(free_memory(torch.device("cuda", i)) for i in others) + free_memory(torch.device("cpu"))
        if needed <= free:
            return False
    precision = str(dtype).removeprefix("torch.")
    raise BackboneError(
        f"{name} needs about {needed / 1e9:.1f} GB in {precision}; {free / 1e9:.1f} GB are free.",
        "Choose a smaller backbone, bfloat16 where it is native, or a machine with more memory.",
    )


def require_native(dtype: torch.dtype, device: torch.device) -> None:
    """Raise BackboneError where a dtype would be emulated, slower than float32 and less exact."""
    if not devices.computes_in(device, dtype):
        what = "This processor" if device.type == "cpu" else devices.device_name(device)
        raise BackboneError(f"{what} has no native {str(dtype).removeprefix('torch.')}.", "Use float32.")
