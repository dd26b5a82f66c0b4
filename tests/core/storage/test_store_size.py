"""The file of the store has a bound: what was used least recently leaves first."""

from collections.abc import Callable
from pathlib import Path

import pytest

from embfilter_core.storage.arrays import embfilter_home
from embfilter_core.storage.embedding_store import BYTES_VARIABLE, DEFAULT_BYTES, EmbeddingStore, embedding_store
from tests.core.storage.rows import D, all_true, embeddings_of, keys_of, used


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
