"""How many tokens a batch should hold on this device: measured once for a backbone, then read from disk."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from embfilter_core.backbones.architecture import Architecture
from embfilter_core.backbones.devices import device_name
from embfilter_core.backbones.forward_pass import Pass
from embfilter_core.backbones.passes.policy import DevicePolicy
from embfilter_core.backbones.prompt_encoder import EncodedText
from embfilter_core.storage.arrays import embfilter_home, load_arrays, save_arrays

log = logging.getLogger(__name__)

TOKENS_A_TEXT = 128
WORTH = 1.02
"""A larger batch must be this many times faster to be taken: it holds more memory, and answers less often."""


def known_budget(run: Pass, policy: DevicePolicy, device: torch.device, backbone: str) -> int | None:
    """Return the most tokens that a batch should hold, as measured before, or None.

    Args:
        run: The pass.
        policy: Which sizes are tried.
        device: Where it runs.
        backbone: Fingerprint and dtype, one name.
    """
    stored = load_arrays(_place(device, backbone))
    return int(stored.arrays["tokens"]) if stored is not None and stored.facts == _facts(run, policy) else None


def measure_budget(run: Pass, policy: DevicePolicy, architecture: Architecture, backbone: str) -> int:
    """Measure the most tokens that a batch should hold, and keep it; arguments as in `known_budget`."""
    best, best_speed = policy.budgets[0], 0.0
    for tokens, speed in speeds(run, policy.budgets, architecture):
        if speed < best_speed * WORTH:
            break
        best, best_speed = tokens, speed
    path = _place(architecture.device, backbone)
    try:
        save_arrays(path, {"tokens": np.array(best)}, _facts(run, policy))
    except OSError as error:  # it is measured again next time
        log.warning("The size of a batch cannot be kept in %s: %s", path, error)
    return best


def speeds(run: Pass, budgets: Sequence[int], architecture: Architecture) -> Iterator[tuple[int, float]]:
    """Yield sizes of a batch and the tokens a second that each gives, as far as the device has memory for them."""
    for tokens in budgets:
        texts = _texts(tokens, architecture, run.skipped)
        try:
            _seconds(run, texts)  # the first time, memory is fetched and kernels are chosen
            yield tokens, tokens / min(_seconds(run, texts) for _ in range(2))
        except torch.OutOfMemoryError:
            torch.cuda.empty_cache()
            return


def _seconds(run: Pass, texts: list[EncodedText]) -> float:
    start = time.perf_counter()
    run(texts).cpu()
    return time.perf_counter() - start


def _texts(tokens: int, architecture: Architecture, skipped: int) -> list[EncodedText]:
    """Random token ids in texts of one length, as batches of texts sorted by length nearly are."""
    length = min(TOKENS_A_TEXT, architecture.max_positions - skipped, tokens)
    random = np.random.default_rng(0)
    ids = random.integers(0, architecture.head.weight.shape[0], (tokens // length, skipped + length)).tolist()
    return [EncodedText(of_text, (len(of_text) - 1, len(of_text)), 0) for of_text in ids]


def _facts(run: Pass, policy: DevicePolicy) -> dict:
    return {"tried": list(policy.budgets), "pass": type(run).__name__}


def _place(device: torch.device, backbone: str) -> Path:
    machine = re.sub(r"\W+", "-", device_name(device).lower())
    return embfilter_home() / "batches" / f"{backbone}-{machine}.safetensors"
