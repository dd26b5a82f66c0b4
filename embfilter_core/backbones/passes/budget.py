"""How many tokens a batch should hold on this device, and on how many threads: measured once, then read from disk."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Budget:
    """What was measured.

    Attributes:
        tokens: The most tokens that a batch should hold.
        threads: Threads of the processor that compute it; 0 on any other device.
    """

    tokens: int
    threads: int = 0

    def take_threads(self) -> None:
        """Let torch compute on these threads from here on."""
        if self.threads:
            torch.set_num_threads(self.threads)


def known_budget(run: Pass, policy: DevicePolicy, device: torch.device, backbone: str) -> Budget | None:
    """Return what was measured before, or None.

    Args:
        run: The pass.
        policy: Which sizes are tried.
        device: Where it runs.
        backbone: Fingerprint and dtype, one name.
    """
    stored = load_arrays(_place(device, backbone))
    if stored is None or stored.facts != _facts(run, policy):
        return None
    return Budget(int(stored.arrays["tokens"]), int(stored.arrays["threads"]))


def measure_budget(run: Pass, policy: DevicePolicy, architecture: Architecture, backbone: str) -> Budget:
    """Measure size and threads, and keep them; arguments as in `known_budget`."""
    threads = fastest_threads(run, policy, architecture) if policy.threads else 0
    best, best_speed = policy.budgets[0], 0.0
    for tokens, speed in speeds(run, policy.budgets, architecture):
        if speed < best_speed * WORTH:
            break
        best, best_speed = tokens, speed
    path = _place(architecture.device, backbone)
    try:
        found = {"tokens": np.array(best), "threads": np.array(threads)}
        save_arrays(path, found, _facts(run, policy))
    except OSError as error:  # it is measured again next time
        log.warning("The size of a batch cannot be kept in %s: %s", path, error)
    return Budget(best, threads)


def fastest_threads(run: Pass, policy: DevicePolicy, architecture: Architecture) -> int:
    """Return the threads on which a batch of the usual size is fastest, and let torch use them.

    As many as torch takes by itself are tried first, then half of them and so on, while that pays: a container may
    be granted fewer cores than it sees, and two threads of one core wait for each other.
    """
    best = count = torch.get_num_threads()
    best_speed = 0.0
    while count:
        torch.set_num_threads(count)
        ((_, speed),) = speeds(run, (policy.usual_budget,), architecture)
        if speed < best_speed * WORTH:
            break
        best, best_speed, count = count, speed, count // 2
    torch.set_num_threads(best)
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
    return {"tried": list(policy.budgets), "threads": policy.threads, "pass": type(run).__name__}


def _place(device: torch.device, backbone: str) -> Path:
    machine = re.sub(r"\W+", "-", device_name(device).lower())
    return embfilter_home() / "batches" / f"{backbone}-{machine}.safetensors"
