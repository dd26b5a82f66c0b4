"""What the store returns is true, whatever happened to the process, the disk or the file before."""

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from embfilter_core.storage import embedding_rows
from embfilter_core.storage import embedding_store as module
from embfilter_core.storage.arrays import embfilter_home
from embfilter_core.storage.embedding_store import BYTES_VARIABLE, DEFAULT_BYTES, EmbeddingStore, embedding_store

D = 576


def keys_of(start: int, stop: int) -> list[bytes]:
    return [hashlib.sha256(b"%d" % i).digest() for i in range(start, stop)]


def embeddings_of(start: int, stop: int, d: int = D) -> np.ndarray:
    """Embeddings that follow from their number, so that every process knows the true ones."""
    return np.outer(np.arange(start, stop) + 1.5, np.arange(1, d + 1)).astype(np.float32)


def all_true(store: EmbeddingStore, start: int, stop: int) -> np.ndarray:
    """Which of some numbers are found, (n,) bool, after checking that each is the true one."""
    embeddings, found = store.get_many(keys_of(start, stop), D)
    assert np.array_equal(embeddings[found], embeddings_of(start, stop)[found])
    assert not embeddings[~found].any()
    return found


@pytest.fixture
def store(tmp_path: Path) -> EmbeddingStore:
    return EmbeddingStore(tmp_path / "a folder?" / "embeddings.sqlite3")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Sets the time, in hours."""
    monkeypatch.setattr(embedding_rows.time, "time", lambda: 0.0)
    yield lambda hours: monkeypatch.setattr(embedding_rows.time, "time", lambda: hours * 3600.0)


def test_embeddings_come_back_in_the_order_asked_for(store: EmbeddingStore) -> None:
    assert store.put_many(keys_of(0, 2000), embeddings_of(0, 2000))
    order = np.random.default_rng(0).integers(0, 2000, size=3000)  # some twice, some not at all
    keys = keys_of(0, 2000)
    embeddings, found = store.get_many([keys[i] for i in order], D)
    assert found.all()
    assert embeddings.dtype == np.float32
    assert np.array_equal(embeddings, embeddings_of(0, 2000)[order])


def test_what_was_never_kept_is_absent(store: EmbeddingStore) -> None:
    store.put_many(keys_of(5, 8), embeddings_of(5, 8))
    assert all_true(store, 0, 10).tolist() == [False] * 5 + [True] * 3 + [False] * 2
    assert store.has_many(keys_of(0, 10)).tolist() == [False] * 5 + [True] * 3 + [False] * 2


def test_an_empty_store_has_nothing_and_looking_does_not_create_it(store: EmbeddingStore) -> None:
    assert not all_true(store, 0, 3).any()
    assert not store.has_many(keys_of(0, 3)).any()
    assert not store.path.parent.exists()


def test_keeping_again_replaces(store: EmbeddingStore) -> None:
    store.put_many(keys_of(0, 3), -embeddings_of(0, 3))
    store.put_many(keys_of(1, 3), embeddings_of(1, 3))
    embeddings, found = store.get_many(keys_of(0, 3), D)
    assert found.all()
    assert np.array_equal(embeddings, embeddings_of(0, 3) * [[-1], [1], [1]])


def test_no_keys_at_all_are_no_problem(store: EmbeddingStore) -> None:
    assert store.put_many([], np.empty((0, D), dtype=np.float32))
    embeddings, found = store.get_many([], D)
    assert (embeddings.shape, found.shape) == ((0, D), (0,))
    assert store.has_many([]).shape == (0,)


def test_infinities_zeros_and_other_layouts_are_kept_as_they_are(store: EmbeddingStore) -> None:
    odd = np.array([[np.inf, -0.0, np.nan], [1e-42, 3.4e38, -np.inf]], dtype=np.float32)
    store.put_many(keys_of(0, 2), np.asfortranarray(odd))
    assert store.get_many(keys_of(0, 2), 3)[0].tobytes() == odd.tobytes()


def test_an_embedding_of_another_width_counts_as_absent(store: EmbeddingStore) -> None:
    store.put_many(keys_of(0, 2), embeddings_of(0, 2))
    assert not store.get_many(keys_of(0, 2), D + 1)[1].any()


def test_a_changed_row_is_logged_removed_and_absent(store: EmbeddingStore, caplog: pytest.LogCaptureFixture) -> None:
    store.put_many(keys_of(0, 10), embeddings_of(0, 10))
    changed = embeddings_of(3, 4)
    changed[0, 7] += 1
    rewrite(store, "vector", changed.tobytes(), keys_of(3, 4)[0])
    rewrite(store, "vector", b"", keys_of(4, 5)[0])
    rewrite(store, "checksum", b"", keys_of(5, 6)[0])
    expected = [i not in (3, 4, 5) for i in range(10)]
    assert all_true(store, 0, 10).tolist() == expected
    assert [message for message in caplog.messages if "3 stored embeddings are damaged" in message]
    assert store.has_many(keys_of(0, 10)).tolist() == expected


def test_a_true_embedding_under_another_key_is_noticed(store: EmbeddingStore) -> None:
    store.put_many(keys_of(0, 1), embeddings_of(0, 1))
    (moved,) = keys_of(1, 2)
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("UPDATE embeddings SET key = ?", (moved,))
    assert not store.get_many([moved], D)[1].any()


def rewrite(store: EmbeddingStore, column: str, value: bytes, key: bytes) -> None:
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute(f"UPDATE embeddings SET {column} = ? WHERE key = ?", (value, key))


def overwritten(content: bytes) -> bytes:
    return content[:8192] + os.urandom(len(content) - 8192)


def another_database(content: bytes) -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE recipes (key, cake)")
        return connection.serialize()


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"no database" * 999,
        lambda content: content[:30_000],
        overwritten,
        another_database,
    ],
    ids=["emptied", "text", "cut off", "pages overwritten", "another database"],
)
@pytest.mark.parametrize("first", ["read", "written"])
def test_a_damaged_file_is_begun_anew(
    store: EmbeddingStore, caplog: pytest.LogCaptureFixture, damage: Callable[[bytes], bytes], first: str
) -> None:
    store.put_many(keys_of(0, 100), embeddings_of(0, 100))
    store.path.write_bytes(damage(store.path.read_bytes()))
    if first == "read":
        assert not all_true(store, 0, 100).all()
    assert store.put_many(keys_of(50, 60), embeddings_of(50, 60))
    assert all_true(store, 0, 100)[50:60].all()
    assert sum("is damaged; it is removed" in message for message in caplog.messages) == 1
    assert store.put_many(keys_of(0, 100), embeddings_of(0, 100))
    assert all_true(store, 0, 100).all()


def in_child(code: str, store: EmbeddingStore, *more: str) -> subprocess.Popen:
    """Start a process that has `store` and this module's names; it has no torch to import."""
    start = "import os, signal, sys\nfrom pathlib import Path\nfrom tests.core.storage.test_embedding_store import *\n"
    start += "store = EmbeddingStore(Path(sys.argv[1]))\n"
    arguments = [sys.executable, "-c", start + code, str(store.path), *more]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


KILLED_IN_A_TRANSACTION = """
class KilledAt:
    def __init__(self, stop):
        self.keys, self.stop = keys_of(100, 3000), stop
    def __iter__(self):
        for i, key in enumerate(self.keys):
            if i == self.stop:
                os.kill(os.getpid(), signal.SIGKILL)
            yield key
    def __len__(self):
        return len(self.keys)
store.put_many(KilledAt(int(sys.argv[2])), embeddings_of(100, 3000))
"""


@pytest.mark.parametrize("rows", [1, 2500])
def test_a_write_that_is_killed_leaves_nothing_of_itself(store: EmbeddingStore, rows: int) -> None:
    store.put_many(keys_of(0, 100), embeddings_of(0, 100))
    with in_child(KILLED_IN_A_TRANSACTION, store, str(rows)) as child:
        assert child.wait() == -signal.SIGKILL
    if rows > 1000:  # more than SQLite holds in memory: part of the write had reached the disk
        assert store.path.with_name(f"{store.path.name}-wal").stat().st_size > 1_000_000
    assert all_true(store, 0, 3000).tolist() == [True] * 100 + [False] * 2900
    assert store.put_many(keys_of(100, 200), embeddings_of(100, 200))
    assert all_true(store, 0, 200).all()


WRITES_UNTIL_KILLED = """
i = 0
while True:
    assert store.put_many(keys_of(i, i + 20), embeddings_of(i, i + 20))
    i += 20
    print(i, flush=True)
"""


def test_after_a_kill_at_any_time_everything_said_to_be_kept_is_there(store: EmbeddingStore) -> None:
    with in_child(WRITES_UNTIL_KILLED, store) as child:
        while int(child.stdout.readline()) < 400:
            pass
        child.kill()
        said = [400, *(int(line) for line in child.stdout if line.endswith("\n"))][-1]
    kept = all_true(store, 0, 20_000)
    count = int(kept.sum())
    assert kept[:count].all()
    assert count >= said
    assert count % 20 == 0


WRITES_EVERY_SECOND_TEN = """
first = int(sys.argv[2])
for i in range(first, 600, 20):
    assert store.put_many(keys_of(i, i + 10), embeddings_of(i, i + 10))
    all_true(store, 0, 600)
"""


def test_two_processes_may_begin_and_fill_one_store(store: EmbeddingStore) -> None:
    with in_child(WRITES_EVERY_SECOND_TEN, store, "0") as one, in_child(WRITES_EVERY_SECOND_TEN, store, "10") as other:
        assert (one.wait(), other.wait()) == (0, 0)
    assert all_true(store, 0, 600).all()


def test_threads_may_share_a_store(store: EmbeddingStore) -> None:
    def work(i: int) -> bool:
        kept = store.put_many(keys_of(i, i + 10), embeddings_of(i, i + 10))
        return kept and bool(all_true(store, 0, i + 10)[i:].all())

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(0, 400, 10)))
    assert all_true(store, 0, 400).all()


def test_a_reader_neither_waits_for_a_writer_nor_fails(store: EmbeddingStore, clock: Callable[[int], None]) -> None:
    store.put_many(keys_of(0, 10), embeddings_of(0, 10))
    clock(5)  # the reader would now note the use
    with closing(sqlite3.connect(store.path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert all_true(store, 0, 10).all()
        assert used(store) == {0}
        writer.execute("ROLLBACK")
    assert all_true(store, 0, 10).all()
    assert used(store) == {5 * 3600}


def test_a_write_that_does_not_get_its_turn_is_logged(
    store: EmbeddingStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "SECONDS_TO_WAIT", 0)
    store.put_many(keys_of(0, 10), embeddings_of(0, 10))
    with closing(sqlite3.connect(store.path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert not store.put_many(keys_of(10, 20), embeddings_of(10, 20))
    assert any("10 embeddings could not be kept" in message for message in caplog.messages)
    assert all_true(store, 0, 20).tolist() == [True] * 10 + [False] * 10


def used(store: EmbeddingStore) -> set[int]:
    with closing(sqlite3.connect(store.path)) as connection:
        return {seconds for (seconds,) in connection.execute("SELECT used FROM embeddings")}


def test_the_last_use_is_noted_once_an_hour(store: EmbeddingStore, clock: Callable[[int], None]) -> None:
    store.put_many(keys_of(0, 10), embeddings_of(0, 10))
    clock(0.9)
    all_true(store, 0, 10)
    assert used(store) == {0}
    clock(1)
    all_true(store, 0, 5)
    assert used(store) == {0, 3600}
    clock(2)
    assert store.has_many(keys_of(0, 10)).all()  # asking is no use
    assert used(store) == {0, 3600}


def test_the_file_never_grows_beyond_its_bound(tmp_path: Path) -> None:
    store = EmbeddingStore(tmp_path / "embeddings.sqlite3", max_bytes=1_000_000)
    for i in range(0, 1000, 25):
        assert store.put_many(keys_of(i, i + 25), embeddings_of(i, i + 25))
        assert store.path.stat().st_size <= store.max_bytes
        assert all_true(store, i, i + 25).all()
    found = all_true(store, 0, 1000)
    assert found.sum() * 4 * D > 0.7 * store.max_bytes
    assert found.tolist() == sorted(found.tolist())  # the oldest are those that left


def test_the_least_recently_used_leave_first(tmp_path: Path, clock: Callable[[int], None]) -> None:
    store = EmbeddingStore(tmp_path / "embeddings.sqlite3", max_bytes=1_000_000)
    for i in range(0, 300, 50):
        clock(i)
        store.put_many(keys_of(i, i + 50), embeddings_of(i, i + 50))
    assert all_true(store, 0, 300).all()
    clock(400)
    all_true(store, 0, 100)  # the oldest are used again
    clock(401)
    store.put_many(keys_of(300, 400), embeddings_of(300, 400))
    found = all_true(store, 0, 400)
    assert found[:100].all()
    assert found[300:].all()
    assert not found[100:150].any()
    assert not found.all()


def test_a_lower_bound_shortens_the_file_at_the_next_write(store: EmbeddingStore) -> None:
    store.put_many(keys_of(0, 1000), embeddings_of(0, 1000))
    smaller = EmbeddingStore(store.path, max_bytes=store.path.stat().st_size // 3)
    assert smaller.put_many(keys_of(1000, 1001), embeddings_of(1000, 1001))
    assert store.path.stat().st_size <= smaller.max_bytes
    assert all_true(store, 0, 1001)[-1]


def test_a_bound_of_nothing_keeps_nothing_and_breaks_nothing(tmp_path: Path) -> None:
    store = EmbeddingStore(tmp_path / "embeddings.sqlite3", max_bytes=0)
    for _ in range(2):
        store.put_many(keys_of(0, 100), embeddings_of(0, 100))
        assert not all_true(store, 0, 100).any()


@pytest.mark.parametrize(
    ("written", "expected"),
    [(None, DEFAULT_BYTES), ("", DEFAULT_BYTES), ("5000000", 5_000_000), ("5 GB", DEFAULT_BYTES)],
)
def test_the_bound_comes_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, written: str | None, expected: int
) -> None:
    if written is None:
        monkeypatch.delenv(BYTES_VARIABLE, raising=False)
    else:
        monkeypatch.setenv(BYTES_VARIABLE, written)
    store = embedding_store()
    assert store.max_bytes == expected
    assert store.path.is_relative_to(embfilter_home())
    assert any("'5 GB'" in message for message in caplog.messages) == (written == "5 GB")


@pytest.fixture
def read_only() -> Iterator[EmbeddingStore]:
    """A store of ten embeddings in a folder that this process may not write to, also where it was root before."""
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to others
        Path(folder).chmod(0o755)
        store = EmbeddingStore(Path(folder) / "embeddings" / "embeddings.sqlite3")
        store.put_many(keys_of(0, 10), embeddings_of(0, 10))
        store.path.chmod(0o444)
        store.path.parent.chmod(0o555)
        if root:
            os.seteuid(65534)
        try:
            yield store
        finally:
            if root:
                os.seteuid(0)
            store.path.parent.chmod(0o755)


def test_a_read_only_folder_is_read_and_not_written(
    read_only: EmbeddingStore, caplog: pytest.LogCaptureFixture, clock: Callable[[int], None]
) -> None:
    clock(5)
    assert all_true(read_only, 0, 20).tolist() == [True] * 10 + [False] * 10
    assert read_only.has_many(keys_of(0, 10)).all()
    assert caplog.messages == []
    assert not read_only.put_many(keys_of(10, 20), embeddings_of(10, 20))
    assert "10 embeddings could not be kept" in caplog.text
    assert all_true(read_only, 0, 10).all()


def test_a_full_disk_is_logged_and_leaves_what_was_there(
    store: EmbeddingStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store.put_many(keys_of(0, 10), embeddings_of(0, 10))
    connect = module._connect

    def nearly_full(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        connection.execute("PRAGMA max_page_count = 20")
        return connection

    monkeypatch.setattr(module, "_connect", nearly_full)
    assert not store.put_many(keys_of(10, 1000), embeddings_of(10, 1000))
    assert "disk is full" in caplog.text
    assert all_true(store, 0, 1000).tolist() == [True] * 10 + [False] * 990
