"""Where stored backbones stand: those that come with the app, and those in the cache folder."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from embfilter_core.errors import InputError
from embfilter_core.storage.arrays import embfilter_home
from embfilter_core.stored_backbones.archive import too_large
from embfilter_core.stored_backbones.limits import MAX_FILE_BYTES
from embfilter_core.stored_backbones.manifest import read_stored
from embfilter_core.stored_backbones.reading import check_whole
from embfilter_core.stored_backbones.stored_backbone import ENDING, StoredBackbone

log = logging.getLogger(__name__)
KIND = "stored"
"""Its folder in the cache, and its kind there."""
OWN = "own-"
"""The names of files in the cache folder begin so: none can be taken for one that comes with the app."""


def shipped_folder() -> Path:
    """Return the folder of those that come with the app."""
    return Path(__file__).with_name("shipped")


def own_folder() -> Path:
    """Return the folder of those that a visitor stored or was given."""
    return embfilter_home() / KIND


def stored_backbones() -> tuple[StoredBackbone, ...]:
    """Return all stored backbones: those that come with the app, smallest first, then the visitor's own by name.

    What cannot be read is left out and logged.
    """
    shipped = _read_all(shipped_folder(), shipped=True)
    return (*sorted(shipped, key=lambda one: one.parameters), *_read_all(own_folder(), shipped=False))


def find_stored(stored_id: str) -> StoredBackbone:
    """Return the stored backbone of an id.

    Raises:
        InputError: There is none.
    """
    there = stored_backbones()
    for one in there:
        if one.id == stored_id:
            return one
    raise InputError(
        f"No backbone is stored as {stored_id[:80]!r}.", f"Use one of {', '.join(one.id for one in there)}."
    )


def add_stored(content: bytes, name: str) -> StoredBackbone:
    """Keep a stored backbone that somebody hands on, once all of it is found to be what it should be.

    Args:
        content: Of the file.
        name: What the file is called, for messages.

    Raises:
        InputError: It is no stored backbone, is too large, damaged, or written by a newer version.
    """
    if len(content) > MAX_FILE_BYTES:
        raise too_large(name, len(content))
    own_folder().mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=own_folder(), prefix=".") as folder:
        place = Path(folder) / (PurePath(name).name[:80] or "file")
        place.write_bytes(content)
        stored = read_stored(place)
        check_whole(stored)
        final = own_path(stored)
        place.replace(final)
    return read_stored(final)


def remove_stored(stored: StoredBackbone) -> None:
    """Remove a stored backbone of the visitor's own.

    Raises:
        InputError: It comes with the app.
    """
    if stored.shipped or stored.path is None:
        raise InputError(f"{stored.name} comes with the app.", "Only your own can be removed.")
    stored.path.unlink(missing_ok=True)


def own_path(stored: StoredBackbone) -> Path:
    """Return where a visitor's own stored backbone is kept: one made in the same way takes its place."""
    slug = re.sub(r"[^a-z0-9.]+", "-", stored.name.lower()).strip("-.")[:60]
    made = [stored.fingerprint, stored.dtype, stored.prompt, stored.layer, stored.corpus, stored.name]
    told = hashlib.sha256(json.dumps(made).encode()).hexdigest()[:8]
    return own_folder() / f"{OWN}{slug}-{told}{ENDING}"


def _read_all(folder: Path, shipped: bool) -> list[StoredBackbone]:
    found = []
    for path in sorted(folder.glob(f"*{ENDING}")) if folder.is_dir() else ():
        try:
            found.append(read_stored(path, shipped))
        except InputError as error:
            log.warning("%s", error)
    return found
