"""The devices that may be asked for, and which of them are there; found without importing torch."""

from __future__ import annotations

import platform
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, get_args

Dtype = Literal["float32", "bfloat16", "float16"]
Device = Literal["auto", "cpu", "cuda", "mps"]
DTYPES: tuple[Dtype, ...] = get_args(Dtype)
DEVICES: dict[Device, str] = {
    "auto": "a GPU where there is one, else the processor",
    "cpu": "the processor",
    "cuda": "an NVIDIA or AMD GPU",
    "mps": "the GPU of an Apple chip",
}
_DRIVERS = ("/proc/driver/nvidia/version", "/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
_KERNELS = ("libtorch_cuda.so", "libtorch_hip.so", "torch_cuda.dll")


def offered_devices() -> list[Device]:
    """Return the devices that this machine seems to have, `auto` first; torch has the last word when it loads."""
    there: dict[Device, bool] = {
        "auto": True,
        "cpu": True,
        "cuda": _torch_has_kernels() and (sys.platform == "win32" or any(Path(path).exists() for path in _DRIVERS)),
        "mps": sys.platform == "darwin" and platform.machine() == "arm64",
    }
    return [name for name, is_there in there.items() if is_there]


def _torch_has_kernels() -> bool:
    """Whether the installed torch was built for a GPU."""
    torch = find_spec("torch")
    if torch is None or torch.origin is None:
        return False
    folder = Path(torch.origin).parent / "lib"
    return any((folder / name).exists() for name in _KERNELS)
