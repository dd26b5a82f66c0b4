"""How fast things go on this machine: noted while they are done, kept for later processes."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import numpy as np

from embfilter_core.storage.arrays import embfilter_home, load_arrays, save_arrays

log = logging.getLogger(__name__)

SHORTEST_S = 3.0
"""What took less says nothing: memory is fetched, caches are cold, and threads are begun meanwhile."""
_noted: dict[Path, float] = {}
"""Work per second noted in this process, by where it is kept."""


def note_speed(name: str, work: float, seconds: float, shortest_s: float | None = None) -> None:
    """Take over how much work was done in so many seconds into what `known_speed` tells; a short run is ignored."""
    if seconds >= (SHORTEST_S if shortest_s is None else shortest_s) and work > 0:
        _noted[_path(name)] = work / seconds


def keep_speed(name: str) -> None:
    """Keep what was noted last under a name for later processes."""
    path = _path(name)
    if path not in _noted:
        return
    try:
        save_arrays(path, {"work_per_second": np.array([_noted[path]])}, {})
    except OSError as error:
        log.warning("The speed of this machine could not be kept: %s", error)


def known_speed(name: str) -> float | None:
    """Return work per second as noted in this process, else as kept by an earlier one, else None."""
    path = _path(name)
    if path in _noted:
        return _noted[path]
    kept = load_arrays(path)
    return float(kept.arrays["work_per_second"][0]) if kept else None


def _path(name: str) -> Path:
    return embfilter_home() / "speeds" / f"{re.sub(r'[^a-z0-9.-]+', '-', name.lower())}.safetensors"
