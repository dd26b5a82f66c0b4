"""Who goes next: by priority, then the sessions in turn, then first come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from embfilter_core.jobs.job import Job


def asker_of(job: Job) -> str:
    """Return whose turn a job takes: that of the first who asked for it; nobody's where all have left."""
    return next(iter(job.askers), "")


def in_turn(waiting: Iterable[Job], served: Mapping[str, int]) -> list[Job]:
    """Return waiting jobs in the order in which they go.

    Args:
        waiting: The jobs.
        served: When each session last had a turn, as a number that grows; sessions that had none are missing.
    """
    before: Counter[tuple[int, str]] = Counter()
    ranked = []
    for job in sorted(waiting, key=lambda job: job.number):
        asker = asker_of(job)
        ranked.append((job.priority, before[job.priority, asker], served.get(asker, -1), job.number, job))
        before[job.priority, asker] += 1
    return [entry[-1] for entry in sorted(ranked, key=lambda entry: entry[:-1])]
