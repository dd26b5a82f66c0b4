"""The jobs of a visitor in the sidebar of every page: what runs, how far it is, and what is ready to be seen."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from embfilter_core.jobs.job import Priority
from embfilter_core.jobs.words import how_far
from pages.frame import messages
from pages.frame.jobs.queue import HERE, own, queue, watched
from pages.frame.jobs.queue import cancel as cancel_job

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from embfilter_core.jobs.job import Job

POLL_S, POLL_BACKGROUND_S = 1.0, 5.0
LONG_S = 20.0
"""Who has waited for so long on the page itself may be looking elsewhere, and is told as well."""
PLACE, READY, NEWS = "jobs_place", "jobs_ready", "jobs_news"


@dataclass
class _Place:
    """Where the jobs of a run of a page are drawn.

    Attributes:
        container: In the sidebar.
        drawn: Whether they are.
    """

    container: DeltaGenerator
    drawn: bool = False


def begin(page: str, name: str) -> None:
    """Keep a place for the jobs, tell what has ended, and draw what runs; to be called once, in the sidebar.

    Args:
        page: Path of the page.
        name: What it is called.
    """
    st.session_state[HERE] = page, name
    st.session_state[PLACE] = _Place(st.container(key="jobs"))
    _note_ends()
    for icon, text in st.session_state.pop(NEWS, []):
        st.toast(text, icon=icon, duration="long")
    ready = _ready()
    for number in [number for number, job in ready.items() if job.task.page == page]:
        del ready[number]  # it is seen here
    if own() or ready:
        show()


def show() -> None:
    """Draw what runs, unless it is drawn already, or a fragment runs, which may not draw there."""
    place: _Place | None = st.session_state.get(PLACE)
    context = get_script_run_ctx()
    if place is None or place.drawn or (context and context.fragment_ids_this_run):
        return
    place.drawn = True
    with place.container:
        running = own()
        if running:
            background = all(job.priority == Priority.BACKGROUND for job in running)
            st.fragment(_running, run_every=POLL_BACKGROUND_S if background else POLL_S)()
        for job in _ready().values():
            ready = f"Ready on {job.task.page_name}: {messages.literal(job.task.what)}"
            st.page_link(job.task.page, label=ready, icon=":material/check:")


def _running() -> None:
    running = own()
    if _note_ends() or not running:
        st.rerun(scope="app")
    for job in sorted(running, key=lambda job: (job.priority, job.number)):
        watched().setdefault(job.number, (job, monotonic()))
        st.progress(job.pace.share, f"{messages.literal(job.task.what)}: {how_far(job, queue().place(job))}")
        st.button(
            "Cancel",
            key=f"sidebar_cancel_{job.number}",
            icon=":material/close:",
            type="tertiary",
            on_click=cancel_job,
            args=(job,),
        )


def _note_ends() -> bool:
    """Note what has ended of the jobs that this session watches; returns whether any has."""
    here, _ = st.session_state[HERE]
    ended = [(job, since) for job, since in watched().values() if job.state not in ("queued", "running")]
    for job, since in ended:
        del watched()[job.number]
        elsewhere = job.task.page and job.task.page != here
        if job.priority != Priority.ASKED or not (elsewhere or monotonic() - since > LONG_S):
            continue
        news: list[tuple[str, str]] = st.session_state.setdefault(NEWS, [])
        where = f" See {job.task.page_name}." if elsewhere else ""
        if job.state == "done":
            news.append((":material/check:", f"Done: {messages.literal(job.task.what)}.{where}"))
        elif job.state == "failed":
            news.append((":material/error:", f"Failed: {messages.literal(job.task.what)}.{where}"))
        if elsewhere and job.state == "done":
            _ready()[job.number] = job
    return bool(ended)


def _ready() -> dict[int, Job]:
    found: dict[int, Job] = st.session_state.setdefault(READY, {})
    return found
