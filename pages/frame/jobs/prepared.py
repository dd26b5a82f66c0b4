"""What is built in is embedded for every prompt in the background, while nobody wants the model."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.jobs.job import MODEL, Priority, Task
from pages.cached.backbones import held
from pages.cached.keys import KEYS
from pages.frame import hosting
from pages.frame.jobs.calm import when_calm
from pages.frame.jobs.queue import queue

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.jobs.job import Job, Told

KIND = "prepared"
VARIABLE = "EMBFILTER_PREPARE"
CALM_S = 5.0
"""No page has run or used the model for so long: until then, and again between batches, all is left to the visitors."""


def prepare(backbone: Backbone) -> None:
    """Begin to embed what is built in with the bundled backbone, once, unless that is switched off.

    Every run of a page says it, and what has begun pauses: a band that is let go needs no model, but the processor.
    """
    backbone.lock.note_use()
    if backbone.spec == BUNDLED.id and is_wanted():
        _begun(backbone)


def is_wanted() -> bool:
    """Whether the environment variable EMBFILTER_PREPARE is not 0; in a hosted app, whether it is set and not 0."""
    return os.environ.get(VARIABLE, "0" if hosting.is_hosted() else "1") not in ("", "0")


@st.cache_resource(hash_funcs=KEYS, max_entries=2, show_spinner=False)
def _begun(backbone: Backbone) -> Job:
    """Return the job, which begins once in a process: it may have been cancelled."""
    key = (backbone.fingerprint, backbone.dtype)

    def work(told: Told) -> None:
        from embfilter_core.preparation import embed_for_every_prompt

        step = when_calm(backbone, told, CALM_S)

        def while_it_may_stay(done: int, total: int) -> bool | None:
            job = queue().find(KIND, key)
            if job is not None and held().let_go_of(backbone):
                queue().leave(job, "")
                _begun.clear()  # it begins anew once the backbone is back
            return step(done, total)

        embed_for_every_prompt(backbone, while_it_may_stay, told.weigh)

    what = "Preparing the built-in texts for every prompt"
    task = Task(KIND, key, what, work, MODEL, Priority.BACKGROUND, "texts")
    return queue().ask(task)
