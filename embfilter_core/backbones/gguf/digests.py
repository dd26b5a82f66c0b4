"""SHA-256 of large files, remembered by path, size and times of change: a gigabyte takes a second or more."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path

from embfilter_core.backbones.weight_digests import file_states
from embfilter_core.errors import BackboneError
from embfilter_core.progress import Progress, report
from embfilter_core.storage.arrays import embfilter_home, write_atomic

log = logging.getLogger(__name__)
MOST_REMEMBERED = 200
CHUNK_BYTES = 1 << 24


def file_digest(path: Path, progress: Progress | None = None) -> str:
    """Return the SHA-256 of a file in hexadecimal; what was found before, where the file has not changed since.

    Args:
        path: The file.
        progress: Called with (bytes done, bytes in all); returning False cancels.

    Raises:
        BackboneError: The file changed while it was read.
        OSError: It cannot be read.
        Cancelled: `progress` returned False.
    """
    ((place, *state),) = file_states([path])
    remembered = _read()
    known = remembered.get(str(place))
    if isinstance(known, list) and known[:-1] == state:
        return str(known[-1])
    digest = _hash(path, progress)
    if file_states([path]) != [[place, *state]]:
        raise BackboneError(f"{path.name} changed while it was read.", "Wait until it is complete, then try again.")
    latest = {**_read(), str(place): [*state, digest]}
    _write(dict(list(latest.items())[-MOST_REMEMBERED:]))
    return digest


def _hash(path: Path, progress: Progress | None) -> str:
    digest, size, done = hashlib.sha256(), path.stat().st_size, 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            report(progress, done, size, "bytes")
            digest.update(chunk)
            done += len(chunk)
    return digest.hexdigest()


def _file() -> Path:
    return embfilter_home() / "file_digests.json"


def _read() -> dict[str, object]:
    try:
        remembered = json.loads(_file().read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        log.warning("%s could not be read: %s", _file(), error)
        return {}
    return remembered if isinstance(remembered, dict) else {}


def _write(remembered: dict[str, object]) -> None:
    try:
        write_atomic(_file(), lambda temporary: temporary.write_text(json.dumps(remembered, indent=1), "utf-8"))
    except OSError as error:  # the file is hashed again the next time
        log.warning("%s could not be written: %s", _file(), error)
