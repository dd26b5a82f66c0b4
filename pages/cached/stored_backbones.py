"""Stored backbones that are looked at: what each says of itself, its parts and its texts, read once."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np
import streamlit as st

from embfilter_core.stored_backbones.manifest import read_stored
from embfilter_core.stored_backbones.reading import read_parts, read_text
from embfilter_core.stored_backbones.shelf import own_folder, shipped_folder, stored_backbones
from embfilter_core.stored_backbones.stored_backbone import ENDING
from pages.cached.keys import KEYS, read_only

if TYPE_CHECKING:
    from collections.abc import Mapping

    from embfilter_core.stored_backbones.parts import StoredParts, StoredTextParts
    from embfilter_core.stored_backbones.stored_backbone import StoredBackbone
    from pages.cached.uploads import Upload

Origin = Literal["shipped", "own", "given"]
PREFIX = "stored:"
"""Beginning of what a stored backbone is called where a backbone is chosen."""
ID_DIGITS = 12
"""Hexadecimal digits of a text that stand for it in links."""


@dataclass(frozen=True, eq=False)
class Stored:
    """A stored backbone.

    Attributes:
        spec: What it is called where a backbone is chosen.
        about: What it says of itself.
        origin: Whether it comes with the app, was stored on this machine, or is a file that the visitor gave.
        upload: The file that the visitor gave, else None.
    """

    spec: str
    about: StoredBackbone
    origin: Origin
    upload: Upload | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it apart from every other, for caches."""
        if self.upload is not None:
            return self.spec, self.upload.sha256
        state = self.about.path.stat() if self.about.path is not None and self.about.path.exists() else None
        return self.spec, state and state.st_mtime_ns, state and state.st_size

    @property
    def text_ids(self) -> tuple[str, ...]:
        """What its texts are called in links."""
        return tuple(text_id(text.text) for text in self.about.texts)


def text_id(text: str) -> str:
    """Return what a stored text is called in links, the same whatever backbone it is stored with."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:ID_DIGITS]


def on_this_machine(hosted: bool) -> Mapping[str, Stored]:
    """Return the stored backbones that need no upload, by spec: those of the app, then the visitor's own.

    Args:
        hosted: Whether the app is hosted: what lies on its machine is nobody's own then.
    """
    there = (shipped_folder(),) if hosted else (shipped_folder(), own_folder())
    files = sorted(file for folder in there if folder.is_dir() for file in folder.glob(f"*{ENDING}"))
    return _read(hosted, tuple((str(file), file.stat().st_mtime_ns) for file in files))


@st.cache_resource(max_entries=8, show_spinner=False)
def _read(hosted: bool, files: tuple[tuple[str, int], ...]) -> Mapping[str, Stored]:
    """What can be chosen while the folders hold these files, each with when it was written."""
    found = [one for one in stored_backbones() if one.shipped or not hosted]
    there = {PREFIX + one.id: Stored(PREFIX + one.id, one, "shipped" if one.shipped else "own") for one in found}
    return MappingProxyType(there)  # all sessions share it


def given(upload: Upload) -> Stored:
    """Return the stored backbone in a file that a visitor gave.

    Raises:
        InputError: It is none, or a damaged one.
    """
    return Stored(PREFIX + upload.sha256[:ID_DIGITS], _opened(upload).about, "given", upload)


def parts_of(stored: Stored) -> StoredParts:
    """Return what holds for all texts of a stored backbone.

    Raises:
        InputError: Its file is gone or damaged.
    """
    return read_parts(stored.about) if stored.upload is None else _opened(stored.upload).parts


@st.cache_resource(hash_funcs=KEYS, max_entries=64, show_spinner=False)
def singular_values(stored: Stored) -> np.ndarray:
    """Return the singular values of a stored backbone, (d,) descending: of many at once, its parts take much more.

    Raises:
        InputError: Its file is gone or damaged.
    """
    return read_only(np.array(parts_of(stored).directions["values"]))


@st.cache_resource(hash_funcs=KEYS, max_entries=64, show_spinner=False)
def text_of(stored: Stored, place: int) -> StoredTextParts:
    """Return what the instrument shows of a text of a stored backbone, by its place among them.

    Raises:
        InputError: Its file is gone or damaged.
    """
    return read_text(stored.about, place) if stored.upload is None else _opened(stored.upload).texts[place]


@dataclass(frozen=True, eq=False)
class _Opened:
    """All of a file that was given: its content need not be kept anywhere else."""

    about: StoredBackbone
    parts: StoredParts
    texts: tuple[StoredTextParts, ...]


@st.cache_resource(hash_funcs=KEYS, max_entries=4, show_spinner="Reading the stored backbone ...")
def _opened(upload: Upload) -> _Opened:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{Path(upload.name).name.removesuffix(ENDING)[:80] or 'stored'}{ENDING}"
        file.write_bytes(upload.read())
        about = read_stored(file)
        texts = tuple(read_text(about, place) for place in range(len(about.texts)))
        return _Opened(replace(about, path=None), read_parts(about), texts)
