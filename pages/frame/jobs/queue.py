"""The queue of this server, and what a session knows of its own jobs."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from embfilter_core.errors import InputError
from embfilter_core.jobs.job import Priority
from embfilter_core.jobs.queue import JobQueue
from pages.frame import hosting

if TYPE_CHECKING:
    from collections.abc import Callable

    from embfilter_core.jobs.job import Job, Task

ABSENT_S, FORGOTTEN_S = 60.0, 3600.0
WATCHED, STOPPED = "jobs_watched", "jobs_stopped"
HERE = "jobs_here"
"""Path and name of the page that this session looks at."""


@st.cache_resource(max_entries=1, show_spinner=False, on_release=lambda released: released.stop())
def queue() -> JobQueue:
    """Return the queue of all sessions; in a hosted app, a job ends with the last session that waits for it."""
    return JobQueue(Presence() if hosting.is_hosted() else is_connected, keeps_abandoned=not hosting.is_hosted())


def is_connected(session: str) -> bool:
    """Whether somebody is connected by a session."""
    return not Runtime.exists() or bool(Runtime.instance().is_active_session(session))


class Presence:
    """Whether somebody is connected by a session, or was a minute ago: a reload ends nothing, as the page asks again.

    Args:
        connected: Whether somebody is.
        clock: Seconds that only grow.
    """

    def __init__(self, connected: Callable[[str], bool] = is_connected, clock: Callable[[], float] = monotonic) -> None:
        self._connected, self._clock = connected, clock
        self._gone: dict[str, float] = {}  # since when

    def __call__(self, session: str) -> bool:
        """Whether a session counts as there."""
        now = self._clock()
        if self._connected(session):
            self._gone.pop(session, None)
            return True
        for other in [other for other, since in self._gone.items() if now - since > FORGOTTEN_S]:
            del self._gone[other]
        return now - self._gone.setdefault(session, now) < ABSENT_S


def session() -> str:
    """Return the id of the session that runs this."""
    context = get_script_run_ctx()
    return context.session_id if context else ""


def ask(task: Task[Any]) -> Job:
    """Return the job of a task, begun now or before, which this session waits for from now on.

    Raises:
        InputError: The app is hosted, and the session has as many jobs as it may have.
    """
    if not may_ask(task):
        raise InputError(
            f"At most {hosting.MOST_JOBS} jobs a visitor run at once here: this app is hosted.",
            "Wait until one is done, or cancel it.",
        )
    stopped().discard(task.id)
    if not task.page:
        page, name = st.session_state.get(HERE, ("", ""))
        task = replace(task, page=page, page_name=name)
    job = queue().ask(task, session())
    if job.is_alive:
        watched().setdefault(job.number, (job, monotonic()))
    return job


def may_ask(task: Task[Any]) -> bool:
    """Whether this session may have one more job, if the task needs one."""
    if not hosting.is_hosted() or task.priority == Priority.QUIET:
        return True
    mine = [job for job in own() if job.task.id != task.id]
    return len(mine) < hosting.MOST_JOBS


def cancel(job: Job) -> None:
    """Stop waiting for a job; it ends, unless somebody else waits for it."""
    stopped().add(job.task.id)
    watched().pop(job.number, None)
    queue().leave(job, session())


def own() -> list[Job]:
    """Return the living jobs that this session is shown, the quiet ones left out."""
    return [job for job in queue().seen_by(session()) if job.priority != Priority.QUIET]


def watched() -> dict[int, tuple[Job, float]]:
    """Return the jobs whose end this session is to be told of, by their number, and since when it watches them."""
    found: dict[int, tuple[Job, float]] = st.session_state.setdefault(WATCHED, {})
    return found


def stopped() -> set[tuple[str, tuple[object, ...]]]:
    """Return the ids of the tasks that this session stopped, which do not begin again by themselves."""
    found: set[tuple[str, tuple[object, ...]]] = st.session_state.setdefault(STOPPED, set())
    return found
