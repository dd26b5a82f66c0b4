"""Turns: a lock that goes to whoever is most urgent, and among equals to who came first."""

from __future__ import annotations

from contextvars import ContextVar
from heapq import heapify, heappop, heappush
from itertools import count
from threading import Condition
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

AT_ONCE = 0
patience: ContextVar[int] = ContextVar("patience", default=AT_ONCE)
"""How long the work of this thread may wait: 0 for what somebody looks at, more for a job. Lower goes first."""


class Turns:
    """A lock for a `with` block; a thread of less patience gets it before those that have waited longer."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._held = False
        self._waiting: list[tuple[int, int]] = []  # patience and ticket
        self._tickets = count()
        self._last_urgent = monotonic()

    def __enter__(self) -> None:
        with self._changed:
            ticket = patience.get(), next(self._tickets)
            heappush(self._waiting, ticket)
            try:
                while self._held or self._waiting[0] != ticket:
                    self._changed.wait()
            except BaseException:
                self._waiting.remove(ticket)
                heapify(self._waiting)
                self._changed.notify_all()
                raise
            heappop(self._waiting)
            self._held = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._held = False
            if patience.get() == AT_ONCE:
                self._last_urgent = monotonic()
            self._changed.notify_all()

    def note_use(self) -> None:
        """Count as a turn of a page what needs none, such as a page that is drawn anew."""
        with self._changed:
            self._last_urgent = monotonic()

    def locked(self) -> bool:
        """Whether somebody has the turn."""
        with self._changed:
            return self._held

    def calm_s(self) -> float:
        """Seconds since somebody had a turn at once; 0 while somebody waits for one."""
        with self._changed:
            waits = any(patience == AT_ONCE for patience, _ in self._waiting)
            return 0 if waits else monotonic() - self._last_urgent
