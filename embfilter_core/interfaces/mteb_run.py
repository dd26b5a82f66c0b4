"""Scores of mteb at several ratios by one forward pass, beside those that the paper published."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from embfilter_core.errors import InputError, first_line
from embfilter_core.extras import import_extra
from embfilter_core.hub import DATASETS, NO_NETWORK, find_repository
from embfilter_core.interfaces.encoder import Encoder
from embfilter_core.interfaces.mteb_encoder import EXTRA, MtebEncoder
from embfilter_core.interfaces.mteb_tasks import LOCAL
from embfilter_core.interfaces.shared_pass import SharedPass
from embfilter_core.spectral.embed_filter import EmbedFilter
from embfilter_core.spectral.presets import choose_directions
from embfilter_core.storage.arrays import embfilter_home

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.interfaces.mteb_tasks import MtebTask
    from embfilter_core.progress import Progress

RATIOS = (1, 2, 4, 8)
"""Those of the paper; 1 is unfiltered."""


@dataclass(frozen=True)
class MtebScore:
    """The main score of a task at a ratio.

    Attributes:
        task: Name of the task.
        category: Category of the paper's table, or None.
        ratio: tau.
        kept: Number of directions, k.
        metric: mteb's name for the main score.
        score: It, in points, averaged over splits and subsets.
        texts: Texts that mteb gave, those that occur twice counted twice; None where it had kept the result.
        empty: How many of them were without a character.
    """

    task: str
    category: str | None
    ratio: int
    kept: int
    metric: str
    score: float
    texts: int | None
    empty: int = 0


def measure_mteb(
    backbone: Backbone,
    tasks: Sequence[MtebTask],
    ratios: Iterable[int] = RATIOS,
    prompt: str | Prompt | None = None,
    layer: int | None = None,
    mean: np.ndarray | None = None,
    results: Path | None = None,
    progress: Progress | None = None,
) -> list[MtebScore]:
    """Score the bulk at each ratio on each task; a task's texts go through the model once for all ratios.

    Args:
        backbone: The backbone.
        tasks: What `find_mteb_tasks` returns.
        ratios: tau of each filter.
        prompt: As in `Encoder`.
        layer: As in `Encoder`.
        mean: As in `Encoder`.
        results: Folder of mteb's results, those of an earlier run included; mteb's own where it is None.
        progress: Told of every forward pass.

    Raises:
        MissingExtra: mteb is not installed.
        InputError: A ratio is out of range, or the data of a task cannot be read.
        Cancelled: `progress` returned False; finished tasks and embedded texts are kept.
    """
    encoders = {ratio: _bulk(backbone, ratio, prompt, layer, mean) for ratio in ratios}
    _require_data(tasks, encoders.values(), results)
    home = embfilter_home()
    home.mkdir(parents=True, exist_ok=True)
    scores = []
    for task in tasks:
        with tempfile.TemporaryDirectory(prefix="mteb-", dir=home) as folder:
            for ratio, encoder in encoders.items():
                shared = SharedPass(backbone, encoder.resolved, layer, Path(folder), progress)
                scores.append(_score(task, ratio, MtebEncoder(encoder, shared), results))
    return scores


def results_folder(results: Path | None = None) -> Path:
    """Where mteb keeps results: the folder that is given, else its own (`MTEB_CACHE`, or ~/.cache/mteb)."""
    path: Path = import_extra("mteb", EXTRA).ResultCache(results).cache_path / "results"
    return path


def _bulk(
    backbone: Backbone, ratio: int, prompt: str | Prompt | None, layer: int | None, mean: np.ndarray | None
) -> Encoder:
    kept = choose_directions("bulk", backbone.d, ratio, bulk_start=backbone.bulk_start)
    return Encoder(backbone, EmbedFilter(backbone.spectrum, kept), prompt, layer, mean)


def _require_data(tasks: Sequence[MtebTask], encoders: Iterable[Encoder], results: Path | None) -> None:
    """Refuse at once what would fail after minutes of asking the hub again: data that are neither here nor there."""
    cache = import_extra("mteb", EXTRA).ResultCache(results)
    metas = [MtebEncoder(encoder).mteb_model_meta for encoder in encoders]
    for task in tasks:
        name = task.make().metadata.name
        if all(cache.load_task_result(name, meta) for meta in metas):
            continue
        for data_set in task.data_sets:
            try:
                find_repository(DATASETS, data_set, bool)
            except InputError as error:
                what = f"{task.name} needs the data set {data_set}. {error.what}"
                raise InputError(what, f"Check the network; {' and '.join(LOCAL)} need none.") from error


def _score(task: MtebTask, ratio: int, encoder: MtebEncoder, results: Path | None) -> MtebScore:
    mteb = import_extra("mteb", EXTRA)
    made, cache = task.make(), mteb.ResultCache(results)
    try:
        mteb.evaluate(encoder, made, cache=cache, co2_tracker=False, show_progress_bar=False)
    except NO_NETWORK as error:
        what = f"The data of {task.name} cannot be read: {first_line(error)}"
        raise InputError(what, "Check the network, and try again.") from error
    # It rounds what it keeps: read from there, a score is the same today and tomorrow.
    found = cache.load_task_result(made.metadata.name, encoder.mteb_model_meta, raise_if_not_found=True)
    return MtebScore(
        task.name,
        task.category,
        ratio,
        encoder.encoder.dimensions,
        made.metadata.main_score,
        100 * float(found.get_score()),
        encoder.texts or None,
        encoder.empty,
    )
