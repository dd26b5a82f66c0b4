"""What a backbone of the hub is and needs, shown before it is fetched: a click, not a choice in a list, begins that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.backbones.catalogue import BUNDLED, catalogue_entry
from embfilter_core.backbones.places import is_path, place_of
from embfilter_core.backbones.spellings import plain_spelling
from embfilter_core.errors import BackboneError
from embfilter_core.jobs.job import ELSEWHERE, Task
from embfilter_core.number_format import format_bytes
from pages.frame.jobs.queue import queue
from pages.frame.jobs.results import wanted
from pages.frame.messages import literal

if TYPE_CHECKING:
    from embfilter_core.backbones.preflight.preflight import Preflight
    from embfilter_core.jobs.job import Told
    from pages.frame.view import View

TOLD, AGREED = "preflight_told", "preflight_agreed"


def tell_before_fetching(view: View) -> None:
    """Return where nothing large is to be fetched, or the visitor agreed; else say what it is, and end the run.

    Raises:
        EmbFilterError: The backbone cannot be found or reached, or does not fit.
        NotYet: It is being looked up.
    """
    spec = view.backbone
    if catalogue_entry(spec) is BUNDLED or is_path(place_of(plain_spelling(spec))) or spec in _agreed():
        return
    loading = queue().find("backbone", (spec, view.dtype, view.device))
    if loading is not None and loading.is_alive:
        return
    told = _look_up(spec)
    if told.obstacle:
        raise BackboneError(told.obstacle)
    _require_fit(told, view)
    if told.fetch_bytes:
        _offer(told, view)
        st.stop()


def _look_up(spec: str) -> Preflight:
    """What is known of a backbone, looked up once a session."""
    asked, told = st.session_state.get(TOLD, ("", None))
    if told is not None and asked == spec:
        return _as_things_stand(told)

    def work(_: Told) -> Preflight:
        from embfilter_core import preflight

        return preflight(spec)

    task = Task("preflight", (spec,), f"Looking up {spec}", work, ELSEWHERE)
    found = wanted(task, at_foot=True)
    st.session_state[TOLD] = spec, found
    job = queue().find(*task.id)
    if job is not None:
        queue().forget(job)  # what another session asks later may have been fetched meanwhile
    return found


def _as_things_stand(told: Preflight) -> Preflight:
    """The same with the memory that is free now."""
    from embfilter_core.backbones.preflight.preflight import places_for

    return told if told.facts is None else replace(told, places=places_for(told.facts))


def _require_fit(told: Preflight, view: View) -> None:
    import torch

    from embfilter_core.backbones.preflight.fit import require_memory

    place = told.place(view.dtype, view.device)
    if told.facts is not None and place is not None and place.native:
        require_memory(told.facts, getattr(torch, place.dtype), told.name, torch.device(place.device))


def _offer(told: Preflight, view: View) -> None:
    from embfilter_core.backbones.preflight.sentences import place_sentence, sizes, times

    with st.container(border=True, key="before_fetch"):
        st.markdown(f"**{literal(told.name)}**: {literal(sizes(told.facts))}.")
        if told.quirk:
            st.markdown(literal(told.quirk))
        place = told.place(view.dtype, view.device)
        if place is not None and told.time is not None:
            st.markdown(literal(f"{place_sentence(place)}. {times(told.time)}."))
        licence = f"Licence: {told.licence}." if told.licence else "Its card names no licence."
        st.markdown(literal(f"{licence}{' Gated: it has to be accepted on the hub first.' if told.gated else ''}"))
        st.button(
            f"Fetch {format_bytes(told.fetch_bytes)} and load",
            key="fetch_backbone",
            icon=":material/download:",
            on_click=_agreed().add,
            args=(told.spec,),
        )


def _agreed() -> set[str]:
    """The backbones that this session has agreed to fetch."""
    found: set[str] = st.session_state.setdefault(AGREED, set())
    return found
