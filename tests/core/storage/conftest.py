"""A store, and a clock that a test sets."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embfilter_core.storage import embedding_rows
from embfilter_core.storage.embedding_store import EmbeddingStore


@pytest.fixture
def store(tmp_path: Path) -> EmbeddingStore:
    return EmbeddingStore(tmp_path / "a folder?" / "embeddings.sqlite3")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Sets the time, in hours."""
    monkeypatch.setattr(embedding_rows.time, "time", lambda: 0.0)
    yield lambda hours: monkeypatch.setattr(embedding_rows.time, "time", lambda: hours * 3600.0)
