"""Memory is promised to one load at a time, and others leave before it is taken."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import torch

from embfilter_core.backbones import room
from embfilter_core.backbones.room import Room, keeps_room

CPU, MPS, CUDA = (torch.device(name) for name in ("cpu", "mps", "cuda"))
TOTAL = 1000


@dataclass(eq=False)
class Kept:
    """Stands for backbones of these sizes in the machine's memory."""

    machine: "Machine"
    sizes: list[int] = field(default_factory=list)

    def held_bytes(self, pool: str) -> int:
        return sum(self.sizes) if pool == "machine" else 0

    def give_up(self, pool: str) -> bool:
        if pool != "machine" or not self.sizes:
            return False
        self.machine.free += self.sizes.pop(0)
        return True


@dataclass(eq=False)
class Machine:
    free: int = TOTAL
    room: Room = field(default_factory=Room)

    def keep(self, *sizes: int) -> Kept:
        kept = Kept(self, list(sizes))
        self.free -= sum(sizes)
        self.room.keepers.add(kept)
        return kept


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    machine = Machine()
    monkeypatch.setattr(room, "free_memory", lambda device: machine.free if device.type != "cuda" else TOTAL)
    monkeypatch.setattr(room, "total_memory", lambda device: TOTAL)
    yield machine


def test_what_is_free_is_promised_and_more_is_refused_with_what_is_free(machine: Machine) -> None:
    assert machine.room.ask(CPU, 1000, 900) is None
    assert machine.room.ask(CPU, 1001, 900) == 1000


@pytest.mark.parametrize("device", [CPU, MPS])
def test_two_loads_that_begin_at_once_are_not_promised_the_same_memory(machine: Machine, device: torch.device) -> None:
    with machine.room.load():
        assert machine.room.ask(device, 600, 500) is None
        assert machine.room.ask(CPU, 600, 500) == 400
        assert machine.room.ask(CUDA, 600, 500) is None  # a card has memory of its own
        machine.free -= 500  # the first is being read: what it takes was promised to it, and is not counted twice
        assert machine.room.ask(CPU, 400, 300) is None
    assert machine.room.ask(CPU, 500, 500) is None


def test_what_a_load_leaves_behind_is_not_promised_to_one_that_is_under_way_elsewhere(machine: Machine) -> None:
    with machine.room.load():
        assert machine.room.ask(CPU, 300, 200) is None
        with machine.room.load():
            assert machine.room.ask(CPU, 400, 350) is None
        machine.free -= 350
        assert machine.room.ask(CPU, 351, 300) == 350
        assert machine.room.ask(CPU, 350, 300) is None


def test_a_load_that_failed_leaves_nothing_behind(machine: Machine) -> None:
    def load() -> None:
        assert machine.room.ask(CPU, 900, 900) is None
        raise ValueError

    with machine.room.load():
        assert machine.room.ask(CPU, 50, 50) is None
        with pytest.raises(ValueError), machine.room.load():
            load()
        assert machine.room.ask(CPU, 950, 900) is None


def test_others_leave_before_memory_is_taken_and_only_as_many_as_needed(machine: Machine) -> None:
    kept = machine.keep(200, 150, 100)
    assert machine.room.ask(CPU, 700, 300) is None
    assert kept.sizes == [150, 100]
    assert machine.free == 750


def test_what_does_not_fit_even_alone_sends_nobody_away(machine: Machine) -> None:
    kept = machine.keep(200, 100)
    assert machine.room.ask(CPU, 1001, 1000) == 700
    assert kept.sizes == [200, 100]


def test_all_together_take_a_share_of_the_machine_at_most_and_one_alone_may_take_more(machine: Machine) -> None:
    kept = machine.keep(200, 200, 200)
    assert machine.room.ask(CPU, 100, 100) is None  # 600 + 100 of 1000 would be more than the share
    assert kept.sizes == [200, 200]
    assert machine.room.ask(CPU, 900, 900) is None
    assert kept.sizes == []


def test_the_promise_of_a_decorated_load_ends_with_it(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "ROOM", machine.room)

    @keeps_room
    def load(peak: int) -> int | None:
        machine.room.ask(CPU, peak, 0)
        return machine.room.ask(CPU, 500, 0)

    assert load(600) == 400
    assert load(500) is None
