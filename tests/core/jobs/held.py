"""Works that go on a step at a time, when the test says so, and a clock that stands still."""

from dataclasses import dataclass, field
from threading import Event, Semaphore

from embfilter_core.jobs.job import MODEL, Lane, Priority, Task, Told
from embfilter_core.progress import report

WAIT_S = 20


@dataclass
class Clock:
    """Seconds that pass when the test says so."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Held:
    """A work of so many steps, each of which waits to be let go.

    Attributes:
        name: Its name, key and result.
        steps: How many.
        done: Its steps, in a list that several works may share.
        begun: Set once it has begun.
    """

    name: str
    steps: int = 3
    done: list[str] = field(default_factory=list)
    begun: Event = field(default_factory=Event)
    _may: Semaphore = field(default_factory=lambda: Semaphore(0))

    def go(self, steps: int | None = None) -> None:
        """Let so many steps go on, or all."""
        self._may.release(self.steps if steps is None else steps)

    def __call__(self, told: Told) -> str:
        self.begun.set()
        for step in range(self.steps):
            assert self._may.acquire(timeout=WAIT_S)
            self.done.append(self.name)
            report(told, step + 1, self.steps)
        return self.name

    def task(self, lane: Lane = MODEL, priority: Priority = Priority.ASKED) -> Task:
        return Task("test", (self.name,), f"Work {self.name}", self, lane, priority, "steps")
