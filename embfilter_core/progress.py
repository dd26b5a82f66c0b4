"""Work that tells how far it is and can be stopped."""

from collections.abc import Callable

from embfilter_core.errors import EmbFilterError

Progress = Callable[[int, int], bool | None]
"""Called with (steps done, steps in all); returning False cancels."""


class MeasuringCancelled(EmbFilterError):
    """The caller's progress function asked for the measurement to stop."""


def report(progress: Progress | None, done: int, total: int) -> None:
    """Tell how far the work is.

    Raises:
        MeasuringCancelled: `progress` returned False.
    """
    if progress is not None and progress(done, total) is False:
        raise MeasuringCancelled(f"Stopped after {done} of {total} steps.")


def part(progress: Progress | None, start: int, stop: int, total: int) -> Progress | None:
    """The progress of one part of a longer work: its steps are spread over `start` .. `stop` of `total`."""
    if progress is None:
        return None
    return lambda done, steps: progress(start + (stop - start) * done // max(steps, 1), total)
