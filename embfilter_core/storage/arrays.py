"""Arrays on disk that are either whole and true, or not there at all.

A stored file is one safetensors file whose header carries the caller's facts as
JSON and a SHA-256 of the arrays. It is written beside its final place and moved
there in one step, so a reader never sees half of it; a file whose checksum does
not agree is logged, removed and treated as absent.
"""

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StoredArrays:
    """What a stored file holds: named arrays and the facts written with them."""

    arrays: dict[str, np.ndarray]
    facts: dict


def embfilter_home() -> Path:
    """Return the folder for everything kept between runs: `EMBFILTER_HOME`, else `~/.cache/embfilter-explorer`."""
    chosen = os.environ.get("EMBFILTER_HOME")
    return Path(chosen).expanduser() if chosen else Path.home() / ".cache" / "embfilter-explorer"


def write_atomic(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file beside `path`, then move it into place in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def save_arrays(path: Path, arrays: dict[str, np.ndarray], facts: dict) -> None:
    """Write arrays and JSON-able facts to one safetensors file, atomically and with a checksum."""
    arrays = {name: np.asarray(array, order="C") for name, array in arrays.items()}  # keeps a number a number
    header = {"facts": json.dumps(facts), "sha256": _checksum(arrays)}
    write_atomic(path, lambda temporary: save_file(arrays, temporary, metadata=header))


def read_arrays(path: Path) -> StoredArrays:
    """Read a stored file and verify it.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is damaged, or was not written by `save_arrays`.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    except SafetensorError as error:
        raise ValueError(f"{path} is not a readable safetensors file: {error}") from error
    if header.get("sha256") != _checksum(arrays):
        raise ValueError(f"{path} does not agree with its own checksum")
    for array in arrays.values():
        array.setflags(write=False)
    return StoredArrays(arrays, json.loads(header["facts"]))


def load_arrays(path: Path) -> StoredArrays | None:
    """Read a stored file, or return None where there is none; a damaged file is logged and removed."""
    try:
        return read_arrays(path)
    except FileNotFoundError:
        return None
    except ValueError as error:
        log.warning("%s; it is removed and will be computed again", error)
        path.unlink(missing_ok=True)
        return None


def _checksum(arrays: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).data.cast("B") if array.size else b"")
    return digest.hexdigest()
