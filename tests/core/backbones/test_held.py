"""Backbones in memory: each once, the least recently used leaves first and really leaves, and comes back when asked."""

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread
from weakref import ref

import pytest

from embfilter_core.backbones import loading, room
from embfilter_core.backbones.held import HeldBackbones
from embfilter_core.backbones.preflight.facts import facts_of_config
from embfilter_core.backbones.preflight.memory import memory_need
from embfilter_core.errors import BackboneError
from tests.tiny import FAMILY_CONFIGS

Folders = tuple[str, str, str]
SPEC = ("float32", "cpu")


@pytest.fixture(scope="session")
def folders(saved: Callable[..., Path]) -> Folders:
    first, second, third = (str(saved(family)) for family in ("llama", "qwen2", "gpt2"))
    return first, second, third


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by the name of every backbone that is loaded."""
    load, loaded = loading.load_backbone, []
    monkeypatch.setattr(loading, "load_backbone", lambda spec, *given: loaded.append(spec) or load(spec, *given))
    return loaded


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> HeldBackbones:
    """Holds two of the three at most: a third takes more than the share."""
    stays = memory_need(facts_of_config(FAMILY_CONFIGS["llama"]()), "float32").stays
    monkeypatch.setattr(room, "free_memory", lambda device: 10**9)
    monkeypatch.setattr(room, "total_memory", lambda device: 10**9)
    monkeypatch.setattr(room, "SHARE", 2.6 * stays / 10**9)
    return HeldBackbones()


def states(held: HeldBackbones, folders: Folders) -> list[str]:
    return [held.state(folder, *SPEC) for folder in folders]


def test_the_one_used_least_recently_leaves_for_a_third(held: HeldBackbones, folders: Folders) -> None:
    first, second, third = folders
    assert states(held, folders) == ["absent"] * 3
    for folder in (first, second):
        assert held.get(folder, *SPEC) is held.find(folder, *SPEC)
    held.find(first, *SPEC)
    held.get(third, *SPEC)
    assert states(held, folders) == ["loaded", "gone", "loaded"]
    assert held.find(second, *SPEC) is None
    assert list(held.loaded()) == [(first, *SPEC), (third, *SPEC)]


def test_one_that_left_is_gone_from_memory_and_is_loaded_again_when_asked_for(
    held: HeldBackbones, folders: Folders, loads: list[str]
) -> None:
    first, *others = folders
    gone = ref(held.get(first, *SPEC))
    for folder in others:
        held.get(folder, *SPEC)
    assert gone() is None
    assert held.get(first, *SPEC).d == 32
    assert loads == [first, *others, first]


def test_one_that_somebody_still_works_with_is_not_loaded_a_second_time(
    held: HeldBackbones, folders: Folders, loads: list[str]
) -> None:
    first, *others = folders
    mine = held.get(first, *SPEC)
    for folder in others:
        held.get(folder, *SPEC)
    assert held.state(first, *SPEC) == "gone"
    assert held.let_go_of(mine)
    assert mine.embed(["the cat sat"]).shape == (1, 32)
    assert held.get(first, *SPEC) is mine
    assert not held.let_go_of(mine)
    assert loads == [first, *others]


def test_all_who_ask_at_once_get_one(held: HeldBackbones, folders: Folders, loads: list[str]) -> None:
    together, got = Barrier(3), []

    def ask() -> None:
        together.wait()
        got.append(held.get(folders[0], *SPEC))

    threads = [Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(got) == 3
    assert len({id(backbone) for backbone in got}) == 1
    assert loads == [folders[0]]


def test_a_load_that_failed_can_be_asked_for_again(held: HeldBackbones, tmp_path: Path, loads: list[str]) -> None:
    for _ in range(2):
        with pytest.raises(BackboneError):
            held.get(str(tmp_path), *SPEC)
    assert held.state(str(tmp_path), *SPEC) == "absent"
    assert len(loads) == 2


def test_cleared_nothing_is_held_or_remembered(held: HeldBackbones, folders: Folders) -> None:
    gone = ref(held.get(folders[0], *SPEC))
    assert held.held_bytes("machine") > gone().weights.parameters * 4
    held.clear()
    assert states(held, folders) == ["absent"] * 3
    assert held.held_bytes("machine") == 0
    assert gone() is None
