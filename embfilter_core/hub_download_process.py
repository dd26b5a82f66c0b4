"""Fetch files of a repository of the hub, told in bytes, by a process of its own.

Run as `python -m embfilter_core.hub_download_process KIND REPOSITORY REVISION FILE ...`. Ending that
process ends the download at once, whatever carries it; what has arrived is kept, and
the next one goes on from there.
"""

import sys
import time
from collections.abc import Sequence
from typing import Any

from huggingface_hub import hf_hub_download
from huggingface_hub.utils.tqdm import tqdm

SECONDS_BETWEEN = 0.1


class CountedBytes(tqdm):
    """Stands for the progress bar of a file: adds up the bytes of all files, and draws nothing."""

    arrived = 0
    told = 0.0

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - whatever a bar is made with
        CountedBytes.count(options.get("initial") or 0)
        super().__init__(*args, **{**options, "disable": True})  # type: ignore[no-untyped-call]

    def update(self, n: float | None = 1) -> None:
        """Count bytes."""
        CountedBytes.count(int(n or 0))

    def update_transfer(self, n: float) -> None:
        """Leave out what one way of fetching tells besides: bytes on their way, which are counted once in place."""

    @classmethod
    def count(cls, arrived: int) -> None:
        """Add bytes, and tell their number on standard output; a reader that is gone ends this process."""
        cls.arrived += arrived
        if time.monotonic() - cls.told >= SECONDS_BETWEEN:
            cls.told = time.monotonic()
            sys.stdout.write(f"{cls.arrived}\n")
            sys.stdout.flush()


def fetch(kind: str, repository: str, revision: str, files: Sequence[str]) -> None:
    """Fetch files, one after the other; raises what the hub's library raises."""
    for file in files:
        hf_hub_download(repository, file, repo_type=kind, revision=revision, tqdm_class=CountedBytes)


if __name__ == "__main__":
    fetch(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
