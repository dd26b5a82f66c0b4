"""What of a screen is neither a control, a text nor a file: searches, selections, and what was measured before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.frame.controls import TEXT
from pages.frame.measured_runs import EARLIER, MOST_EARLIER, SHOWN_EARLIER, earlier

if TYPE_CHECKING:
    from embfilter_core.figures.quality_curve import Curve

FINDS = ("find", "map_find")
"""Boxes for what is looked for in a corpus, by their keys."""
LONGEST_FIND, LONGEST_NAME, MOST_NUMBERS, LARGEST = 200, 600, 5_000, 10**9
MAP_SELECTION, FOLLOWED, FOLLOWED_FOR = "map_selection", "followed", "followed_for"
MOST_FOLLOWED = 4
_CURVE = ("ks", "differences", "low", "high")


@dataclass(frozen=True)
class Part:
    """A part of a screen.

    Attributes:
        write: Returns it as JSON holds it, or None where there is none.
        read: Returns it as the session holds it, by key; raises ValueError where it is no such part.
    """

    write: Callable[[], Any]
    read: Callable[[Any], dict[str, Any]]


def snapshot() -> dict[str, Any]:
    """Return what there is of a screen."""
    written = {name: part.write() for name, part in PARTS.items()}
    return {name: value for name, value in written.items() if value is not None}


def read(given: object) -> dict[str, Any]:
    """Return what the session is to hold, by key; nothing is changed yet.

    Raises:
        ValueError: It is no screen; names the part.
    """
    if not isinstance(given, dict) or not given.keys() <= PARTS.keys():
        raise ValueError("a screen with parts that are not known")
    held: dict[str, Any] = {}
    for name, value in given.items():
        held |= PARTS[name].read(value)
    return held


def _find(key: str) -> Part:
    def read(value: object) -> dict[str, Any]:
        return {key: _text(value, LONGEST_FIND)}

    return Part(lambda: st.session_state.get(key) or None, read)


def _written_selection() -> list[Any] | None:
    corpus, positions, _ = st.session_state.get(MAP_SELECTION, ("", (), None))
    return [corpus, list(positions)] if positions else None


def _read_selection(value: object) -> dict[str, Any]:
    match value:
        case [str(corpus), list(positions)]:
            return {MAP_SELECTION: (_text(corpus, LONGEST_NAME), tuple(_wholes(positions, MOST_NUMBERS)), None)}
    raise ValueError("a selection on the map that is none")


def _written_followed() -> list[Any] | None:
    fingerprint, text = st.session_state.get(FOLLOWED_FOR, ("", ""))
    tokens = st.session_state.get(FOLLOWED)
    return [fingerprint, list(tokens)] if tokens and text == st.session_state.get(TEXT) else None


def _read_followed(value: object) -> dict[str, Any]:
    match value:
        case [str(fingerprint), list(tokens)]:
            followed = _wholes(tokens, MOST_FOLLOWED)
            return {FOLLOWED: followed, FOLLOWED_FOR: (_text(fingerprint, LONGEST_NAME), None)}  # of the file's text
    raise ValueError("tokens to follow that are none")


def _written_earlier() -> list[Any] | None:
    shown = st.session_state.get(SHOWN_EARLIER, ())
    return [_written_curve(name, *kept, name in shown) for name, kept in earlier().items()] or None


def _written_curve(name: str, task: str, curve: Curve, is_shown: bool) -> dict[str, Any]:
    numbers = {part: getattr(curve, part).tolist() for part in _CURVE}
    return {"name": name, "task": task, "shown": is_shown, "unfiltered": curve.unfiltered, **numbers}


def _read_earlier(value: object) -> dict[str, Any]:
    if not isinstance(value, list) or len(value) > MOST_EARLIER + 1:
        raise ValueError("too many earlier measurements")
    kept, shown = {}, []
    for one in value:
        name, task, curve, is_shown = _read_curve(one)
        kept[name] = (task, curve)
        shown += [name] if is_shown else []
    return {EARLIER: kept, SHOWN_EARLIER: shown}


def _read_curve(one: object) -> tuple[str, str, Curve, bool]:
    import numpy as np

    from embfilter_core.figures.quality_curve import Curve

    if not isinstance(one, dict) or one.keys() != {"name", "task", "shown", "unfiltered", *_CURVE}:
        raise ValueError("an earlier measurement that is none")
    name, task = _text(one["name"], LONGEST_NAME), _text(one["task"], LONGEST_NAME)
    ks = _wholes(one["ks"], MOST_NUMBERS)
    gains, low, high = (np.array(_numbers(one[part], len(ks))) for part in _CURVE[1:])
    (unfiltered,) = _numbers([one["unfiltered"]], 1)
    if not ks or ks != sorted(set(ks)) or not isinstance(one["shown"], bool):
        raise ValueError("an earlier measurement whose numbers do not rise")
    return name, task, Curve(name, np.array(ks), gains, low, high, unfiltered), one["shown"]


def _text(value: object, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest:
        raise ValueError("a text that is none, or too long")
    return value


def _wholes(value: object, most: int) -> list[int]:
    if isinstance(value, list) and len(value) <= most:
        numbers = [one for one in value if type(one) is int and 0 <= one < LARGEST]
        if len(numbers) == len(value):
            return numbers
    raise ValueError("whole numbers that are none, or too many")


def _numbers(value: object, count: int) -> list[float]:
    if isinstance(value, list) and len(value) == count:
        numbers = [float(one) for one in value if type(one) in (int, float) and abs(one) < LARGEST]
        if len(numbers) == count:
            return numbers
    raise ValueError("numbers that are none, or not as many as they should be")


PARTS: dict[str, Part] = {
    **{key: _find(key) for key in FINDS},
    MAP_SELECTION: Part(_written_selection, _read_selection),
    FOLLOWED: Part(_written_followed, _read_followed),
    EARLIER: Part(_written_earlier, _read_earlier),
}
"""The parts of a screen, by their names in a session file."""
