"""The one place that asks the Hugging Face hub.

What the hub refuses is one clear error; where it is down, what was fetched before is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import httpx2
from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.constants import HF_HUB_CACHE
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import repo_folder_name
from huggingface_hub.hf_api import DatasetInfo, ModelInfo
from huggingface_hub.utils.tqdm import disable_progress_bars

from embfilter_core.errors import BackboneError, EmbFilterError, InputError, first_line

TIMEOUT_S = 5.0
NO_NETWORK = (httpx2.HTTPError, OfflineModeIsEnabled, OSError)


@dataclass(frozen=True)
class Shelf:
    """One of the two kinds of repositories that are read, and the words of its errors.

    Attributes:
        repo_type: The hub's word for it.
        noun: The word for people.
        address: Where a repository is looked at, without its name.
        gate: What a gated one asks for.
        accept: The advice to accept it.
        instead: What to do where neither the hub nor the machine has it.
        error: Class of its errors.
    """

    repo_type: Literal["model", "dataset"]
    noun: str
    address: str
    gate: str
    accept: str
    instead: str
    error: type[EmbFilterError]


MODELS = Shelf(
    "model",
    "model",
    "huggingface.co/",
    "its licence must be accepted first.",
    "Accept it",
    "Check the network, or choose the bundled backbone or a local folder.",
    BackboneError,
)
DATASETS = Shelf(
    "dataset",
    "data set",
    "huggingface.co/datasets/",
    "its terms must be accepted first.",
    "Accept them",
    "Check the network, or choose a built-in data set or a file.",
    InputError,
)


@dataclass(frozen=True)
class Repository:
    """A repository at one commit.

    Attributes:
        repo: owner/name.
        revision: The commit.
        files: Bytes of every file by its path, 0 where they are not known; of what was fetched where it is local.
        contents: What the content of every file is called in the cache of the hub's library, by its path.
        licence: What its card says; empty where it says nothing.
        gated: The hub asks for accepted terms before it gives a file.
        local: The hub could not be asked: what was fetched before is meant.
    """

    repo: str
    revision: str
    files: dict[str, int]
    gated: bool = False
    local: bool = False
    contents: dict[str, str] = field(default_factory=dict)
    licence: str = ""


def find_repository(
    shelf: Shelf, repo: str, usable: Callable[[Iterable[str]], bool], branch: str | None = None
) -> Repository:
    """Find a repository by one or two questions to the hub, or what was fetched of it before where the hub is down.

    Args:
        shelf: `MODELS` or `DATASETS`.
        repo: owner/name.
        usable: Whether the files of an earlier fetch, by their paths, are enough.
        branch: A branch to look in first; the main one where there is no such branch.

    Raises:
        EmbFilterError: The shelf's error: the name is impossible, there is no such repository, it is closed, or the
            hub cannot be reached and the machine has no usable copy.
    """
    try:
        info = _ask(shelf, repo, branch)
    except HFValidationError as error:
        raise shelf.error(f"{repo[:80]!r} is not a possible hub id.", "A hub id looks like owner/name.") from error
    except GatedRepoError as error:
        raise _gated(shelf, repo) from error
    except RepositoryNotFoundError as error:
        raise shelf.error(
            f"The hub has no {shelf.noun} {repo} that you may see.", "Check the spelling; log in for a private one."
        ) from error
    except HfHubHTTPError as error:
        return _fetched_before(shelf, repo, usable, f"answered {error.response.status_code}", error)
    except NO_NETWORK as error:
        return _fetched_before(shelf, repo, usable, "cannot be reached", error)
    listed = info.siblings or []
    files = {file.rfilename: file.size or 0 for file in listed}
    contents = {file.rfilename: (file.lfs.sha256 if file.lfs else file.blob_id) or "" for file in listed}
    licence = str(getattr(info.card_data, "license", None) or "")
    return Repository(repo, info.sha or "main", files, bool(info.gated), contents=contents, licence=licence)


def fetch_file(shelf: Shelf, repository: Repository, file: str) -> Path:
    """Return where a file of a repository lies, fetched where it was not before.

    Raises:
        EmbFilterError: The shelf's error: the repository is closed, or the file cannot be fetched.
    """
    disable_progress_bars()
    try:
        return Path(
            hf_hub_download(
                repository.repo,
                file,
                repo_type=shelf.repo_type,
                revision=repository.revision,
                local_files_only=repository.local,
                etag_timeout=TIMEOUT_S,
            )
        )
    except GatedRepoError as error:
        raise _gated(shelf, repository.repo) from error
    except (HfHubHTTPError, *NO_NETWORK) as error:
        raise shelf.error(
            f"{file} of {repository.repo} could not be fetched: {first_line(error)}", "Try again."
        ) from error


def fetched_files(shelf: Shelf, repo: str, revision: str) -> list[Path]:
    """Return the files of a commit that were fetched before, in the cache of the hub's library."""
    folder = _snapshots(shelf, repo) / revision
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def missing_bytes(shelf: Shelf, repository: Repository, names: Iterable[str]) -> int:
    """Return the size of those files of a repository that are not on this machine yet, of this commit or another."""
    folder = _folder(shelf, repository.repo)
    there, contents = folder / "snapshots" / repository.revision, repository.contents
    return sum(
        repository.files[name]
        for name in names
        if not (there / name).exists() and not (contents.get(name) and (folder / "blobs" / contents[name]).exists())
    )


def _ask(shelf: Shelf, repo: str, branch: str | None) -> ModelInfo | DatasetInfo:
    api = HfApi()

    def about(revision: str | None) -> ModelInfo | DatasetInfo:
        if shelf.repo_type == "model":
            return api.model_info(repo, revision=revision, timeout=TIMEOUT_S, files_metadata=True)
        return api.dataset_info(repo, revision=revision, timeout=TIMEOUT_S, files_metadata=True)

    try:
        return about(branch)
    except RevisionNotFoundError:
        return about(None)


def _fetched_before(
    shelf: Shelf, repo: str, usable: Callable[[Iterable[str]], bool], trouble: str, error: Exception
) -> Repository:
    """The newest commit of which enough was fetched before; a pinned fetch names no branch."""
    fetched = {}
    for folder in _snapshots(shelf, repo).glob("*"):
        paths = fetched_files(shelf, repo, folder.name)
        files = {path.relative_to(folder).as_posix(): path.stat().st_size for path in paths}
        if usable(files):
            fetched[folder] = files
    if not fetched:
        raise shelf.error(
            f"The Hugging Face hub {trouble}, and {repo} is not on this machine.", shelf.instead
        ) from error
    newest = max(fetched, key=lambda folder: folder.stat().st_mtime)
    return Repository(repo, newest.name, fetched[newest], local=True)


def _snapshots(shelf: Shelf, repo: str) -> Path:
    return _folder(shelf, repo) / "snapshots"


def _folder(shelf: Shelf, repo: str) -> Path:
    return Path(HF_HUB_CACHE, repo_folder_name(repo_id=repo, repo_type=shelf.repo_type))


def _gated(shelf: Shelf, repo: str) -> EmbFilterError:
    return shelf.error(
        f"{repo} is gated: {shelf.gate}",
        f"{shelf.accept} on {shelf.address}{repo}, then set HF_TOKEN or run `hf auth login`.",
    )
