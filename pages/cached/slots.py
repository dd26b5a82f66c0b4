"""Results that are made once with a bar: a cached function may not draw, so they are made beside Streamlit's caches."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")
MOST_SLOTS = 64
POLL_S = 0.2


@dataclass(eq=False)
class Slot:
    """A place that the first session fills, while others that ask for the same wait.

    Attributes:
        lock: Held while it is being filled.
        made: The result as the only element, or nothing yet.
    """

    lock: Lock = field(default_factory=Lock)
    made: list[Any] = field(default_factory=list)


@st.cache_resource(max_entries=MOST_SLOTS, show_spinner=False)
def slot(kind: str, key: tuple[object, ...]) -> Slot:
    """The place of one result; `slot.clear()` forgets all results."""
    return Slot()


def make_once(kind: str, key: tuple[object, ...], make: Callable[[], Made]) -> Made:
    """The result under a key, made by the first session that asks; `make` may draw, and may be stopped by a click.

    Args:
        kind: What it is, such as `sweep`.
        key: What it depends on: texts, numbers, and tuples of them.
        make: Makes it, where nobody has.
    """
    place = slot(kind, key)
    with st.empty():  # on every run: if a bar came and went, all that follows would be drawn anew, and the page jump
        while not place.lock.acquire(timeout=POLL_S):
            st.caption("Another visitor's session is measuring this; it is shown here as soon as it is done.")
        try:
            if not place.made:
                place.made.append(make())
        finally:
            place.lock.release()
    made: Made = place.made[0]
    return made
