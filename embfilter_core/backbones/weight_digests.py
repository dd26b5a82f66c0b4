"""SHA-256 of every tensor of a model, remembered by the files that the weights were read from.

Hashing reads every weight once, about a second a gigabyte. Where size and times of
the files are those of an earlier load, what was found then is taken.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
import transformers
from torch import Tensor

from embfilter_core.progress import Progress, report
from embfilter_core.storage.arrays import embfilter_home, load_arrays, save_arrays

log = logging.getLogger(__name__)

FileState = list[str | int]
"""Path, size in bytes, and the times of the last change of content and of anything, in nanoseconds."""


def file_states(paths: Iterable[Path]) -> list[FileState]:
    """Return by what a change of files is noticed; taken before they are read, it also tells what changes meanwhile."""
    states: list[FileState] = []
    for path in sorted(paths):
        facts = path.stat()
        states.append([str(path.resolve()), facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns])
    return states


def weight_digests(
    tensors: Mapping[str, Tensor], files: Sequence[FileState] = (), progress: Progress | None = None
) -> list[bytes]:
    """Return the SHA-256 of every tensor, by its name in order; what an earlier load found where no file has changed.

    Args:
        tensors: State of the model.
        files: What it was read from; nothing is remembered without.
        progress: Called with (bytes hashed, bytes in all); returning False cancels.

    Raises:
        Cancelled: `progress` returned False.
    """
    names = sorted(tensors)
    if not files:
        return hash_tensors(names, tensors, progress)
    shapes = json.dumps([[name, str(tensors[name].dtype), list(tensors[name].shape)] for name in names])
    facts = {
        "files": list(files),
        "tensors": hashlib.sha256(shapes.encode()).hexdigest(),
        "transformers": transformers.__version__,
    }
    place = _place(files, str(next(iter(tensors.values())).dtype))
    stored = load_arrays(place)
    if stored is not None and stored.facts == facts:
        return [digest.tobytes() for digest in stored.arrays["digests"]]
    digests = hash_tensors(names, tensors, progress)
    try:
        save_arrays(place, {"digests": np.frombuffer(b"".join(digests), np.uint8).reshape(len(names), -1)}, facts)
    except OSError as error:  # the backbone can be used all the same
        log.warning("The digests of the weights cannot be kept in %s: %s", place, error)
    return digests


def hash_tensors(names: Sequence[str], tensors: Mapping[str, Tensor], progress: Progress | None = None) -> list[bytes]:
    """Return the SHA-256 of each named tensor with its name, dtype and shape, several at a time.

    Raises:
        Cancelled: `progress` returned False.
    """
    digests, done, total = [], 0, sum(tensors[name].nbytes for name in names)
    with ThreadPoolExecutor() as pool:
        try:
            futures = [pool.submit(_hash_tensor, name, tensors[name]) for name in names]
            for name, future in zip(names, futures, strict=True):
                report(progress, done, total, "bytes")
                digests.append(future.result())
                done += tensors[name].nbytes
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    return digests


def _hash_tensor(name: str, tensor: Tensor) -> bytes:
    raw = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy()
    digest = hashlib.sha256(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
    digest.update(raw.data)
    return digest.digest()


def _place(files: Sequence[FileState], dtype: str) -> Path:
    """One place for the files of a checkpoint in one dtype, whatever their state."""
    name = hashlib.sha256(json.dumps([dtype, *(path for path, *_ in files)]).encode()).hexdigest()[:32]
    return embfilter_home() / "weights" / f"{name}.safetensors"
