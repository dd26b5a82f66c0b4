"""Control: its widget, default, meaning, URL check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from embfilter_core.spectral.per_mille import PER_MILLE


def one_of(choices: list[str]) -> Callable[[list[str]], bool]:
    """Check that there is one value, among the choices."""
    return lambda values: len(values) == 1 and values[0] in choices


def whole(low: int, high: int) -> Callable[[list[str]], bool]:
    """Check that there is one whole number from `low` to `high`."""

    def allows(values: list[str]) -> bool:
        return (
            len(values) == 1
            and values[0].isdecimal()
            and len(values[0]) <= len(str(high))
            and low <= int(values[0]) <= high
        )

    return allows


def whole_or(word: str, high: int) -> Callable[[list[str]], bool]:
    """Check that there is one whole number up to `high`, or the word."""
    is_whole = whole(0, high)
    return lambda values: values == [word] or is_whole(values)


def is_band(values: list[str]) -> bool:
    """Whether two rising whole numbers make a band in thousandths of d."""
    if len(values) != 2 or not all(value.isdecimal() and len(value) <= 4 for value in values):
        return False
    start, stop = map(int, values)
    return start < stop <= PER_MILLE


def some_of(choices: list[str]) -> Callable[[list[str]], bool]:
    """Check that the values are different ones of the choices."""
    return lambda values: len(set(values)) == len(values) and set(values) <= set(choices)


def is_short(values: list[str]) -> bool:
    """Whether there is one text of at most 300 characters."""
    return len(values) == 1 and 0 < len(values[0]) <= 300


@dataclass(frozen=True)
class Control:
    """One control of a view.

    Attributes:
        key: Widget key and name in the address.
        default: Value where nothing is chosen.
        allows: Whether the values of the address (one, or two for the band) are possible.
        choices: What may stand there, said to the reader of a wrong link.
    """

    key: str
    default: object
    allows: Callable[[list[str]], bool]
    choices: str


def choice(key: str, default: str, choices: list[str]) -> Control:
    """A control whose value is one of the choices."""
    return Control(key, default, one_of(choices), ", ".join(choices))
