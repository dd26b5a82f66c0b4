"""The SQL of the store of embeddings: rows, checksums, eviction."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import numpy as np

log = logging.getLogger(__name__)

SHARE_LEFT = 0.95
"""Of the bound, after room was made, so that not every write has to make room."""
PAGE_BYTES = 8192
SECONDS_BETWEEN_USES = 3600
KEYS_PER_QUERY = 500
FLOAT = np.dtype("<f4")
SCHEMA = f"""
PRAGMA page_size = {PAGE_BYTES};
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
CREATE TABLE embeddings (key BLOB PRIMARY KEY, checksum BLOB NOT NULL, used INTEGER NOT NULL, vector BLOB NOT NULL);
CREATE INDEX embeddings_by_use ON embeddings (used);
"""


def create_database(path: Path) -> None:
    """Create an empty store."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Run a block as one write: all of it, or nothing after an error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):  # a full disk has rolled it back already
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def select_rows(connection: sqlite3.Connection, columns: str, keys: Sequence[bytes]) -> Iterator[tuple]:
    """Columns of the rows that have one of the keys, in no order."""
    for start in range(0, len(keys), KEYS_PER_QUERY):
        some = keys[start : start + KEYS_PER_QUERY]
        marks = ", ".join("?" * len(some))
        yield from connection.execute(f"SELECT {columns} FROM embeddings WHERE key IN ({marks})", some)


def _change(connection: sqlite3.Connection, statement: str, keys: Sequence[bytes], wait: bool) -> None:
    """Run a statement for every key, or leave it where the file cannot be written to (now, unless `wait`)."""
    if not keys:
        return
    if not wait:
        connection.execute("PRAGMA busy_timeout = 0")
    with suppress(sqlite3.OperationalError), transaction(connection):
        connection.executemany(statement, [(key,) for key in keys])


def get_rows(connection: sqlite3.Connection, keys: Sequence[bytes], d: int) -> tuple[np.ndarray, np.ndarray]:
    """Return embeddings by key, (n, d), and which were found, (n,); damaged rows are removed, uses noted."""
    places: dict[bytes, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    embeddings, found = np.zeros((len(keys), d), dtype=np.float32), np.zeros(len(keys), dtype=bool)
    damaged, now, not_lately = [], int(time.time()), []
    for key, checksum, used, vector in select_rows(connection, "key, checksum, used, vector", list(places)):
        if checksum != _checksum(key, vector) or len(vector) != d * FLOAT.itemsize:
            damaged.append(key)
            continue
        embeddings[places[key]] = np.frombuffer(vector, FLOAT)
        found[places[key]] = True
        if used <= now - SECONDS_BETWEEN_USES:
            not_lately.append(key)
    if damaged:
        log.warning("%d stored embeddings are damaged; they are removed and will be computed again", len(damaged))
    _change(connection, "DELETE FROM embeddings WHERE key = ?", damaged, wait=True)
    _change(connection, f"UPDATE embeddings SET used = {now} WHERE key = ?", not_lately, wait=False)
    return embeddings, found


def put_rows(connection: sqlite3.Connection, keys: Sequence[bytes], vectors: Sequence[bytes]) -> None:
    """Write embeddings under their keys."""
    now = int(time.time())
    rows = ((key, _checksum(key, vector), now, vector) for key, vector in zip(keys, vectors, strict=True))
    connection.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?, ?)", rows)


def evict(connection: sqlite3.Connection, max_bytes: int) -> None:
    """Remove the least recently used embeddings where there are too many."""
    if _bytes_used(connection) <= max_bytes:
        return
    left = SHARE_LEFT * max_bytes
    while (used := _bytes_used(connection)) > left:
        (rows,) = connection.execute("SELECT count(*) FROM embeddings").fetchone()
        if rows == 0:
            break
        surplus = 1 + int(rows * (used - left) / used)
        oldest = "SELECT rowid FROM embeddings ORDER BY used, rowid LIMIT ?"
        connection.execute(f"DELETE FROM embeddings WHERE rowid IN ({oldest})", (surplus,))


def shorten(connection: sqlite3.Connection, max_bytes: int) -> None:
    """Give free pages back where the file is longer than it may be; another writer's turn leaves it for later."""
    surplus = _pragma(connection, "page_count") - max_bytes // PAGE_BYTES
    if surplus > 0:
        with suppress(sqlite3.OperationalError):
            connection.executescript(f"PRAGMA incremental_vacuum({surplus})")  # execute() would free a single page


def _bytes_used(connection: sqlite3.Connection) -> int:
    return PAGE_BYTES * (_pragma(connection, "page_count") - _pragma(connection, "freelist_count"))


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value


def _checksum(key: bytes, vector: bytes) -> bytes:
    return hashlib.sha256(key + vector).digest()
