"""What each kind of device is good at, so that the same code can be tried on another."""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class DevicePolicy:
    """How texts are put through a model on a device.

    Attributes:
        packs: Texts stand one behind the other in a row, without padding; the device has a kernel that attends so.
        ahead: Batches that are started before the result of an earlier one is fetched.
        usual_budget: Tokens a batch where nothing was measured.
        budgets: Tokens a batch that are tried when it is measured, fewest first.
        measured_from: Tokens to embed from which on measuring is a small part of the work.
        threads: The number of threads is measured as well.
    """

    packs: bool
    ahead: int
    usual_budget: int
    budgets: tuple[int, ...]
    measured_from: int
    threads: bool = False


PROCESSOR = DevicePolicy(False, 0, 1024, budgets=(512, 1024, 2048), measured_from=100_000, threads=True)
GPU = DevicePolicy(False, 1, 8192, budgets=(4096, 8192, 16_384, 32_768, 65_536), measured_from=500_000)
PACKING_GPU = DevicePolicy(True, 1, 16_384, budgets=(8192, 16_384, 32_768, 65_536, 131_072), measured_from=500_000)


def policy_for(device: torch.device, dtype: torch.dtype) -> DevicePolicy:
    """Return the policy for a device and the dtype of the weights on it."""
    if device.type == "cpu":
        return PROCESSOR
    # FlashAttention 2, which comes with torch, is written for half precision and for cards from Ampere (8.0) on.
    packs = device.type == "cuda" and dtype != torch.float32 and torch.cuda.get_device_capability(device) >= (8, 0)
    return PACKING_GPU if packs else GPU
