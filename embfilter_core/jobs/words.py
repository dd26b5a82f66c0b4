"""How far a job is, in words."""

from __future__ import annotations

from embfilter_core.jobs.job import Job
from embfilter_core.number_format import format_share


def how_far(job: Job, place: int = 0) -> str:
    """Return where a job stands, such as `120 of 300 texts, about 12 seconds left`; without a full stop.

    Args:
        job: The job.
        place: Its place in the queue, from 1; 0 where it has begun.
    """
    if job.stopping:
        return "stopping"
    if place:
        return "next in the queue" if place == 1 else f"place {place} in the queue"
    said = [job.stage] if job.stage else []
    if job.task.steps and job.total:
        said.append(f"{job.done:,} of {job.total:,} {job.task.steps}")
    elif job.pace.share:
        said.append(format_share(job.pace.share))
    left = job.pace.left_s()
    if left is not None:
        said.append(f"about {duration(left)} left")
    return ", ".join(said) or "begun"


def duration(seconds: float) -> str:
    """Return seconds as people say them: `1 second`, `40 seconds`, `3 minutes`, `2 hours`."""
    for unit, size, most in (("second", 1, 100), ("minute", 60, 100 * 60), ("hour", 3600, float("inf"))):
        if seconds < most:
            count = round(seconds / size)
            return f"{count:,} {unit}{'' if count == 1 else 's'}"
    raise ValueError(seconds)
