"""Errors of the readers of a checkpoint, told as what they mean for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from embfilter_core.errors import BackboneError, Cancelled, first_line


@contextmanager
def explained(what: str, advice: str) -> Iterator[None]:
    """Turn whatever goes wrong inside into a BackboneError; a damaged file makes its readers raise nearly anything."""
    try:
        yield
    except (BackboneError, Cancelled):
        raise
    except torch.OutOfMemoryError as error:
        raise out_of_memory("this backbone") from error
    except Exception as error:
        raise BackboneError(f"{what}: {first_line(error)}", advice) from error


def out_of_memory(what: str) -> BackboneError:
    """Return the error of a GPU that has no memory left for something."""
    return BackboneError(
        f"The GPU has no memory left for {what}.", "Close what else uses it, or take bfloat16, or the device cpu."
    )
