"""The devices that torch can use here: choosing one, its name, its memory, and the dtypes it computes in."""

from __future__ import annotations

import subprocess
import sys

import torch

from embfilter_core.backbones.device_names import DEVICES
from embfilter_core.backbones.machine_memory import machine_memory
from embfilter_core.errors import BackboneError, check_known


def choose_device(name: str) -> torch.device:
    """Return the device of a name; `auto` is a GPU where there is one.

    Raises:
        InputError: There is no such name.
        BackboneError: There is no such device here, or torch cannot use it.
    """
    check_known("device", name, DEVICES)
    if name == "auto":
        name = next((gpu for gpu in ("cuda", "mps") if _is_there(gpu)), "cpu")
    elif not _is_there(name):
        raise BackboneError(_why_absent(name), "Use the device cpu, or auto.")
    return torch.device(name)


def device_name(device: torch.device) -> str:
    """Return what a device is called, such as the name of the card."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return {"cpu": "the processor", "mps": "Apple's GPU"}.get(device.type, device.type)


def free_memory(device: torch.device) -> int:
    """Return the bytes that are free on a device; Apple's GPU shares the memory of the processor."""
    return torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else machine_memory().available


def total_memory(device: torch.device) -> int:
    """Return the bytes that there are on a device, free or not."""
    return torch.cuda.mem_get_info(device)[1] if device.type == "cuda" else machine_memory().total


def computes_in(device: torch.device, dtype: torch.dtype) -> bool:
    """Whether a device computes in a dtype natively, rather than slower and no less exact in float32."""
    if dtype == torch.float32:
        return True
    if device.type == "cpu":
        return has_native_bfloat16() if dtype == torch.bfloat16 else _has_native_float16()
    if dtype == torch.float16:
        return True
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(torch.backends.mps.is_macos_or_newer(14, 0))


def has_native_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 in hardware (AVX-512 BF16, AMX, or an Arm chip with bf16)."""
    if torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported():
        return True
    return _apple_feature("FEAT_BF16") if sys.platform == "darwin" else _arm_feature("bf16")


def _has_native_float16() -> bool:
    """Whether this processor multiplies float16 in hardware: AMX of the second generation, or an Arm chip."""
    amx = getattr(torch.cpu, "_is_amx_fp16_supported", None)
    if amx is not None and amx():
        return True
    return _apple_feature("FEAT_FP16") if sys.platform == "darwin" else _arm_feature("asimdhp")


def _arm_feature(name: str) -> bool:
    try:
        with open("/proc/cpuinfo") as file:
            return any(line.startswith("Features") and name in line.split() for line in file)
    except FileNotFoundError:  # not Linux
        return False


def _apple_feature(name: str) -> bool:
    """Whether macOS says that its Arm chip can do something; one by Intel is not asked about Arm's features."""
    asked = ["sysctl", "-n", f"hw.optional.arm.{name}"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, timeout=5, check=False).stdout.strip() == "1"
    except (OSError, subprocess.TimeoutExpired):
        return False


def _is_there(name: str) -> bool:
    if name == "cuda":
        return torch.cuda.is_available()
    return name == "cpu" or torch.backends.mps.is_available()


def _why_absent(name: str) -> str:
    if name == "mps":
        return "There is no GPU of an Apple chip here, or this PyTorch does not use it."
    if torch.version.cuda is None and torch.version.hip is None:
        return "This PyTorch was built for the processor alone and uses no CUDA GPU."
    return "PyTorch finds no CUDA GPU here."
