"""How values stand in the address of a page: what is possible there, and what it stands for."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")
Chosen = TypeVar("Chosen", bound=str)
LONGEST_NAME = 300
UNLIMITED = 99_999
"""The largest whole number where nothing else limits it."""


@dataclass(frozen=True)
class Syntax(Generic[Value]):
    """How the value of a control stands in the address, where a name may be given more than once.

    Attributes:
        possible: What may stand there, said to the reader of a wrong link.
        allows: Whether what stands there is possible.
        parse: The value that it stands for, where it is possible.
        write: What stands there for a value.
    """

    possible: str
    allows: Callable[[list[str]], bool]
    parse: Callable[[list[str]], Value]
    write: Callable[[Value], list[str]] = lambda value: [str(value)]


def one_of(choices: Collection[Chosen]) -> Syntax[Chosen]:
    """One of the choices."""
    by_name: dict[str, Chosen] = {choice: choice for choice in choices}
    return Syntax(", ".join(choices), lambda raw: len(raw) == 1 and raw[0] in by_name, lambda raw: by_name[raw[0]])


def some_of(choices: Collection[str]) -> Syntax[list[str]]:
    """Different ones of the choices, or none."""
    return Syntax(
        f"some of {', '.join(choices)}", lambda raw: len(set(raw)) == len(raw) and set(raw) <= set(choices), list, list
    )


def switch() -> Syntax[bool]:
    """On or off."""
    return Syntax(
        "true or false",
        lambda raw: raw in (["true"], ["false"]),
        lambda raw: raw[0] == "true",
        lambda value: [str(value).lower()],
    )


def short(what: str, longest: int = LONGEST_NAME) -> Syntax[str]:
    """A text of a few characters."""
    possible = f"{what} of at most {longest} characters"
    return Syntax(possible, lambda raw: len(raw) == 1 and 0 < len(raw[0]) <= longest, _only)


def whole(low: int, high: int = UNLIMITED) -> Syntax[int]:
    """A whole number from `low` to `high`."""
    to = "" if high == UNLIMITED else f" to {high}"
    return Syntax(f"a whole number from {low}{to}", lambda raw: _is_whole(raw, low, high), lambda raw: int(raw[0]))


def whole_or_nothing(high: int, nothing: str) -> Syntax[int | None]:
    """A whole number up to `high`, or no value at all."""
    possible = f"a whole number from 0, or nothing for {nothing}"
    return Syntax(
        possible,
        lambda raw: _is_whole(raw, 0, high),
        lambda raw: int(raw[0]),
        lambda value: [] if value is None else [str(value)],
    )


def whole_or(word: str, high: int) -> Syntax[str]:
    """A whole number up to `high`, or the word."""
    return Syntax(f"a whole number from 0, or {word}", lambda raw: raw == [word] or _is_whole(raw, 0, high), _only)


def _only(raw: list[str]) -> str:
    return raw[0]


def _is_whole(raw: list[str], low: int, high: int) -> bool:
    return len(raw) == 1 and raw[0].isdecimal() and len(raw[0]) <= len(str(high)) and low <= int(raw[0]) <= high
