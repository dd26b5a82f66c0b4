"""Tiny backbones, made once, and a cache folder of their own for tests without the bundled backbone."""

from collections.abc import Callable
from functools import cache
from itertools import count
from pathlib import Path
from weakref import WeakSet

import pytest
import torch

from embfilter_core import Backbone, load_backbone
from embfilter_core.backbones.room import ROOM
from embfilter_core.data.built_in_tasks import lee_50_pairs
from embfilter_core.data.corpora import lee_50, lee_background
from tests.tiny import save_tiny

torch.set_num_threads(1)  # more threads than free cores make tiny products slow


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """An empty folder a call; counted here, since `mktemp` looks through all folders that there are already."""
    homes, numbers = tmp_path_factory.mktemp("homes"), count()

    def make() -> Path:
        home = homes / str(next(numbers))
        home.mkdir()
        return home

    return make


@pytest.fixture(autouse=True)
def own_home(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, new_home: Callable[[], Path]) -> None:
    if request.node.get_closest_marker("real") is None:
        for read in (lee_background, lee_50, lee_50_pairs):
            read.cache_clear()  # an earlier test of the same process may have read the real assets
        monkeypatch.setenv("EMBFILTER_HOME", str(new_home()))


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a server of the same process keeps in memory, for tests of pages, does not count as free."""
    monkeypatch.setattr(ROOM, "keepers", WeakSet())


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Folder of a tiny model, by family and whether its head is tied; not to be changed by a test."""

    @cache
    def folder(family: str, tied: bool) -> Path:
        return save_tiny(tmp_path_factory.mktemp(family), family, tied)

    return lambda family, tied=True: folder(family, tied)


@pytest.fixture(scope="session")
def tiny(saved: Callable[..., Path]) -> Callable[..., Backbone]:
    """Loaded tiny backbone, by family and whether its head is tied; shared between tests."""

    @cache
    def backbone(family: str, tied: bool) -> Backbone:
        return load_backbone(str(saved(family, tied)))

    return lambda family, tied=True: backbone(family, tied)


@pytest.fixture
def llama(tiny: Callable[..., Backbone]) -> Backbone:
    return tiny("llama")
