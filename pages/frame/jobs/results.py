"""Results that take long: there, or worked on while the rest of the page is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.frame import messages
from pages.frame.jobs import sidebar, waiting
from pages.frame.jobs.queue import ask, may_ask, queue, session, stopped, watched

if TYPE_CHECKING:
    from embfilter_core.jobs.job import Job, Made, Task

PATIENCE_S = 0.5
"""What takes no longer is shown by the run that asks for it: to come and go would only make a page flicker."""
YIELD_S = 0.1
HOPED = "jobs_hoped_for"


class NotYet(Exception):
    """A result is not there yet, and the page says so in its place."""


@contextmanager
def filling_in() -> Iterator[None]:
    """Leave out the rest of a block that waits for a result; once it is there, the page is drawn with it."""
    with suppress(NotYet):
        yield


def wanted(task: Task[Made], patience_s: float = PATIENCE_S, at_foot: bool = False) -> Made:
    """Return the result of a task, made once for all sessions that ask.

    Args:
        task: What is to be done.
        patience_s: How long this run waits for it; a click ends the wait.
        at_foot: Whether the wait is told at the foot of the window.

    Raises:
        NotYet: It is not there yet; how far it is, or that it was stopped, stands in its place.
        EmbFilterError: It failed, and is tried again the next time.
    """
    place = st.empty()  # on every run: if it came and went, all that follows would be drawn anew
    if task.id in stopped():
        with place.container():
            _say_stopped(task)
        raise NotYet
    if not may_ask(task):
        place.caption(f"{messages.literal(task.what)}: begins once one of your other jobs is done.")
        sidebar.show()
        raise NotYet
    job = ask(task)
    end = monotonic() + patience_s
    while not queue().wait(job, YIELD_S) and monotonic() < end:
        place.empty()  # where a click ends this run
    if job.state in ("done", "failed"):
        made: Made = _result(job)
        return made
    with place.container():
        if job.is_alive:
            waiting.draw(job, at_foot)
            sidebar.show()
        else:
            _say_stopped(task)
    raise NotYet


def hoped_for(task: Task[Made]) -> Made | None:
    """Return the result of a task, or None where it is not there yet; whoever asks looks again by itself.

    Of a kind, a session hopes for the latest alone: what it asked for before is left to others.

    Raises:
        EmbFilterError: It failed, and is tried again the next time.
    """
    job, latest = ask(task), st.session_state.setdefault(HOPED, {})
    before = latest.get(task.kind, job)
    if before is not job:
        queue().leave(before, session())
    latest[task.kind] = job
    if job.is_alive:
        return None
    made: Made | None = _result(job)
    return made


def start(task: Task[Any]) -> None:
    """Begin a task that the visitor asked for, and run the page again, which then shows how far it is.

    Raises:
        InputError: The session has as many jobs as it may have.
    """
    ended = queue().find(*task.id)
    if ended is not None and not ended.is_alive:
        queue().forget(ended)  # what it made is gone, or it is to be tried again
    queue().wait(ask(task), PATIENCE_S)
    st.rerun()


def in_progress(kind: str, key: tuple[object, ...]) -> bool:
    """Draw how far a job is that somebody began; returns whether there is one.

    Raises:
        EmbFilterError: This session waited for it, and it failed.
    """
    job = queue().find(kind, key)
    place = st.empty()
    if job is None or (kind, key) in stopped():
        return False
    if job.is_alive:
        with place.container():
            waiting.draw(ask(job.task))
        sidebar.show()
        return True
    if job.state == "failed" and session() in job.askers:
        _result(job)
    return False


def _result(job: Job) -> Any:  # noqa: ANN401 - whatever the work of the job returns
    if job.state == "failed" and job.error is not None:
        queue().forget(job)
        watched().pop(job.number, None)
        raise job.error.with_traceback(None)
    return job.result


def _say_stopped(task: Task[Any]) -> None:
    st.caption(f"{messages.literal(task.what)}: stopped.")
    st.button("Go on", key=f"go_on_{hash(task.id)}", on_click=stopped().discard, args=(task.id,))
