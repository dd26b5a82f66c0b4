"""No test reaches a hub, nor depends on what this machine has cached of one; what takes long begins first."""

import gc
import os
import tempfile
from pathlib import Path

import pytest

from embfilter_core.circles import look_seldom_for_circles

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["EMBFILTER_PREPARE"] = "0"  # what a test does not ask for is not computed beside it
CACHES = tempfile.TemporaryDirectory(prefix="embfilter-tests-")  # goes with the process
os.environ["HF_HOME"] = f"{CACHES.name}/hub"
os.environ["MTEB_CACHE"] = f"{CACHES.name}/mteb"  # mteb makes its folder when imported

os.environ["OMP_NUM_THREADS"] = "1"  # processes that each take all cores wait for each other

look_seldom_for_circles()

SLOW = ("test_readme.py", "browser", "app")


def pytest_collection_finish() -> None:
    """Leave out, where circles are looked for, what was imported: giving memory back looked through it time and again.

    That was half of what the tests of pages took.
    """
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put few and slow tests before many and quick ones, so that all processes end together.

    Files that wait for a browser are dealt out among those that compute, so that no core is idle meanwhile.
    """
    turns: dict[Path, tuple[int, float]] = {}
    for place, files in _files_by_place(items).items():
        for number, file in enumerate(files):
            share = number / len(files)
            turns[file] = (2, 0) if place not in SLOW else (0, 0) if place == SLOW[0] else (1, share)
    items.sort(key=lambda item: turns[item.path])


def _files_by_place(items: list[pytest.Item]) -> dict[str, list[Path]]:
    """The files of tests, in their order, by the file or folder in `tests` that they are."""
    found: dict[str, dict[Path, None]] = {}
    for item in items:
        place = item.path.relative_to(Path(__file__).parent).parts[0]
        found.setdefault(place, {})[item.path] = None
    return {place: list(files) for place, files in found.items()}
