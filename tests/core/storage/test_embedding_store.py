"""What the store returns is true, whatever happened to the process, the disk or the file before."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from embfilter_core.storage import embedding_store as module
from embfilter_core.storage.embedding_store import EmbeddingStore
from tests.core.storage.rows import D, all_true, embeddings_of, in_child, keys_of, used


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
