"""UMAP of both sides in one frame (McInnes, Healy and Melville, arXiv 1802.03426): made on demand, kept on disk."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.maps.projection import MapPoints, Picture
from embfilter_core.maps.umap_process import UmapProcess
from embfilter_core.progress import StagedProgress
from embfilter_core.storage.arrays import embfilter_home, load_arrays, save_arrays

FEWEST_TEXTS = 5
MOST_FILES = 64
EPOCHS, EPOCHS_OF_MANY, MANY_POINTS = 500, 200, 4000


@dataclass(frozen=True)
class UmapParameters:
    """What UMAP is asked for.

    Attributes:
        n_neighbors: Neighbours that the layout tries to keep, each point itself included.
        min_dist: How close points may lie in the picture.
        seed: Of the layout; the same points and parameters give the same picture.
    """

    n_neighbors: int = 15
    min_dist: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        if self.n_neighbors < 2 or not 0 <= self.min_dist <= 1 or self.seed < 0:
            raise InputError(
                f"UMAP cannot work with {self}.", "Use 2 neighbours or more, a distance from 0 to 1, a seed from 0."
            )


def umap_map(
    points: MapPoints,
    parameters: UmapParameters | None = None,
    progress: StagedProgress | None = None,
    process: UmapProcess | None = None,
) -> Picture:
    """Lay out both sides together by cosine, in a child process; a picture made before is read from disk.

    Args:
        points: The corpus on both sides, best `centred_sides`. A text of one's own takes part as one more row.
        parameters: The defaults of `UmapParameters` where None.
        progress: Told how far it is; returning False, or raising, kills the child process.
        process: Another child process than the shared one.

    Raises:
        InputError: There are fewer than five texts.
        Cancelled: `progress` returned False; nothing is kept.
        EmbFilterError: The child process failed.
    """
    request, path = _recipe(points, parameters)
    stored = _stored(path)
    if stored is not None:
        return stored
    process = process or shared_process()
    with process.turn(progress):
        stored = _stored(path)  # another session may have made it while this one waited
        if stored is not None:
            return stored
        layout = process.fit(points.stacked.astype(np.float32), request, progress)
        save_arrays(path, {"layout": layout}, request)
    _remove_oldest(path.parent)
    return _picture(layout)


def stored_umap(points: MapPoints, parameters: UmapParameters | None = None) -> Picture | None:
    """Return the picture where `umap_map` made it before, else None.

    Raises:
        InputError: There are fewer than five texts.
    """
    return _stored(_recipe(points, parameters)[1])


def warm_up() -> None:
    """Import and compile UMAP in the child process (about 10 s on one core); returns at once."""
    shared_process().warm_up()


@lru_cache(maxsize=1)
def shared_process() -> UmapProcess:
    """Return the one child process of this program; `stop()` ends it, unless it is making a map."""
    return UmapProcess()


def _recipe(points: MapPoints, parameters: UmapParameters | None) -> tuple[dict, Path]:
    """What the child process is asked for, and where its answer is kept."""
    if len(points) < FEWEST_TEXTS:
        raise InputError(f"{len(points)} texts are too few for UMAP.", f"Give at least {FEWEST_TEXTS}.")
    stacked = points.stacked.astype(np.float32)
    request = _request(len(stacked), parameters or UmapParameters())
    return request, _path(stacked, request)


def _stored(path: Path) -> Picture | None:
    stored = load_arrays(path)
    if stored is None:
        return None
    os.utime(path)  # the oldest are removed by when they were last looked at
    return _picture(stored.arrays["layout"])


def _picture(layout: np.ndarray) -> Picture:
    unfiltered, filtered = np.split(layout.astype(np.float64), 2)
    return Picture(unfiltered, filtered, "UMAP")


def _request(m: int, parameters: UmapParameters) -> dict:
    """The parameters as the child process reads them, fitted to the number of points."""
    neighbours = min(parameters.n_neighbors, m - 1)
    epochs = EPOCHS if m <= MANY_POINTS else EPOCHS_OF_MANY
    return {**asdict(parameters), "n_neighbors": neighbours, "epochs": epochs}


def _path(stacked: np.ndarray, request: dict) -> Path:
    """Where a picture is kept: by the points, the parameters and the version of UMAP."""
    facts = [version("umap-learn"), list(stacked.shape), request]
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    digest.update(np.ascontiguousarray(stacked).data)
    return embfilter_home() / "maps" / f"umap-{digest.hexdigest()[:32]}.safetensors"


def _remove_oldest(folder: Path) -> None:
    ages = []
    for path in folder.glob("umap-*.safetensors"):
        try:
            ages.append((path.stat().st_mtime_ns, path))
        except FileNotFoundError:
            continue  # another process removed it
    for _, path in sorted(ages)[:-MOST_FILES]:
        path.unlink(missing_ok=True)
