"""A checkpoint brought to this machine as safetensors: fetched from the hub, converted from a GGUF file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from embfilter_core.backbones.checkpoint import Checkpoint
from embfilter_core.backbones.gguf.kept import kept_copy
from embfilter_core.backbones.preflight.files import fetched_by_a_load
from embfilter_core.errors import BackboneError
from embfilter_core.hub import MODELS, Repository, fetch_file
from embfilter_core.hub_download import fetch_files
from embfilter_core.number_format import format_bytes
from embfilter_core.progress import StagedProgress, within

FETCHING = "fetching {}"


def without_gguf(checkpoint: Checkpoint, progress: StagedProgress | None = None) -> Checkpoint:
    """Return the folder of safetensors that a GGUF file is kept as; any other checkpoint as it is.

    Raises:
        BackboneError: It cannot be fetched, read or kept.
        Cancelled: `progress` returned False.
    """
    if checkpoint.gguf_file is None:
        return checkpoint
    try:
        folder = kept_copy(_gguf_here(checkpoint, checkpoint.gguf_file, progress), progress)
    except OSError as error:
        raise BackboneError(
            f"{checkpoint.name} cannot be read, or its copy not kept: {error.strerror or error}.",
            "Check that the file can be read, and that the folder of EMBFILTER_HOME can be written.",
        ) from error
    return Checkpoint(checkpoint.name, str(folder), converted=True)


def fetch_weights(checkpoint: Checkpoint, progress: StagedProgress | None = None) -> None:
    """Fetch what a checkpoint of the hub is read from, where it was not fetched before.

    Raises:
        BackboneError: It cannot be fetched.
        Cancelled: `progress` returned False; what has arrived is kept.
    """
    if checkpoint.repository is not None:
        _fetch(checkpoint.repository, fetched_by_a_load(checkpoint.repository.files), progress)


def _gguf_here(checkpoint: Checkpoint, file: str, progress: StagedProgress | None) -> Path:
    if checkpoint.repository is None:
        return Path(checkpoint.source, file)
    _fetch(checkpoint.repository, [file], progress)
    return fetch_file(MODELS, replace(checkpoint.repository, local=True), file)


def _fetch(repository: Repository, names: list[str], progress: StagedProgress | None) -> None:
    size = sum(repository.files[name] for name in names)
    stage = FETCHING.format(format_bytes(size) if size else repository.repo)
    fetch_files(MODELS, repository, names, within(progress, stage))
