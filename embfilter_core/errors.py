"""Errors meant for the person using the library, the command line or the app.

Each carries two short sentences: what was wrong, and what to do about it. The
app and the command line show exactly `str(error)`, on one line.
"""

from collections.abc import Iterable


class EmbFilterError(Exception):
    """Something the user can act on.

    Args:
        what: What was wrong, naming the offending value.
        advice: What to do about it; may be empty.
    """

    def __init__(self, what: str, advice: str = "") -> None:
        self.what = " ".join(what.split())
        self.advice = " ".join(advice.split())
        super().__init__(f"{self.what} {self.advice}".strip())


class InputError(EmbFilterError):
    """An argument, a text or a file that cannot be used."""


class BackboneError(EmbFilterError):
    """A backbone that cannot be found, read or understood."""


class AssetError(EmbFilterError):
    """An offline asset that is missing, damaged or cannot be fetched."""


class Cancelled(EmbFilterError):
    """The caller's progress function asked for the work to stop."""


class MissingExtra(EmbFilterError):
    """A package that only part of the library needs is not installed."""


class MeasurementBusy(EmbFilterError):
    """A measurement of time that another one, running at the moment, would spoil."""


def check_known(kind: str, value: str, known: Iterable[str]) -> None:
    """Refuse a value that is none of those known; `kind` says what it should be, such as `precision`.

    Raises:
        InputError: It is none of them; they are named.
    """
    names = list(known)
    if value not in names:
        raise InputError(f"Unknown {kind} {value[:40]!r}.", f"Use one of {', '.join(names)}.")


def first_line(error: Exception) -> str:
    """Return the first line of a library's error as a sentence, 200 characters of it at most."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:200].rstrip(".") + "."
