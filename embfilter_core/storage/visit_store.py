"""Visits on disk, each under a random id that only its visitor knows: bounded, swept, and whole or not there at all.

Beside the visits lies every file that was given, once, by the SHA-256 of its content;
it goes with the last visit that holds it. Nothing here fails for the caller: what
cannot be read or is not what it should be is removed and counts as absent, and what
cannot be kept is logged. Several threads and processes may work on one folder.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from embfilter_core.storage.arrays import embfilter_home, write_atomic
from embfilter_core.storage.visit import Visit
from embfilter_core.storage.visit_file import held_by, note_use, read_visit, seconds_since_use, written

log = logging.getLogger(__name__)

DEFAULT_BYTES = 1_000_000_000
BYTES_VARIABLE = "EMBFILTER_VISIT_BYTES"
SECONDS_UNUSED = 30 * 24 * 3600
SECONDS_BETWEEN_SWEEPS = 24 * 3600
SECONDS_BETWEEN_USES = 3600
SECONDS_TO_WAIT = 10
SHARE_LEFT = 0.95
"""Of the bound, after room was made, so that not every write has to make room."""
_ID = re.compile(r"[A-Za-z0-9_-]{12}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def new_visit_id() -> str:
    """Return an id that nobody can guess: 72 random bits in 12 characters that an address can hold."""
    return secrets.token_urlsafe(9)


def visit_store() -> VisitStore:
    """Return the store of this machine, bounded by the environment variable `EMBFILTER_VISIT_BYTES`, else by 1 GB."""
    asked = os.environ.get(BYTES_VARIABLE, "")
    if asked and not asked.isdecimal():
        log.warning("%s is %r, which is not a number of bytes; the default is used", BYTES_VARIABLE, asked)
    return VisitStore(embfilter_home() / "visits", int(asked) if asked.isdecimal() else DEFAULT_BYTES)


@dataclass(frozen=True)
class VisitStore:
    """Visits in a folder that its owner alone can read.

    Attributes:
        folder: Where they are: `ID.json` each, and the files' content in `contents`.
        max_bytes: Of all of it; the visits that were not used for longest leave first.
        seconds_unused: After which a visit leaves.
    """

    folder: Path
    max_bytes: int = DEFAULT_BYTES
    seconds_unused: int = SECONDS_UNUSED

    def read(self, visit_id: str) -> Visit | None:
        """Return a visit, which counts as used now, or None where there is none."""
        if not _ID.fullmatch(visit_id):
            return None
        path = self._path(visit_id)
        unused = seconds_since_use(path)
        visit = read_visit(path) if unused <= self.seconds_unused else None
        if visit is not None and unused > SECONDS_BETWEEN_USES:
            note_use(path)
        return visit

    def content(self, sha256: str) -> bytes | None:
        """Return what a file holds, or None where it is not kept; one that was changed is removed."""
        if not _DIGEST.fullmatch(sha256):
            return None
        path = self._contents / sha256
        try:
            data = path.read_bytes()
        except OSError:
            return None
        if hashlib.sha256(data).hexdigest() == sha256:
            return data
        log.warning("%s does not agree with its own checksum; it is removed", path)
        path.unlink(missing_ok=True)
        return None

    def has_content(self, sha256: str) -> bool:
        """Return whether a file's content is there, without reading it."""
        return bool(_DIGEST.fullmatch(sha256)) and (self._contents / sha256).is_file()

    def write(self, visit_id: str, visit: Visit, contents: Mapping[str, bytes]) -> bool:
        """Keep a visit under its id, in place of the one before; returns whether it was kept.

        Args:
            visit_id: See `new_visit_id`.
            visit: What it holds.
            contents: Of its files by their SHA-256, those that may not be there yet. Where they alone are more than
                the bound, the visit is kept without them.
        """
        if not _ID.fullmatch(visit_id):
            raise ValueError(f"{visit_id!r} is not an id of a visit")
        body = written(visit)
        if len(body) > self.max_bytes:
            log.warning("A visit of %d bytes was not kept: the bound is %d", len(body), self.max_bytes)
            return False
        fits = sum(map(len, contents.values())) + len(body) <= self.max_bytes
        return self._change(lambda: self._put(visit_id, visit, body, contents if fits else {}))

    def forget(self, visit_id: str) -> None:
        """Remove a visit, and the files that no other visit holds."""

        def remove() -> None:
            self._path(visit_id).unlink(missing_ok=True)
            self._remove_unheld()

        if _ID.fullmatch(visit_id) and self.folder.exists():
            self._change(remove)

    @property
    def _contents(self) -> Path:
        return self.folder / "contents"

    def _path(self, visit_id: str) -> Path:
        return self.folder / f"{visit_id}.json"

    def _change(self, change: Callable[[], None]) -> bool:
        """Change what is there, one at a time; returns whether that went well."""
        try:
            for folder in (self.folder, self._contents):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                folder.chmod(0o700)
            with FileLock(self.folder / "lock", timeout=SECONDS_TO_WAIT, mode=0o600):
                change()
        except (OSError, Timeout) as error:
            log.warning("The visits in %s could not be changed: %s", self.folder, error)
            return False
        return True

    def _put(self, visit_id: str, visit: Visit, body: bytes, contents: Mapping[str, bytes]) -> None:
        path = self._path(visit_id)
        before = read_visit(path)
        for sha256, data in contents.items():
            if not self.has_content(sha256):
                write_atomic(self._contents / sha256, partial(Path.write_bytes, data=data))
        write_atomic(path, lambda temporary: temporary.write_bytes(body))
        self._sweep_sometimes()
        if before is not None and held_by([before]) - held_by([visit]):
            self._remove_unheld()
        self._make_room(path)

    def _sweep_sometimes(self) -> None:
        """Remove the visits that were not used for long, once a day."""
        swept = self.folder / "swept"
        if swept.exists() and seconds_since_use(swept) < SECONDS_BETWEEN_SWEEPS:
            return
        for path in self._visits():
            if seconds_since_use(path) > self.seconds_unused:
                path.unlink()
        for left_by_a_kill in self.folder.glob(".*"):
            left_by_a_kill.unlink()
        self._remove_unheld()
        swept.touch(mode=0o600)

    def _make_room(self, newest: Path) -> None:
        """Remove visits where there is too much, those first that were not used for longest; never the newest."""
        if self._bytes() <= self.max_bytes:
            return
        self._remove_unheld()
        for path in sorted(self._visits(), key=lambda path: path.stat().st_mtime):
            if self._bytes() <= SHARE_LEFT * self.max_bytes:
                return
            if path != newest:
                path.unlink()
                self._remove_unheld()

    def _remove_unheld(self) -> None:
        held = held_by(visit for path in self._visits() if (visit := read_visit(path)) is not None)
        for path in self._contents.iterdir():
            if path.name not in held:
                path.unlink()

    def _visits(self) -> list[Path]:
        return [path for path in self.folder.glob("*.json") if _ID.fullmatch(path.stem)]

    def _bytes(self) -> int:
        return sum(path.stat().st_size for path in (*self._visits(), *self._contents.iterdir()))
