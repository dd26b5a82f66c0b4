"""GGUF files as safetensors: each is read once, by its content, and the copy is kept.

A copy is named by the SHA-256 of its file and the versions of the libraries that read it:
where a later one reads a file otherwise, because a fault of it was mended, the old copy is
not taken for the file. It is written beside its place and moved there in one step.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import torch
from filelock import FileLock, Timeout

from embfilter_core.assets.conversion import convert
from embfilter_core.backbones.devices import free_memory
from embfilter_core.backbones.gguf.copies import LOCKS, RECORD, is_whole, kept_copies
from embfilter_core.backbones.gguf.digests import file_digest
from embfilter_core.backbones.gguf.header import GgufHeader, read_header
from embfilter_core.backbones.gguf.readable import refuse_unreadable
from embfilter_core.backbones.gguf.room import make_room
from embfilter_core.errors import BackboneError
from embfilter_core.progress import StagedProgress, report, within
from embfilter_core.storage.visit_file import note_use

RECIPE = 1
"""Raised when a conversion writes something else than it did."""
FLOAT32_BYTES = 4
LIBRARIES_BYTES = 1_000_000_000
"""What a conversion takes beside the weights: the libraries, the tokenizer, one large matrix being unpacked."""
CHECKING = "checking the file"
CONVERTING = "converting: "
WAITING = "waiting for another process that converts the file"
_ERROR_NAME = re.compile(r"^(\w+\.)*\w*(Error|Exception): ")


def kept_copy(path: Path, progress: StagedProgress | None = None) -> Path:
    """Return the folder of a GGUF file as safetensors with its tokenizer, converted where there is none yet.

    Args:
        path: The file.
        progress: Told the stage, and bytes or tensors done and in all; returning False cancels.

    Raises:
        BackboneError: It is cut off, holds no language model that is read, or cannot be converted.
        OSError: It cannot be read, or the copy cannot be written.
        Cancelled: `progress` returned False; nothing is left of an unfinished copy.
    """
    header = read_header(path)
    refuse_unreadable(header, path.name)
    digest = file_digest(path, within(progress, CHECKING))
    folder = kept_copies() / _name(digest)
    if not is_whole(folder):
        with _turn(folder.name, progress):
            if not is_whole(folder):  # another process may have made it meanwhile
                _make(path, header, digest, folder, progress)
    note_use(folder / RECORD)
    return folder


def _name(digest: str) -> str:
    made_by = [RECIPE, version("transformers"), version("gguf"), digest]
    return hashlib.sha256(json.dumps(made_by).encode()).hexdigest()[:32]


def _make(path: Path, header: GgufHeader, digest: str, folder: Path, progress: StagedProgress | None) -> None:
    for left_by_a_kill in kept_copies().glob(f".{folder.name}.*"):
        shutil.rmtree(left_by_a_kill)
    _require_memory(header, path.name)
    make_room(kept_copies(), FLOAT32_BYTES * header.parameters, path.name)
    partial = Path(tempfile.mkdtemp(dir=kept_copies(), prefix=f".{folder.name}."))
    try:
        complaint = convert(path, partial, _converting(progress))
        if complaint:
            raise BackboneError(
                f"{path.name} cannot be read: {_ERROR_NAME.sub('', complaint)[:200].rstrip('.')}.",
                "Choose another quantisation, or the same model as a folder or hub id with .safetensors files.",
            )
        _write_record(partial, path, digest)
        if folder.exists():  # damaged
            folder.rename(partial / "damaged")
        partial.rename(folder)
        shutil.rmtree(folder / "damaged", ignore_errors=True)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _require_memory(header: GgufHeader, name: str) -> None:
    """Raise BackboneError where a conversion would not fit, in which every weight stands twice for a while."""
    needed = 2 * FLOAT32_BYTES * header.parameters + LIBRARIES_BYTES
    free = free_memory(torch.device("cpu"))
    if needed > free:
        raise BackboneError(
            f"To read {name} once takes about {needed / 1e9:.1f} GB of memory; {free / 1e9:.1f} GB are free.",
            "Choose the same model as a folder or hub id with .safetensors files, or a smaller one.",
        )


def _converting(progress: StagedProgress | None) -> StagedProgress | None:
    if progress is None:
        return None
    return lambda stage, done, total: progress(CONVERTING + stage, done, total)


def _write_record(partial: Path, source: Path, digest: str) -> None:
    record = {
        "name": source.name,
        "bytes": source.stat().st_size,
        "sha256": digest,
        "recipe": RECIPE,
        "transformers": version("transformers"),
        "gguf": version("gguf"),
        "files": {path.name: path.stat().st_size for path in sorted(partial.iterdir())},
    }
    (partial / RECORD).write_text(json.dumps(record, indent=1), "utf-8")


@contextmanager
def _turn(name: str, progress: StagedProgress | None) -> Iterator[None]:
    """Let one process at a time make a copy; the other ones wait, and can be stopped."""
    place = kept_copies() / LOCKS
    os.makedirs(place, exist_ok=True)
    lock = FileLock(place / name)
    while not lock.is_locked:
        try:
            lock.acquire(timeout=0.2)
        except Timeout:
            report(within(progress, WAITING), 0, 1)
    try:
        yield
    finally:
        lock.release()
