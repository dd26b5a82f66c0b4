"""Work with a bar that says what it is and how far it is; another action of the visitor stops it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from embfilter_core.number_format import format_share

if TYPE_CHECKING:
    from collections.abc import Callable

    from embfilter_core.progress import Progress

Made = TypeVar("Made")
REDRAW_S = 0.1


def with_bar(what: str, work: Callable[[Progress], Made]) -> Made:
    """Do work that tells its progress, with a bar until it is done.

    Args:
        what: What happens, such as `Measuring every k`.
        work: Is given the function to call with (steps done, steps in all).
    """
    place, begin, drawn = st.empty(), time.monotonic(), 0.0

    def show(done: int, total: int) -> None:
        nonlocal drawn
        now = time.monotonic()
        if now - drawn < REDRAW_S:
            return
        drawn, share = now, min(1.0, done / max(total, 1))
        left = f", about {duration((now - begin) * (1 - share) / share)} left" if share > 0 and now - begin > 1 else ""
        place.progress(share, f"{what} ... {format_share(share)}{left}")

    made = work(show)
    place.empty()
    return made


def duration(seconds: float) -> str:
    """Seconds as people say them: `40 seconds`, `3 minutes`."""
    return f"{seconds:.0f} seconds" if seconds < 100 else f"{seconds / 60:.0f} minutes"
