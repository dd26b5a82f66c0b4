"""The stored backbones that a visitor can choose: those of the app, of this machine, and files that were given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from embfilter_core.backbones.catalogue import BUNDLED, catalogue_entry
from embfilter_core.errors import EmbFilterError, InputError
from embfilter_core.number_format import format_weights
from pages.cached.stored_backbones import PREFIX, Stored, given, on_this_machine
from pages.frame import hosting, messages
from pages.frame.address_bar import choose
from pages.frame.backbone_names import ANY_STORED
from pages.frame.sidebar_controls import BACKBONE
from pages.frame.visit import files

STORED = {"shipped": "stored", "own": "stored on this machine", "given": "stored, from your file"}
"""What a stored backbone is told as, by where it is from."""
PLACE = "stored_backbones"
"""The place for files that are given."""


def all_stored() -> dict[str, Stored]:
    """Return all that can be chosen by spec; a file that was given and cannot be read is left out."""
    found = dict(on_this_machine(hosting.is_hosted()))
    for file in files.all_files().get(PLACE, ()):
        if files.is_here(file):
            try:
                one = given(files.upload_of(file))
            except InputError:
                continue  # told where it was given
            found[one.spec] = one
    return found


def is_stored(spec: str) -> bool:
    """Return whether a backbone is asked for as a stored one."""
    return spec in ANY_STORED


def find(spec: str) -> Stored | None:
    """Return the stored backbone of that name, or None where a backbone to load is asked for, or there is none."""
    return all_stored().get(spec) if is_stored(spec) else None


def described(stored: Stored) -> str:
    """Return what one sees of a stored backbone before it is chosen."""
    about = stored.about
    size = f"d = {about.d:,} · {about.vocab_size:,} tokens · {format_weights(about.parameters)} weights"
    return f"{about.name}, {STORED[stored.origin]} · no load · {size}"


def model_of(stored: Stored) -> str | None:
    """Return the name by which the model of a stored backbone can be loaded here, or None where it cannot."""
    hub_id = stored.about.hub_id
    entry = catalogue_entry(hub_id)
    if not hub_id or not hosting.offers(entry):
        return None
    return entry.id if entry else hub_id


def offer_model(stored: Stored, why: str) -> None:
    """Say in one line what a stored backbone cannot do, with the button that gets its model.

    Args:
        stored: The stored backbone.
        why: A sentence.
    """
    model = model_of(stored)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="stored_offer"):
        st.caption(messages.literal(why), width="content")
        if model is not None:
            _go_to_model(
                model,
                "Use the bundled backbone" if model == BUNDLED.id else f"Get {messages.literal(stored.about.hub_id)}",
            )
        if model != BUNDLED.id:
            _go_to_model(BUNDLED.id, "Use the bundled backbone")
        st.page_link("pages/7_Compare.py", label="Compare it", icon=":material/balance:")


@contextmanager
def told() -> Iterator[None]:
    """Say in one line what is wrong with the file of a stored backbone, where that shows while it is drawn."""
    try:
        yield
    except EmbFilterError as problem:
        messages.error(problem)


def refuse(spec: str) -> None:
    """Say that a page needs a model where a stored backbone is chosen, or that there is no such."""
    stored = find(spec)
    if stored is None:
        messages.error(
            InputError(
                f"There is no stored backbone {spec.removeprefix(PREFIX)[:80]!r} here.",
                "Choose another, or give its file on Compare.",
            )
        )
        _go_to_model(BUNDLED.id, "Use the bundled backbone")
        return
    texts = len(stored.about.texts)
    offer_model(
        stored,
        f"{stored.about.name} is stored, with {texts} texts that Home, Logit lens, Spectrum and Compare show. What "
        "this page computes needs the model.",
    )


def _go_to_model(model: str, label: str) -> None:
    icon = ":material/undo:" if model == BUNDLED.id else ":material/download:"
    key, chosen = f"model_{model}", {BACKBONE: model}
    st.button(label, key=key, icon=icon, type="tertiary", on_click=choose, args=(chosen,))
