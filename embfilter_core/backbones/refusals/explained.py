"""Errors of the readers of a checkpoint, told as what they mean for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from embfilter_core.errors import BackboneError, Cancelled, first_line


@contextmanager
def explained(what: str, advice: str) -> Iterator[None]:
    """Turn whatever goes wrong inside into a BackboneError; a damaged file makes its readers raise nearly anything."""
    try:
        yield
    except (BackboneError, Cancelled):
        raise
    except Exception as error:
        raise BackboneError(f"{what}: {first_line(error)}", advice) from error
