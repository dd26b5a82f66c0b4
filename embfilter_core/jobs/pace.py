"""How fast a work is, and how long it takes yet, from what it has told of itself."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

MARKS = 100
"""So many points of a work are remembered, evenly over what there is to do."""
RECENT = 0.5
"""Speed is that of the latest half of what is done: the texts of a corpus become shorter, and other work comes by."""

Mark = tuple[float, float]
"""Time, and how much was done by then."""


class Pace:
    """How much of a work was done when.

    It may be told by one thread and asked by others.

    Args:
        clock: Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._marks: tuple[Mark, ...] = ()
        self._latest: Mark | None = None
        self._total = 0.0

    def begin(self) -> None:
        """Remember that nothing is done yet, and forget what was told before."""
        self._latest = (self._clock(), 0.0)
        self._marks, self._total = (self._latest,), 0.0

    def tell(self, done: float, total: float) -> None:
        """Remember how much is done now, of how much in all."""
        self._latest, self._total = (self._clock(), done), total
        if not self._marks or done - self._marks[-1][1] >= total / MARKS:
            self._marks = (*self._marks, self._latest)

    @property
    def share(self) -> float:
        """The share that is done, 0 to 1."""
        return min(1.0, self._latest[1] / self._total) if self._latest and self._total else 0.0

    def left_s(self) -> float | None:
        """Seconds that the work takes yet, counted from now; None where nothing has been done."""
        latest, marks = self._latest, self._marks
        if latest is None or not marks:
            return None
        (now, done), begun = latest, marks[0][1]
        since = begun + (done - begun) * (1 - RECENT)
        then, there = next(mark for mark in reversed(marks) if mark[1] <= since)
        if done <= there or now <= then:
            return None
        left = (self._total - done) * (now - then) / (done - there)
        return max(0.0, left - (self._clock() - now))
