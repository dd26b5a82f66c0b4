"""Fetch files of a repository of the hub: run by `hub_download`, and ended by it where the download is stopped.

Run as `python -m embfilter_core.hub_download_process KIND REPOSITORY REVISION FILE ...`. A large file is
written to a folder of the app first and goes on where it was: the hub's own library begins anew each time. Then it
is put into the cache of that library, which knows it from there on. Bytes are told on standard output.
"""

import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Literal, cast

import httpx2
from filelock import FileLock
from huggingface_hub import get_hf_file_metadata, get_session, hf_hub_download, hf_hub_url
from huggingface_hub.constants import HF_HUB_CACHE
from huggingface_hub.file_download import repo_folder_name
from huggingface_hub.utils import build_hf_headers, hf_raise_for_status  # type: ignore[attr-defined]
from huggingface_hub.utils.tqdm import disable_progress_bars

from embfilter_core.storage.arrays import embfilter_home

DOWNLOADS = "downloads"
LARGE = 5_000_000
CHUNK_BYTES = 1 << 18
MOST_RETRIES = 5
SECONDS_BETWEEN = 0.1
TIMEOUT_S = 15.0


class Arrived:
    """Bytes that have arrived of all files, told on standard output; a reader that is gone ends this process."""

    def __init__(self) -> None:
        self.bytes, self._told = 0, 0.0

    def add(self, number: int) -> None:
        """Count some more."""
        self.bytes += number
        if time.monotonic() - self._told >= SECONDS_BETWEEN:
            self._told = time.monotonic()
            sys.stdout.write(f"{self.bytes}\n")
            sys.stdout.flush()


def fetch(kind: str, repository: str, revision: str, files: Sequence[str]) -> None:
    """Fetch files, one after the other; raises what the hub's library raises."""
    disable_progress_bars()
    arrived = Arrived()
    for file in files:
        url = hf_hub_url(repository, file, repo_type=kind, revision=revision)
        facts = get_hf_file_metadata(url)
        if facts.etag and facts.size and facts.size >= LARGE:
            blobs = Path(HF_HUB_CACHE, repo_folder_name(repo_id=repository, repo_type=kind), "blobs")
            _fetch_large(url, blobs / facts.etag, facts.size, arrived)
        hf_hub_download(repository, file, repo_type=cast(Literal["model", "dataset"], kind), revision=revision)
        if facts.size and facts.size < LARGE:
            arrived.add(facts.size)


def _fetch_large(url: str, blob: Path, size: int, arrived: Arrived) -> None:
    """Fetch a file to where the hub's library looks for it, from the byte on that an earlier fetch came to."""
    part = embfilter_home() / DOWNLOADS / f"{blob.name}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    blob.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(part.with_suffix(".lock")):
        if blob.exists():
            return
        with part.open("ab") as content:
            arrived.add(content.tell())
            _append(url, content, size, arrived)
        _move(part, blob)


def _append(url: str, content: BinaryIO, size: int, arrived: Arrived) -> None:
    retries = 0
    while (start := content.tell()) < size:
        try:
            _append_once(url, content, arrived)
        except httpx2.TransportError:
            retries = retries + 1 if content.tell() == start else 0
            if retries > MOST_RETRIES:
                raise
            time.sleep(1)
    if (length := content.tell()) != size:
        _empty(content)
        raise OSError(f"{length:,} bytes arrived where {size:,} were announced.")


def _append_once(url: str, content: BinaryIO, arrived: Arrived) -> None:
    start = content.tell()
    headers = {**build_hf_headers(), "Accept-Encoding": "identity", "Range": f"bytes={start}-"}
    with get_session().stream("GET", url, headers=headers, timeout=TIMEOUT_S) as answer:
        hf_raise_for_status(answer)
        if answer.status_code != httpx2.codes.PARTIAL_CONTENT and start:  # it sends all of it again
            _empty(content)
            arrived.add(-start)
        for chunk in answer.iter_bytes(CHUNK_BYTES):
            content.write(chunk)
            arrived.add(len(chunk))


def _empty(content: BinaryIO) -> None:
    content.seek(0)
    content.truncate()


def _move(part: Path, blob: Path) -> None:
    beside = blob.with_name(f"{blob.name}.{os.getpid()}.incomplete")
    shutil.move(part, beside)  # a copy, where the two are on different disks
    beside.replace(blob)


if __name__ == "__main__":
    fetch(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
