"""The stored backbones of a visitor: store one, give a file that somebody hands on, open and remove them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.backbones.places import is_path
from embfilter_core.errors import EmbFilterError, InputError
from embfilter_core.jobs.job import MODEL, Task
from embfilter_core.stored_backbones.limits import MAX_FILE_BYTES
from embfilter_core.stored_backbones.shelf import add_stored, remove_stored
from pages.cached import backbones
from pages.cached.stored_backbones import given
from pages.frame import hosting, messages
from pages.frame.address_bar import choose
from pages.frame.jobs.results import in_progress, start
from pages.frame.sidebar_controls import BACKBONE
from pages.frame.stored_backbones import PLACE, all_stored, is_stored
from pages.frame.visit import files, keeping
from pages.widgets.uploader import Place

if TYPE_CHECKING:
    from embfilter_core.jobs.job import Told
    from pages.cached.stored_backbones import Stored
    from pages.frame.view import View

UPLOAD = Place(
    PLACE,
    "Open a stored backbone",
    [".zip"],
    "A file that `python -m embfilter_core store BACKBONE` made.",
    most_megabytes=MAX_FILE_BYTES // 1_000_000,
)


def draw(view: View) -> None:
    """Draw the visitor's own, and how to add to them.

    Args:
        view: What the sidebar says.
    """
    with st.expander("Your own: store a backbone, open a file, remove one", key="own_stored"):
        _take_files()
        for stored in all_stored().values():
            if stored.origin != "shipped":
                _line(stored)
        if not hosting.is_hosted():
            _offer_to_store(view)
    keeping.catch_up()


def _take_files() -> None:
    """Draw the place for files; on one's own machine, what is given there is kept until it is removed."""
    try:
        for one in UPLOAD.several():
            given(one.upload)
            if not hosting.is_hosted():
                add_stored(one.upload.read(), one.upload.name)
                for file in files.all_files().get(PLACE, ()):
                    files.remove(PLACE, file)
                st.rerun()
    except InputError as problem:
        messages.error(problem)


def _line(stored: Stored) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"own_{stored.spec}"):
        about = stored.about
        st.markdown(
            f"**{messages.literal(about.name)}** · {messages.literal(about.prompt_name)}",
            help=messages.literal(about.stamp),
        )
        st.button("Look at it", key=f"open_{stored.spec}", on_click=choose, args=({BACKBONE: stored.spec},))
        if stored.origin == "own":
            st.button(
                "Remove",
                key=f"remove_{stored.spec}",
                icon=":material/close:",
                type="tertiary",
                on_click=remove_stored,
                args=(about,),
                help="Deletes its file in the cache folder.",
            )


def _offer_to_store(view: View) -> None:
    """Offer to store the backbone of the sidebar, or show how far that is."""
    if is_stored(view.backbone):
        st.caption("To add a backbone, choose one in the sidebar that is not stored.")
        return
    loaded = backbones.in_memory(view.backbone)
    if loaded is None:
        st.caption(
            f"To add {messages.literal(view.backbone)}, open it on Home first, which loads it; or run "
            f"`python -m embfilter_core store` on the command line."
        )
        return
    task = _task(view)
    try:
        if in_progress(*task.id):
            return
        if st.button(f"Store {messages.literal(loaded.name)} as the sidebar reads it", icon=":material/save:"):
            start(task)
    except EmbFilterError as problem:
        messages.error(problem)


def _task(view: View) -> Task[str]:
    spec, dtype, device, layer = view.backbone, view.dtype, view.device, view.layer

    def work(told: Told) -> str:
        from embfilter_core.stored_backbones.making import Described, make_stored
        from embfilter_core.stored_backbones.material import write_stored
        from embfilter_core.stored_backbones.shelf import own_path

        backbone = backbones.backbone(spec, dtype, device, told.in_stage)
        described = Described(hub_id="" if is_path(spec) or spec.count("/") != 1 else spec)
        prompt = view.prompt_for(backbone.default_prompt)
        material = make_stored(backbone, prompt, layer, described=described, progress=told.in_stage)
        return write_stored(material, own_path(material.stored)).id

    key = (spec, dtype, device, view.prompt, view.template, view.pooling, layer)
    return Task("store", key, f"Storing {spec}", work, MODEL)
