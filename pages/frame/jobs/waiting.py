"""Where a result will stand: how far the work is, and once it is done the page fills in by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.jobs.words import how_far
from pages.frame import messages
from pages.frame.jobs.queue import cancel, queue, stopped

if TYPE_CHECKING:
    from embfilter_core.jobs.job import Job

POLL_S = 1.0
WAITS = "job_wait"
"""Beginning of the keys of containers in which a job is waited for."""


def draw(job: Job, at_foot: bool = False) -> None:
    """Draw how far a job is, until it has ended; then the page runs again.

    Args:
        job: The job.
        at_foot: Whether to say it at the foot of the window, where it moves nothing.
    """
    with st.container(key=f"{WAITS}_foot" if at_foot else f"{WAITS}_{job.number}"):
        st.fragment(_told_at_foot if at_foot else _told, run_every=POLL_S)(job)


def _told(job: Job) -> None:
    _end_with(job)
    st.progress(job.pace.share, _sentence(job))
    _cancel_button(job)


def _told_at_foot(job: Job) -> None:
    _end_with(job)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/hourglass_top: {_sentence(job)}")
        _cancel_button(job)


def _end_with(job: Job) -> None:
    if not job.is_alive or job.task.id in stopped():
        st.rerun(scope="app")


def _sentence(job: Job) -> str:
    return f"{messages.literal(job.task.what)}: {how_far(job, queue().place(job))}"


def _cancel_button(job: Job) -> None:
    st.button(
        "Cancel",
        key=f"cancel_{job.number}",
        on_click=cancel,
        args=(job,),
        help="Stops after the step that is running; what is kept on disk stays.",
    )
