"""Embeddings on disk, one row a text: computed once, and kept whatever ends the process.

SQLite holds them in one file: a transaction is there as a whole or not at all, also
after a kill, and several threads and processes may read and write at once. Every row
carries a SHA-256 of its key and its numbers; one that disagrees is removed and counts
as absent. Nothing here fails for the caller: what cannot be read is absent, and what
cannot be kept is logged.
"""

import logging
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import numpy as np
from filelock import FileLock

from embfilter_core.storage.arrays import embfilter_home, write_atomic
from embfilter_core.storage.embedding_rows import (
    FLOAT,
    create_database,
    evict,
    get_rows,
    put_rows,
    select_rows,
    shorten,
    transaction,
)

log = logging.getLogger(__name__)

DEFAULT_BYTES = 2_000_000_000
BYTES_VARIABLE = "EMBFILTER_STORE_BYTES"
SECONDS_TO_WAIT = 30

Result = TypeVar("Result")


def store_path() -> Path:
    """Return where embeddings are kept."""
    return embfilter_home() / "embeddings" / "embeddings.sqlite3"


def embedding_store() -> "EmbeddingStore":
    """Return the store of this machine, bounded by the environment variable `EMBFILTER_STORE_BYTES`, else by 2 GB."""
    written = os.environ.get(BYTES_VARIABLE, "")
    if written and not written.isdecimal():
        log.warning("%s is %r, which is not a number of bytes; the default is used", BYTES_VARIABLE, written)
    return EmbeddingStore(store_path(), int(written) if written.isdecimal() else DEFAULT_BYTES)


@dataclass(frozen=True)
class EmbeddingStore:
    """Embeddings by key, in one SQLite file.

    Attributes:
        path: The file.
        max_bytes: Size that the file may have; the least recently used embeddings leave first.
    """

    path: Path
    max_bytes: int = DEFAULT_BYTES

    def has_many(self, keys: Sequence[bytes]) -> np.ndarray:
        """Return which keys are there, (n,) bool, without reading their embeddings."""

        def look(connection: sqlite3.Connection) -> np.ndarray:
            there = {key for (key,) in select_rows(connection, "key", keys)}
            return np.array([key in there for key in keys], dtype=bool)

        return self._read(look, np.zeros(len(keys), dtype=bool))

    def get_many(self, keys: Sequence[bytes], d: int) -> tuple[np.ndarray, np.ndarray]:
        """Return embeddings by key, (n, d) float32, zero where there is none; and which were found, (n,) bool."""
        nothing = np.zeros((len(keys), d), dtype=np.float32), np.zeros(len(keys), dtype=bool)
        return self._read(lambda connection: get_rows(connection, keys, d), nothing)

    def put_many(self, keys: Sequence[bytes], embeddings: np.ndarray) -> bool:
        """Keep embeddings, (n, d), under their keys: all of them or none; returns whether they were kept."""
        vectors = [vector.tobytes() for vector in np.asarray(embeddings, dtype=FLOAT)]

        def write(connection: sqlite3.Connection) -> None:
            with transaction(connection):
                put_rows(connection, keys, vectors)
                evict(connection, self.max_bytes)
            shorten(connection, self.max_bytes)

        try:
            self._create()
            self._use(write)
        except (OSError, sqlite3.Error) as error:
            log.warning("%d embeddings could not be kept in %s: %s", len(keys), self.path, error)
            return False
        return True

    def _read(self, read: Callable[[sqlite3.Connection], Result], nothing: Result) -> Result:
        try:
            return self._use(read) if self.path.exists() else nothing
        except (OSError, sqlite3.Error) as error:
            log.warning("The embeddings in %s could not be read: %s", self.path, error)
            return nothing

    def _use(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Work with a connection of its own; a damaged file is begun anew, and the work done again on that."""
        inode = self.path.stat().st_ino
        try:
            with closing(_connect(self.path)) as connection:
                return work(connection)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            self._remove(inode)
            self._create()
        with closing(_connect(self.path)) as connection:
            return work(connection)

    def _create(self) -> None:
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._lock():
                if not self.path.exists():
                    write_atomic(self.path, create_database)

    def _remove(self, inode: int) -> None:
        """Remove a damaged file, unless another process has already begun a new one."""
        with self._lock():
            if self.path.exists() and self.path.stat().st_ino == inode:
                log.warning("%s is damaged; it is removed, and what was in it will be computed again", self.path)
                for ending in ("", "-wal", "-shm"):
                    self.path.with_name(self.path.name + ending).unlink(missing_ok=True)

    def _lock(self) -> FileLock:
        return FileLock(self.path.with_suffix(".lock"), timeout=SECONDS_TO_WAIT)


class _NotAStoreError(sqlite3.DatabaseError):
    """The file is empty, or a database of something else."""


def _is_damage(error: sqlite3.Error) -> bool:
    return isinstance(error, _NotAStoreError) or _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _code(error: sqlite3.Error) -> int:
    """The primary result code; errors of the Python module itself have none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _connect(path: Path) -> sqlite3.Connection:
    uri = f"file:{quote(str(path.absolute()))}"
    connection = sqlite3.connect(f"{uri}?mode=rw", uri=True, timeout=SECONDS_TO_WAIT, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("SELECT key, checksum, used, vector FROM embeddings LIMIT 0")
    except sqlite3.DatabaseError as error:
        connection.close()
        if _code(error) == sqlite3.SQLITE_ERROR:
            raise _NotAStoreError(str(error)) from error
        if _code(error) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise
        # In a folder it may not write to, SQLite reads such a file only when told that nobody changes it.
        return sqlite3.connect(f"{uri}?immutable=1", uri=True, isolation_level=None)
    return connection
