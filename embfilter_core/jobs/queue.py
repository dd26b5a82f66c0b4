"""JobQueue: every task once for all who ask, in turns, each in a thread that ends with the process."""

from __future__ import annotations

import logging
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from threading import Condition, Thread
from time import monotonic
from typing import Any

from embfilter_core.errors import Cancelled, EmbFilterError
from embfilter_core.jobs.job import Job, Lane, State, Task, Told
from embfilter_core.jobs.order import asker_of, in_turn
from embfilter_core.jobs.pace import Pace
from embfilter_core.jobs.turns import patience

log = logging.getLogger(__name__)
MOST_KEPT = 64
RELOAD_S = 10.0
"""A page that is loaded again comes back within so long."""
SLICE_S = 1.0
"""A job of one session goes on for so long before another session's has a turn."""


class JobQueue:
    """Jobs of all sessions.

    Args:
        is_there: Whether a session still exists.
        keeps_abandoned: Whether jobs of sessions that are gone go on.
        most_kept: Ended jobs that are kept with their results; the least recently asked for leave first.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        is_there: Callable[[str], bool] = lambda _: True,
        keeps_abandoned: bool = True,
        most_kept: int = MOST_KEPT,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._is_there, self._keeps_abandoned, self._most_kept = is_there, keeps_abandoned, most_kept
        self._clock = clock
        self._changed = Condition()
        self._jobs: OrderedDict[tuple[str, tuple[object, ...]], Job] = OrderedDict()
        self._waiting: dict[Lane, list[Job]] = defaultdict(list)
        self._has_turn: dict[Lane, dict[Job, float]] = defaultdict(dict)  # since when
        self._started: set[Job] = set()
        self._served: dict[str, int] = {}
        self._numbers, self._turns = count(), count()

    def ask(self, task: Task[Any], asker: str = "") -> Job:
        """Return the job of a task: one that is there already, failed or not, else a new one.

        Args:
            task: What is to be done.
            asker: The session that asks; empty for the app itself.
        """
        with self._changed:
            job = self._jobs.get(task.id)
            if job is not None and (job.is_alive or job.state in ("done", "failed")):
                self._jobs.move_to_end(task.id)
                if job.is_alive:
                    job.askers.setdefault(asker)
                    job.priority = min(job.priority, task.priority)
                return job
            job = Job(task, next(self._numbers), {asker: None}, task.priority, pace=Pace(self._clock))
            self._jobs[task.id] = job
            self._jobs.move_to_end(task.id)
            self._waiting[task.lane].append(job)
            self._dispatch(task.lane)
            return job

    def find(self, kind: str, key: tuple[object, ...]) -> Job | None:
        """Return the latest job of a kind and key, or None."""
        with self._changed:
            return self._jobs.get((kind, key))

    def forget(self, job: Job) -> None:
        """Forget an ended job, so that the same can be asked for anew."""
        with self._changed:
            if not job.is_alive and self._jobs.get(job.task.id) is job:
                del self._jobs[job.task.id]

    def alive(self) -> list[Job]:
        """Return all jobs that wait or run, in the order in which they were asked for."""
        with self._changed:
            return sorted((job for job in self._jobs.values() if job.is_alive), key=lambda job: job.number)

    def seen_by(self, asker: str) -> list[Job]:
        """Return the living jobs that a session is shown: its own, and those that nobody else is there for."""
        return [job for job in self.alive() if asker in job.askers or self._is_abandoned(job)]

    def place(self, job: Job) -> int:
        """Return the place of a job in its queue, from 1; 0 where it has begun or ended."""
        with self._changed:
            waiting = in_turn((one for one in self._waiting[job.task.lane] if one.state == "queued"), self._served)
            return waiting.index(job) + 1 if job in waiting else 0

    def leave(self, job: Job, asker: str) -> None:
        """Stop waiting for a job: it ends within a step, unless another session that is there waits for it too."""
        with self._changed:
            job.askers = dict.fromkeys(self._others(job, asker))
            if not job.askers and job.is_alive:
                self._stop(job)

    def wait(self, job: Job, timeout: float | None = None) -> bool:
        """Wait until a job has ended; returns whether it has."""
        with self._changed:
            return self._changed.wait_for(lambda: job.state not in ("queued", "running"), timeout)

    def stop(self) -> None:
        """Stop all jobs and forget all results."""
        with self._changed:
            for job in list(self._jobs.values()):
                if job.is_alive:
                    self._stop(job)
            self._jobs.clear()

    def _is_abandoned(self, job: Job) -> bool:
        return self._keeps_abandoned and not self._others(job, "")

    def _others(self, job: Job, asker: str) -> list[str]:
        return [other for other in job.askers if other not in ("", asker) and self._is_there(other)]

    def _stop(self, job: Job) -> None:
        job.stopping = True
        lane = job.task.lane
        if job not in self._started or not lane.hands_over:  # it has nothing to clean up, or is given up
            self._end(job, "cancelled")
        self._changed.notify_all()

    def _dispatch(self, lane: Lane) -> None:
        """Give free turns of a lane to those who are next."""
        waiting, running = self._waiting[lane], self._has_turn[lane]
        while len(running) < lane.most and waiting:
            job = in_turn(waiting, self._served)[0]
            waiting.remove(job)
            running[job] = self._clock()
            self._served[asker_of(job)] = next(self._turns)
            if job not in self._started:
                self._started.add(job)
                job.state = "running"
                Thread(target=self._run, args=(job,), daemon=True, name=f"job: {job.task.kind}").start()
        self._changed.notify_all()

    def _run(self, job: Job) -> None:
        patience.set(job.priority)
        result: object = None
        error: Exception | None = None
        try:
            result = job.task.work(Told(lambda done, total: self._step(job, done, total), job))
        except EmbFilterError as problem:
            error = problem
        except Exception as problem:
            log.exception("A job failed: %s", job.task.what)
            error = problem
        with self._changed:
            if job.state != "running":
                return  # it was given up meanwhile
            job.result, job.error = result, error
            if job.stopping and (error is None or isinstance(error, Cancelled)):
                self._end(job, "cancelled")
            else:
                self._end(job, "done" if error is None else "failed")

    def _step(self, job: Job, done: int, total: int) -> bool:
        """Note how far a job is, let others have a turn, and return whether it goes on; runs in the job's thread."""
        lane = job.task.lane
        with self._changed:
            job.done, job.total = done, total
            patience.set(job.priority)
            if job.is_alive and self._must_end(job):
                self._stop(job)
            if not job.stopping and lane.hands_over and self._must_hand_over(job):
                del self._has_turn[lane][job]
                self._waiting[lane].append(job)
                self._dispatch(lane)
            self._changed.wait_for(lambda: job.stopping or job in self._has_turn[lane])
            return not job.stopping

    def _must_end(self, job: Job) -> bool:
        """Whether nobody who asked for a job is there; one that may not outlive them gets time for a page's reload."""
        if any(map(self._is_there, job.askers)):
            job.alone_since = None
            return False
        if not self._keeps_abandoned:
            return True
        if job.alone_since is None:
            job.alone_since = self._clock()
        return not job.task.outlives and self._clock() - job.alone_since > RELOAD_S

    def _must_hand_over(self, job: Job) -> bool:
        lane = job.task.lane
        if not self._waiting[lane]:
            return False
        following = in_turn(self._waiting[lane], self._served)[0]
        if following.priority != job.priority:
            return following.priority < job.priority
        return asker_of(following) != asker_of(job) and self._clock() - self._has_turn[lane][job] >= SLICE_S

    def _end(self, job: Job, state: State) -> None:
        lane = job.task.lane
        job.state, job.task = state, replace(job.task, work=_ended)  # a work holds on to what it works with
        self._started.discard(job)
        self._has_turn[lane].pop(job, None)
        if job in self._waiting[lane]:
            self._waiting[lane].remove(job)
        ended = [id_ for id_, one in self._jobs.items() if not one.is_alive]
        for id_ in ended[: -self._most_kept]:
            del self._jobs[id_]
        self._dispatch(lane)


def _ended(_: Told) -> None:
    """Stand for the work of a job that has ended."""
