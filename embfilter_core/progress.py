"""Work that tells how far it is and can be stopped."""

from collections.abc import Callable

from embfilter_core.errors import Cancelled

Progress = Callable[[int, int], bool | None]
"""Called with (steps done, steps in all); returning False cancels, and what it raises passes through."""

StagedProgress = Callable[[str, int, int], bool | None]
"""Called with (stage, steps done, steps in all) where a work has stages of its own; returning False cancels."""


def report(progress: Progress | None, done: int, total: int, steps: str = "steps", kept: str = "") -> None:
    """Tell how far the work is.

    Args:
        progress: Is told; nothing happens where it is None.
        done: How many steps are done.
        total: How many there are.
        steps: What they are called.
        kept: What stays of them where the work stops, such as `3 are kept`.

    Raises:
        Cancelled: `progress` returned False.
    """
    if progress is not None and progress(done, total) is False:
        raise Cancelled(f"Stopped after {done} of {total} {steps}{': ' * bool(kept)}{kept}.")


def part(progress: Progress | None, start: int, stop: int, total: int) -> Progress | None:
    """Return the progress of one part of a longer work: its steps are spread over `start` .. `stop` of `total`."""
    if progress is None:
        return None
    return lambda done, steps: progress(start + (stop - start) * done // max(steps, 1), total)


def within(progress: StagedProgress | None, stage: str) -> Progress | None:
    """Return the progress of one stage of a work."""
    if progress is None:
        return None
    return lambda done, total: progress(stage, done, total)
