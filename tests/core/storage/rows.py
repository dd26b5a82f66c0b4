"""Embeddings that the tests of the store keep and look for."""

import hashlib
import sqlite3
import subprocess
import sys
from contextlib import closing

import numpy as np

from embfilter_core.storage.embedding_store import EmbeddingStore

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


def in_child(code: str, store: EmbeddingStore, *more: str) -> subprocess.Popen:
    """Start a process that has `store` and this module's names; it has no torch to import."""
    start = "import os, signal, sys\nfrom pathlib import Path\nfrom tests.core.storage.test_embedding_store import *\n"
    start += "store = EmbeddingStore(Path(sys.argv[1]))\n"
    arguments = [sys.executable, "-c", start + code, str(store.path), *more]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def used(store: EmbeddingStore) -> set[int]:
    with closing(sqlite3.connect(store.path)) as connection:
        return {seconds for (seconds,) in connection.execute("SELECT used FROM embeddings")}
