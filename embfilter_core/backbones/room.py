"""Memory for backbones that are being loaded: what one was promised, another that begins meanwhile does not get."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from threading import RLock
from typing import ParamSpec, Protocol, TypeVar
from weakref import WeakSet

import torch

from embfilter_core.backbones.devices import free_memory, total_memory

SHARE = 0.6
"""Backbones in memory take at most this share of what a device has, unless a single one takes more."""

Given = ParamSpec("Given")
Returned = TypeVar("Returned")


class Keeper(Protocol):
    """Who keeps backbones in memory that can be loaded again."""

    def held_bytes(self, pool: str) -> int:
        """Bytes that its backbones take."""

    def give_up(self, pool: str) -> bool:
        """Let go of the backbone that was used least recently, its memory returned; whether there was one."""


@dataclass(eq=False)
class _Promise:
    """Memory promised to a load: while it lasts, and of that what stays afterwards."""

    pool: str
    peak: int
    stays: int


@dataclass(eq=False)
class Room:
    """The memory that loads share; all of a process ask the same one, `ROOM`."""

    keepers: WeakSet[Keeper] = field(default_factory=WeakSet)
    _promises: list[_Promise] = field(default_factory=list)
    _before: dict[str, int] = field(default_factory=dict)  # free when none was promised yet, by pool
    _lock: RLock = field(default_factory=RLock)

    def ask(self, device: torch.device, peak: int, stays: int) -> int | None:
        """Promise memory to the load of this thread, after letting go of other backbones where that is needed.

        Args:
            device: Where the backbone is to lie.
            peak: Bytes that it takes while it is read and used.
            stays: Of these, the bytes that stay.

        Returns:
            None where there is room; the bytes that are free where there is not. Nothing is let go of where even
            all would not be enough.
        """
        pool = pool_of(device)
        with self._lock:
            free = self._free(device)
            if free + self._held(pool) < peak:
                return free
            most = SHARE * total_memory(device) - stays
            while self._held(pool) > most and self._let_go(device):
                pass
            while (free := self._free(device)) < peak:
                if not self._let_go(device):
                    return free
            promised = _loading.get()
            if promised is not None:
                promise = _Promise(pool, peak, stays)
                self._before.setdefault(pool, free)
                self._promises.append(promise)
                promised.append(promise)
            return None

    def attainable(self, device: torch.device) -> int:
        """Return the bytes that a load could have on a device, once other backbones have left."""
        with self._lock:
            return self._free(device) + self._held(pool_of(device))

    @contextmanager
    def load(self) -> Iterator[None]:
        """Keep what is promised inside until the end of the block."""
        promised: list[_Promise] = []
        token = _loading.set(promised)
        loaded = False
        try:
            yield
            loaded = True
        finally:
            _loading.reset(token)
            self._end(promised, loaded)

    def _end(self, promised: list[_Promise], loaded: bool) -> None:
        with self._lock:
            for promise in promised:
                self._promises.remove(promise)
                self._before[promise.pool] -= promise.stays if loaded else 0
                if not any(other.pool == promise.pool for other in self._promises):
                    del self._before[promise.pool]

    def _free(self, device: torch.device) -> int:
        """What is free and promised to nobody; a load that is under way has taken a part of what it was promised."""
        pool, free = pool_of(device), free_memory(device)
        promised = sum(promise.peak for promise in self._promises if promise.pool == pool)
        return max(0, min(free, self._before.get(pool, free) - promised))

    def _held(self, pool: str) -> int:
        return sum(keeper.held_bytes(pool) for keeper in self.keepers)

    def _let_go(self, device: torch.device) -> bool:
        pool, before = pool_of(device), free_memory(device)
        gone = any(keeper.give_up(pool) for keeper in self.keepers)
        if pool in self._before:
            self._before[pool] += max(0, free_memory(device) - before)
        return gone


ROOM = Room()
_loading: ContextVar[list[_Promise] | None] = ContextVar("loading", default=None)


def pool_of(device: torch.device) -> str:
    """Return whose memory a device uses: a CUDA GPU's is its own, Apple's is the machine's."""
    return "cuda" if device.type == "cuda" else "machine"


def keeps_room(load: Callable[Given, Returned]) -> Callable[Given, Returned]:
    """Decorate a function that loads a backbone: what it is promised is kept until it returns."""

    @wraps(load)
    def loading(*given: Given.args, **named: Given.kwargs) -> Returned:
        with ROOM.load():
            return load(*given, **named)

    return loading
