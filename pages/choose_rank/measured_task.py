"""A task measured on a view, as the blocks of the Choose rank page share it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.frame import measured_runs
from pages.frame.sidebar_controls import CUSTOM

if TYPE_CHECKING:
    from embfilter_core.data.tasks import Task
    from embfilter_core.quality.decisions.measured import SearchedBest
    from embfilter_core.quality.sweep import QualitySweep
    from pages.cached.loaded import LoadedView

TEMPLATE_SHOWN = 60


@dataclass(frozen=True, eq=False)
class MeasuredTask:
    """A task measured on a view.

    Attributes:
        loaded: The view.
        task: The task.
        measure: Id of the measure.
        margin: In points.
        bytes: A vector, of a budget.
        sweep: Every k of the bulk.
        best: The best of all treatments, searched, or None where they could not be measured.
    """

    loaded: LoadedView
    task: Task
    measure: str
    margin: float
    bytes: int
    sweep: QualitySweep
    best: SearchedBest | None = None

    @property
    def about(self) -> tuple[str, str]:
        """What was measured by what: ids of the task and the measure."""
        return self.task.id, self.measure

    def remember(self, **parts: object) -> None:
        """Remember parts of what was measured, for session files."""
        measured_runs.remember(self.loaded, self.task, self.measure, (self.margin, self.bytes), **parts)

    @property
    def told_best(self) -> str:
        """Which treatment is the best of all, as a sentence; nothing where it is not known."""
        return "" if self.best is None else self.best.sentence

    @property
    def name(self) -> str:
        """What was measured with what, for the legend of a later run."""
        if self.task.vectors is not None:
            return f"own vectors, {self.loaded.backbone.name}: {self.task.name}, {self.measure}"
        layer = "" if self.loaded.embedder.layer is None else f", layer {self.loaded.embedder.layer}"
        centred = "" if self.loaded.centre is None else ", centred"
        return f"{self.loaded.backbone.name}, {self._prompt}{layer}{centred}: {self.task.name}, {self.measure}"

    @property
    def _prompt(self) -> str:
        prompt = self.loaded.prompt
        return prompt.name if prompt.id != CUSTOM else f"{prompt.template[:TEMPLATE_SHOWN]!r} ({prompt.pooling})"
