"""Room on the disk for one more copy: those that were not used for longest leave."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

from embfilter_core.errors import BackboneError
from embfilter_core.number_format import format_bytes

log = logging.getLogger(__name__)
DEFAULT_BYTES = 20_000_000_000
BYTES_VARIABLE = "EMBFILTER_CONVERTED_BYTES"


def make_room(folder: Path, needed: int, name: str) -> None:
    """Remove copies until one more of `needed` bytes is within the bound and fits on the disk.

    The bound is that of the environment variable `EMBFILTER_CONVERTED_BYTES`, else 20 GB; a copy that is larger alone
    is kept alone.

    Raises:
        BackboneError: It does not fit on the disk.
    """
    copies = sorted((path for path in folder.iterdir() if _is_copy(path)), key=_last_use)
    attainable = _free(folder) + bytes_in(copies)
    if attainable < needed:
        raise BackboneError(
            f"The copy of {name} as safetensors takes up to {format_bytes(needed)}; {format_bytes(attainable)} are "
            f"free in {folder}.",
            "Make room there, or set EMBFILTER_HOME to a folder of another disk.",
        )
    bound = _bound()
    while copies and (bytes_in(copies) + needed > bound or _free(folder) < needed):
        remove_folder(copies.pop(0))


def bytes_in(folders: list[Path]) -> int:
    """Return the bytes of all files in some folders."""
    return sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())


def remove_folder(folder: Path) -> None:
    """Remove a folder so that nobody finds a half of it."""
    gone = folder.with_name(f".{folder.name}.gone")
    folder.rename(gone)
    shutil.rmtree(gone)
    log.info("%s was removed", folder)


def _is_copy(path: Path) -> bool:
    return path.is_dir() and len(path.name) == 32 and not path.name.startswith(".")


def _last_use(folder: Path) -> float:
    return max((path.stat().st_mtime for path in folder.iterdir()), default=0.0)


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _bound() -> int:
    asked = os.environ.get(BYTES_VARIABLE, "")
    if asked and not asked.isdecimal():
        log.warning("%s is %r, which is not a number of bytes; the default is used", BYTES_VARIABLE, asked)
    return int(asked) if asked.isdecimal() else DEFAULT_BYTES
