"""A piece of long work: what it is, who asked for it, and how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Generic, Literal, TypeVar

from embfilter_core.jobs.pace import Pace

Made = TypeVar("Made")
State = Literal["queued", "running", "done", "failed", "cancelled"]
Key = tuple[object, ...]


class Priority(IntEnum):
    """What goes first, lowest first; 0 is left to what a page does itself."""

    ASKED = 1
    QUIET = 2
    BACKGROUND = 3


@dataclass(frozen=True)
class Lane:
    """Jobs that take turns at the same thing.

    Attributes:
        name: What they need.
        most: How many run at once.
        hands_over: Whether a job that tells its progress can be held up there while another has the turn.
    """

    name: str
    most: int = 1
    hands_over: bool = True


MODEL = Lane("model")
"""Forward passes, a batch at a time."""
NUMBERS = Lane("numbers")
"""Measurements on this processor."""
ELSEWHERE = Lane("elsewhere", most=2, hands_over=False)
"""What waits for a disk, a network or a process of its own: it is given up where it cannot be stopped."""


@dataclass(frozen=True, eq=False)
class Task(Generic[Made]):
    """What is to be done.

    Attributes:
        kind: What it is, such as `sweep`.
        key: What it depends on: texts, numbers, and tuples of them. The same kind and key are the same task.
        what: What it is for people, without a full stop.
        work: Does it, telling its progress, and returns the result.
        lane: What it needs.
        priority: What goes first.
        steps: What its steps are called, such as `texts`; empty where their number says nothing.
        page: Where its result is to be seen; empty where that is nowhere in particular.
        page_name: What that place is called.
        outlives: Whether it may go on when nobody who asked for it is there any more.
    """

    kind: str
    key: Key
    what: str
    work: Callable[[Told], Made]
    lane: Lane = NUMBERS
    priority: Priority = Priority.ASKED
    steps: str = ""
    page: str = ""
    page_name: str = ""
    outlives: bool = True

    @property
    def id(self) -> tuple[str, Key]:
        """What it is told apart by."""
        return self.kind, self.key


@dataclass(eq=False)
class Job:
    """A task that somebody asked for; only its queue changes it.

    Attributes:
        task: What is done.
        number: Grows with every job of a queue.
        askers: Who waits for it, in the order in which they came.
        priority: That of the task, or of whoever asked for the same more urgently.
        state: How it stands.
        stopping: It is to end at its next step.
        done: Steps done.
        total: Steps in all, 0 where that is not known yet.
        stage: What it does at the moment, where it has stages.
        result: What the work returned.
        error: What it failed with.
        pace: How fast it is.
        alone_since: When it was first noticed that nobody who asked for it is there; None while somebody is.
    """

    task: Task[Any]
    number: int
    askers: dict[str, None]
    priority: Priority
    state: State = "queued"
    stopping: bool = False
    done: int = 0
    total: int = 0
    stage: str = ""
    result: Any = None
    error: Exception | None = None
    pace: Pace = field(default_factory=Pace)
    alone_since: float | None = None

    @property
    def is_alive(self) -> bool:
        """Whether it waits or runs, and is not to end."""
        return self.state in ("queued", "running") and not self.stopping


class Told:
    """What a work tells its progress to: called with (steps done, steps in all), it returns False to stop it.

    Args:
        step: Is given the steps; returns whether to go on.
        job: The job.
    """

    def __init__(self, step: Callable[[int, int], bool], job: Job) -> None:
        self._step, self._job, self._weighed = step, job, False
        job.pace.begin()

    def __call__(self, done: int, total: int) -> bool:
        """Tell how many steps are done; returns whether to go on."""
        if not self._weighed:
            self._job.pace.tell(done, total)
        return self._step(done, total)

    def weigh(self, done: float, total: float) -> None:
        """Tell what was done as it takes time, such as in tokens, where steps differ in what they cost; from 0 on."""
        if not self._weighed:
            self._job.pace.begin()
        self._weighed = True
        self._job.pace.tell(done, total)

    def stage(self, words: str) -> None:
        """Tell what is done now."""
        self._job.stage = words

    def in_stage(self, words: str, done: int, total: int) -> bool:
        """Tell how far a stage is, each of which is timed by itself; returns whether to go on."""
        if words != self._job.stage:
            self._job.stage = words
            self._job.pace.begin()
        return self(done, total)
