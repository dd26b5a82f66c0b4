"""What is read of a stored backbone after its manifest: its parts, and one text without the others."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.stored_backbones.archive import PARTS, SHARED, read_members, refusal, text_member
from embfilter_core.stored_backbones.parts import StoredParts, StoredTextParts
from embfilter_core.stored_backbones.parts_member import unpack_parts
from embfilter_core.stored_backbones.shapes import Malformed
from embfilter_core.stored_backbones.stored_backbone import StoredBackbone
from embfilter_core.stored_backbones.text_members import SharedByTexts, shown_text, unpack_shared, unpack_text

HELD = 4
"""Files whose parts stay in memory, some megabytes each."""


def read_parts(stored: StoredBackbone) -> StoredParts:
    """Return what holds for all texts of a stored backbone.

    Raises:
        InputError: Its file is gone or damaged.
    """
    return _common(stored).parts


def read_text(stored: StoredBackbone, place: int) -> StoredTextParts:
    """Return what the instrument shows of a text of a stored backbone, by its place among them.

    Raises:
        InputError: There is no such text, or the file is gone or damaged.
    """
    if not 0 <= place < len(stored.texts):
        raise InputError(f"{stored.name} has no stored text {place}.", f"Use 0 to {len(stored.texts) - 1}.")
    common, path = _common(stored), _path(stored)
    (member,) = read_members(path, (text_member(place),))
    try:
        text = unpack_text(member, common.shared, common.edges)
    except (ValueError, RecursionError) as error:
        raise refusal(path, error) from error
    data = common.parts.directions | shown_text(text, common.shared, common.edges)
    identity = hashlib.sha256(common.digest + member).hexdigest()[:16]
    return StoredTextParts(data | {"id": identity, "committed": text.committed}, text.centred)


def check_whole(stored: StoredBackbone) -> None:
    """Read all of a stored backbone once.

    Raises:
        InputError: Something in it is not what it should be, or its parts do not belong together.
    """
    read_parts(stored)
    for place in range(len(stored.texts)):
        read_text(stored, place)


@dataclass(frozen=True, eq=False)
class _Common:
    """What the texts of a file need besides their own members."""

    parts: StoredParts
    shared: SharedByTexts
    edges: np.ndarray
    digest: bytes


def _common(stored: StoredBackbone) -> _Common:
    path = _path(stored)
    try:
        state = path.stat()
    except OSError as error:
        raise InputError(f"The stored backbone {stored.name} is gone.", "Store it again.") from error
    common = _read_common(path, state.st_mtime_ns, state.st_size)
    if common.parts.directions["d"] != stored.d:
        raise refusal(path, Malformed("its directions are not those of its backbone"))
    return common


@lru_cache(maxsize=HELD)
def _read_common(path: Path, changed: int, size: int) -> _Common:
    """The parts of a file in a state that its time and size tell."""
    parts, shared = read_members(path, (PARTS, SHARED))
    try:
        found = unpack_parts(parts)
        edges = np.array(found.directions["edges"])
        return _Common(found, unpack_shared(shared, edges), edges, hashlib.sha256(parts + shared).digest())
    except (ValueError, RecursionError) as error:
        raise refusal(path, error) from error


def _path(stored: StoredBackbone) -> Path:
    if stored.path is None:
        raise InputError(f"{stored.name} has not been written yet.", "Write it first.")
    return stored.path
