"""The shape that JSON of other people must have, written as checks that name the place where it has another."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

Check = Callable[[object, str], None]
"""Called with a value and where it stands; raises Malformed where the value does not fit."""


class Malformed(ValueError):
    """Something that does not have the shape it should have."""


def words(most: int) -> Check:
    """A string of at most so many characters that can be written as UTF-8."""

    def check(value: object, where: str) -> None:
        fits = isinstance(value, str) and len(value) <= most
        _require(fits and not any(0xD800 <= ord(character) <= 0xDFFF for character in str(value)), where)

    return check


def line(most: int) -> Check:
    """A string of at most so many characters, all of which print: no line ends, nothing that turns others round."""

    def check(value: object, where: str) -> None:
        _require(isinstance(value, str) and len(value) <= most and value.isprintable(), where)

    return check


def matching(pattern: str) -> Check:
    """A string that a regular expression matches from end to end."""
    expression = re.compile(pattern)

    def check(value: object, where: str) -> None:
        _require(isinstance(value, str) and expression.fullmatch(value) is not None, where)

    return check


def whole(least: int, most: int) -> Check:
    """A whole number within bounds."""
    return lambda value, where: _require(
        isinstance(value, int) and type(value) is int and least <= value <= most, where
    )


def number(least: float = -math.inf, most: float = math.inf) -> Check:
    """A finite number within bounds."""

    def check(value: object, where: str) -> None:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Malformed(_misfit(where))
        _require(math.isfinite(value) and least <= value <= most, where)

    return check


def flag(value: object, where: str) -> None:
    """True or False."""
    _require(type(value) is bool, where)


def maybe(inner: Check) -> Check:
    """None, or what fits another check."""

    def check(value: object, where: str) -> None:
        if value is not None:
            inner(value, where)

    return check


def items(inner: Check, most: int, least: int = 0) -> Check:
    """A list of so many values, each of which fits."""

    def check(value: object, where: str) -> None:
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise Malformed(_misfit(where))
        for place, one in enumerate(value):
            inner(one, f"{where}[{place}]")

    return check


def exactly(count: int, inner: Check) -> Check:
    """A list of exactly so many values."""
    return items(inner, count, count)


def fields(known: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    """An object with these fields and no other."""
    every = known | (optional or {})

    def check(value: object, where: str) -> None:
        if not isinstance(value, dict) or not known.keys() <= value.keys() <= every.keys():
            raise Malformed(_misfit(where))
        for name, one in value.items():
            every[name](one, f"{where}.{name}")

    return check


def table(inner: Check, most: int) -> Check:
    """An object of any short names, at most so many, each of whose values fits."""

    def check(value: object, where: str) -> None:
        if not isinstance(value, dict) or len(value) > most:
            raise Malformed(_misfit(where))
        for name, one in value.items():
            words(40)(name, where)
            inner(one, f"{where}.{name}")

    return check


def _require(holds: bool, where: str) -> None:
    if not holds:
        raise Malformed(_misfit(where))


def _misfit(where: str) -> str:
    return f"{where} is not what it should be"
