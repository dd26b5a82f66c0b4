"""Keeping a visit: taken over once at the start of a session, and kept whenever it changed."""

from __future__ import annotations

import streamlit as st

from embfilter_core.storage.visit import Visit
from embfilter_core.storage.visit_store import new_visit_id, visit_store
from pages.frame import hosting
from pages.frame.address_bar import VISIT, VISIT_ID
from pages.frame.visit import choices, files, in_browser, texts

NOTES, KEPT = "visit_notes", "visit_kept"
NOT_KEPT = (
    "What this address stands for is not kept on this machine: texts and files stay for 30 days after their last use, "
    "or until others need the room."
)


def begin() -> list[str]:
    """Take over, once a session, what is kept under the id in the address; return what there is to say about it."""
    if NOTES not in st.session_state:
        asked = None if hosting.is_hosted() else st.query_params.get(VISIT)
        st.session_state[NOTES] = [] if asked is None or recall(asked) else [NOT_KEPT]
    notes: list[str] = st.session_state[NOTES]
    return notes


def forget_notes() -> None:
    """Stop saying what there was to say at the beginning."""
    st.session_state[NOTES] = []


def keep() -> None:
    """Keep what the visit holds now, where it is another than what was kept last."""
    now = held()
    if hosting.is_hosted():
        in_browser.keep(now, add)
    elif now != st.session_state.get(KEPT, Visit()):
        if now:
            remember(st.session_state.setdefault(VISIT_ID, new_visit_id()))
        else:
            _forget()
    st.session_state[KEPT] = now


def catch_up() -> None:
    """Run the whole page where what the visit holds changed after it was kept, as in a block that ran alone."""
    if held() != st.session_state.get(KEPT):
        st.rerun()


def visit_id() -> str | None:
    """Return the id under which the visit is kept on this machine, for its address; None where it holds nothing."""
    found: str | None = st.session_state.get(VISIT_ID)
    return found


def remember(visit_id: str) -> None:
    """Keep what the visit holds on disk, under an id."""
    visit_store().write(visit_id, held(), files.all_contents())


def recall(visit_id: str) -> bool:
    """Take over what is kept on disk under an id; return whether there is any."""
    visit = visit_store().read(visit_id)
    if visit is None:
        return False
    st.session_state[VISIT_ID] = visit_id
    take_over(visit)
    return True


def take_over(visit: Visit) -> None:
    """Make a visit that was kept that of this session."""
    texts.restore(visit.texts)
    files.restore(visit.files)
    choices.restore(visit.choices)
    st.session_state[KEPT] = held()


def add(before: Visit) -> None:
    """Add what an earlier session held; where both hold something, that of this session stays."""
    now = held()
    take_over(Visit({**before.texts, **now.texts}, {**before.files, **now.files}, {**before.choices, **now.choices}))


def _forget() -> None:
    if VISIT_ID in st.session_state:
        visit_store().forget(st.session_state.pop(VISIT_ID))


def held() -> Visit:
    """Return what the visit holds now."""
    kept = {about: dict(roles) for about, roles in choices.all_choices().items()}
    return Visit(texts.written(), dict(files.all_files()), kept)
