"""Several things that are wrong with what somebody gave, said in one message."""

from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

from embfilter_core.errors import EmbFilterError, InputError

SHOWN = 3
"""Examples in a message; how many more there are is said."""

Made = TypeVar("Made")
Given = ParamSpec("Given")


class Problems:
    """What is wrong, collected until all of it is known."""

    def __init__(self) -> None:
        self._found: list[EmbFilterError] = []

    def attempt(self, make: Callable[Given, Made], *args: Given.args, **kwargs: Given.kwargs) -> Made | None:
        """Return what a function makes, or None after keeping why it cannot."""
        try:
            return make(*args, **kwargs)
        except EmbFilterError as problem:
            self._found.append(problem)
            return None

    def add(self, what: str, advice: str) -> None:
        """Keep what is wrong, and what to do about it."""
        self._found.append(InputError(what, advice))

    def refuse(self) -> None:
        """Raise what was collected, if anything was."""
        if self._found:
            raise self.error()

    def error(self) -> EmbFilterError:
        """Return what was collected as one error: what was wrong, each thing once, then what to do about it."""
        if len(self._found) == 1:
            return self._found[0]
        what = dict.fromkeys(problem.what for problem in self._found)
        advice = dict.fromkeys(problem.advice for problem in self._found)
        return InputError(" ".join(what), " ".join(advice))


def some_of(examples: Sequence[object]) -> str:
    """Return the first examples as a list: `3, 7, 9 and 2 more`."""
    shown = ", ".join(map(str, examples[:SHOWN]))
    return shown if len(examples) <= SHOWN else f"{shown} and {len(examples) - SHOWN:,} more"
