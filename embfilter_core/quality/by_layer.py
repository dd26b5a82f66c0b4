"""Quality of embeddings by the layer they are taken from and the share of the directions that is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from embfilter_core.data.tasks import LabelledTask, PairTask
from embfilter_core.errors import InputError
from embfilter_core.progress import Progress, report
from embfilter_core.quality.bootstrap import POINTS, RESAMPLES_OF_MANY, bootstrap
from embfilter_core.quality.measuring import MEASURES, measure, measures_of
from embfilter_core.spectral.families import TAUS
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.spectral.spectrum import Spectrum


@dataclass(frozen=True, eq=False)
class LayerQuality:
    """Scores of layers under ratios, in points (score x 100), each with its 95 % interval.

    The interval is that of one cell by itself: cells share their texts, so it bounds no difference.

    Attributes:
        measure: Id of the measure.
        layers: (layers,) int64.
        ratios: (ratios,) int64, of the bulk that is kept; 1 is unfiltered.
        scores: (layers, ratios) float64.
        low: (layers, ratios) float64, lower ends.
        high: (layers, ratios) float64, upper ends.
        unit: Resampling unit: pairs or texts.
        units: How many there are.
    """

    measure: str
    layers: np.ndarray
    ratios: np.ndarray
    scores: np.ndarray
    low: np.ndarray
    high: np.ndarray
    unit: str
    units: int

    @property
    def alike(self) -> np.ndarray:
        """The layers at which every score is 0 in every resample: no cosine there differs from another."""
        return self.layers[~(self.scores.any(axis=1) | self.low.any(axis=1) | self.high.any(axis=1))]

    @property
    def half_width(self) -> float:
        """Median over the cells of half the width of their interval, in points."""
        return float(np.median(self.high - self.low) / 2)


def layer_quality(
    task: PairTask | LabelledTask,
    embeddings_of: Callable[[int], np.ndarray],
    layers: Sequence[int],
    spectrum: Spectrum,
    ratios: Sequence[int] = TAUS,
    bulk_start: int | None = None,
    progress: Progress | None = None,
) -> LayerQuality:
    """Score a task with the embeddings of every layer, all directions and the bulk of each ratio kept.

    Args:
        task: Judged pairs or labelled texts.
        embeddings_of: Gives the embeddings of the task's texts at a layer, (n, d); asked once a layer.
        layers: The layers.
        spectrum: Spectrum of the backbone.
        ratios: Ratios of the bulk; 1 is unfiltered.
        bulk_start: First kept direction of the bulk, where a backbone fixes it.
        progress: Called with (layers done, layers in all) before the first and after every layer.

    Raises:
        InputError: There is no layer or no ratio, a ratio does not fit, or there are too few units for an interval.
        Cancelled: `progress` returned False.
    """
    if not (len(layers) and len(ratios)):
        raise InputError("There is nothing to score.", "Give at least one layer and one ratio.")
    selections = [KeptDirections.bulk(spectrum.d, ratio, start=bulk_start) for ratio in ratios]
    rows = []
    report(progress, 0, len(layers))
    for done, layer in enumerate(layers, start=1):
        evidence = measure(task, (spectrum.coefficients(embeddings_of(layer)),), selections)
        rows.append(bootstrap(evidence, RESAMPLES_OF_MANY).intervals())
        report(progress, done, len(layers))
    scores, low, high = (POINTS * np.stack([getattr(row, name) for row in rows]) for name in ("values", "low", "high"))
    return LayerQuality(
        measure=measures_of(task)[0],
        layers=np.array(layers, dtype=np.int64),
        ratios=np.array(ratios, dtype=np.int64),
        scores=scores,
        low=low,
        high=high,
        unit=evidence.unit,
        units=evidence.units,
    )


def explain_layer_quality(quality: LayerQuality, task: PairTask | LabelledTask) -> list[str]:
    """Return how the scores of a task are to be read, and why a layer scores nothing where one does."""
    measured = MEASURES[quality.measure].explanation
    demo = "These texts were written for this app: a demo, not a benchmark. " if task.demo else ""
    sentences = [
        f"{measured[0].upper()}{measured[1:]}, in points (x 100), of {task.name}, n = {quality.units} {quality.unit}. "
        f"After ±: half of the 95 % interval of the cell (bootstrap), typically {quality.half_width:.1f} points. "
        "Differences between cells within that are not to be called an improvement, and the best of "
        f"{quality.scores.size} cells is always a little lucky. {demo}The filter keeps the bulk."
    ]
    if len(quality.alike):
        sentences.append(
            f"0.0 ± 0.0 at layer {', '.join(map(str, quality.alike))}: what is pooled there is the same for every "
            "text, so no pair is nearer than another. With the prompt's last token it is so at layer 0, as every text "
            "ends with the same token."
        )
    return sentences
