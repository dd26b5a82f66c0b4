"""The header of a GGUF file of the hub, without the file."""

from __future__ import annotations

import tempfile
from pathlib import Path

from huggingface_hub import get_session, hf_hub_url, try_to_load_from_cache
from huggingface_hub.utils import build_hf_headers, hf_raise_for_status  # type: ignore[attr-defined]

from embfilter_core.backbones.gguf.header import GgufHeader, read_header
from embfilter_core.errors import BackboneError, first_line
from embfilter_core.hub import NO_NETWORK, TIMEOUT_S, Repository

BEGINNING = 1 << 24
LONGEST = 1 << 27


def read_remote_header(repository: Repository, file: str) -> GgufHeader:
    """Read the header of a file that may not be on this machine; at most its beginning, some megabytes, is fetched.

    Raises:
        BackboneError: It cannot be fetched, or is not a GGUF file.
    """
    here = try_to_load_from_cache(repository.repo, file, revision=repository.revision)
    if isinstance(here, str):
        return read_header(Path(here))
    url = hf_hub_url(repository.repo, file, revision=repository.revision)
    length = BEGINNING
    while True:
        try:
            return _read_beginning(url, length, repository.files[file], Path(file).name)
        except NO_NETWORK as error:
            raise BackboneError(f"{file} could not be fetched: {first_line(error)}", "Try again.") from error
        except BackboneError:
            if length >= min(LONGEST, repository.files[file]):
                raise
            length *= 4  # the vocabulary is longer


def _read_beginning(url: str, length: int, size: int, name: str) -> GgufHeader:
    """The header, from the first bytes of a file in a place of its size, where its tensors are a hole."""
    with tempfile.TemporaryDirectory(prefix="embfilter-") as scratch:
        place = Path(scratch, name)
        headers = {**build_hf_headers(), "Range": f"bytes=0-{length - 1}"}
        with (
            get_session().stream("GET", url, headers=headers, timeout=TIMEOUT_S) as answer,
            place.open("wb") as content,
        ):
            hf_raise_for_status(answer)
            for chunk in answer.iter_bytes():
                content.write(chunk)
                if content.tell() >= length:  # a server may send more than was asked for
                    break
            content.truncate(size)
        return read_header(place)
