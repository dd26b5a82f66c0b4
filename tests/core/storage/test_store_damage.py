"""Whatever damages the store or ends the process: what was kept is true or absent."""

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from embfilter_core.storage.embedding_store import EmbeddingStore
from tests.core.storage.rows import D, all_true, embeddings_of, in_child, keys_of


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
