"""Work that nobody waits for pauses while pages are used: what they need is the processor, not the model alone."""

from __future__ import annotations

import time
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.jobs.job import Told
    from embfilter_core.progress import Progress

LOOK_S = 0.25


def when_calm(backbone: Backbone, told: Told, calm_s: float, most_s: float = inf) -> Progress:
    """Return the progress of work that goes on to its next step once pages are calm.

    Args:
        backbone: What the pages use.
        told: The job's own.
        calm_s: So many seconds without a run of a page, nor a text for the model, are calm.
        most_s: The step is not put off for longer.
    """

    def step(done: int, total: int) -> bool:
        end = time.monotonic() + most_s
        while backbone.lock.calm_s() < calm_s and time.monotonic() < end:
            if not told(done, total):
                return False
            time.sleep(LOOK_S)
        return told(done, total)

    return step
