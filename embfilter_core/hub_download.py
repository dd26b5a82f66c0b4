"""Fetch the files of a repository of the hub, with their bytes told, so that it can be stopped at once."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from huggingface_hub import try_to_load_from_cache

from embfilter_core.assets.child_process import run_telling
from embfilter_core.hub import Repository, Shelf
from embfilter_core.progress import Progress, report


def fetch_files(shelf: Shelf, repository: Repository, files: Iterable[str], progress: Progress | None = None) -> None:
    """Fetch files of a repository where they were not fetched before; an interrupted fetch goes on where it was.

    Args:
        shelf: `MODELS` or `DATASETS`.
        repository: Which commit of it; nothing is fetched where the hub could not be asked.
        files: Paths in the repository.
        progress: Called with (bytes arrived, bytes in all) several times a second; returning False cancels.

    Raises:
        EmbFilterError: The shelf's error: a file cannot be fetched.
        Cancelled: `progress` returned False; what has arrived is kept.
    """
    missing = [file for file in files if not _is_here(shelf, repository, file)]
    if not missing or repository.local:
        return
    total = sum(repository.files.get(file, 0) for file in missing)

    def told(line: str) -> None:
        arrived = int(line) if line else 0
        report(progress, min(arrived, total) if total else arrived, total, "bytes", "what has arrived is kept")

    complaint = run_telling(
        [
            sys.executable,
            "-m",
            f"{__package__}.hub_download_process",
            shelf.repo_type,
            repository.repo,
            repository.revision,
            *missing,
        ],
        told,
        environment={},
        folder=Path(__file__).parents[1],
    )
    if complaint:
        raise shelf.error(
            f"{repository.repo} could not be fetched: {complaint[:200]}.", "Try again: what arrived is kept."
        )


def _is_here(shelf: Shelf, repository: Repository, file: str) -> bool:
    found = try_to_load_from_cache(repository.repo, file, revision=repository.revision, repo_type=shelf.repo_type)
    return isinstance(found, str)
