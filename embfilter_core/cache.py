"""What is kept between runs, by kind: how large it is, when it was last used, and how it is removed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from embfilter_core.backbones.gguf.copies import LOCKS, read_record
from embfilter_core.errors import InputError, check_known
from embfilter_core.storage.arrays import embfilter_home


@dataclass(frozen=True)
class Kind:
    """A kind of what is kept.

    Attributes:
        id: Its name, which is that of its folder or file.
        what: What it is, and what happens when it is gone.
    """

    id: str
    what: str


KINDS = {
    kind.id: kind
    for kind in (
        Kind("assets", "the bundled backbone and corpora; `python -m embfilter_core assets` fetches them again"),
        Kind("converted", "GGUF files as safetensors; each is converted again when it is loaded"),
        Kind("downloads", "unfinished downloads; a load goes on where one stopped"),
        Kind("embeddings", "embeddings of corpora; computed again when they are asked for"),
        Kind("spectra", "singular values and directions; computed again when a backbone is loaded"),
        Kind("maps", "UMAP maps; computed again when they are asked for"),
        Kind("stored", "your stored backbones; gone for good unless `store` makes them again"),
        Kind("visits", "texts and files of visits to the app; gone for good"),
        Kind("weights", "SHA-256 of weights; found again when a backbone is loaded"),
        Kind("batches", "sizes of batches; measured again on a GPU"),
        Kind("others", "small files: speeds, places of backbones and the like; found again"),
    )
}


@dataclass(frozen=True)
class Kept:
    """Something that is kept.

    Attributes:
        kind: Id of its kind.
        name: What it is removed by.
        path: Its file or folder.
        bytes: Its size.
        used: When it was last used, or written where no use is noted, in seconds since 1970.
    """

    kind: str
    name: str
    path: Path
    bytes: int
    used: float


def kept_files() -> list[Kept]:
    """Return all that is kept, in the order of the kinds, the latest used first within one."""
    home = embfilter_home()
    found = [_kept(kind, path) for kind in KINDS for path in _paths(home, kind)]
    order = list(KINDS)
    return sorted(found, key=lambda one: (order.index(one.kind), -one.used))


def remove_named(name: str) -> list[Kept]:
    """Remove what has a name, or the only one whose name begins so; returns what was removed.

    Raises:
        InputError: There is none, or more than one.
    """
    there = kept_files()
    found = [one for one in there if one.name == name] or [one for one in there if one.name.startswith(name)]
    if not found:
        raise InputError(f"Nothing is kept under {name[:80]!r}.", "`cache KIND` lists the names of a kind.")
    if len(found) > 1:
        raise InputError(f"{len(found)} names begin with {name[:80]!r}.", "Write more of the name.")
    return _removed(found)


def remove_kind(kind: str) -> list[Kept]:
    """Remove all that is kept of a kind; returns what was removed.

    Raises:
        InputError: There is no such kind.
    """
    check_known("kind", kind, KINDS)
    return _removed(one for one in kept_files() if one.kind == kind)


def _paths(home: Path, kind: str) -> Iterable[Path]:
    if kind == "others":
        return (path for path in _entries(home) if path.name not in KINDS)
    return _entries(home / kind)


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder, without what is being written and the locks of those who write."""
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.name != LOCKS and not path.name.startswith(".")]


def _kept(kind: str, path: Path) -> Kept:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    facts = [file.stat() for file in files]
    record = read_record(path) if kind == "converted" else None
    name = path.name if kind == "others" else f"{kind}/{path.name}"
    if record is not None:
        name = f"{record.get('name')}@{path.name[:8]}"
    used = max((fact.st_mtime for fact in facts), default=path.stat().st_mtime)
    return Kept(kind, name, path, sum(fact.st_size for fact in facts), used)


def _removed(found: Iterable[Kept]) -> list[Kept]:
    removed = list(found)
    for one in removed:
        if one.path.is_dir():
            gone = one.path.with_name(f".{one.path.name}.{time.time_ns()}.gone")  # nobody finds a half of it
            one.path.rename(gone)
            shutil.rmtree(gone)
        else:
            one.path.unlink(missing_ok=True)
    return removed
