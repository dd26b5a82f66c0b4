"""What was measured of a backbone, for the instrument to tell while a band is dragged: what comes with the app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.instrument.measured_bands import measured_bands
from embfilter_core.quality.decisions.treatments import CENTRED
from embfilter_core.stored.record import StoredMeasurement, read_record, stored_ids

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompts import Prompt

GOAL = "shrink"
"""Whose answer is framed."""


@dataclass(frozen=True)
class Scores:
    """What was measured on one data set.

    Attributes:
        name: Of the data set.
        bands: As `measured_bands` gives them, or None where only a decision is known.
        decided: First direction of the band that was decided on and the one after its last, or None.
        told: What was measured and when, and what was decided, as sentences.
    """

    name: str
    bands: dict[str, Any] | None
    decided: tuple[int, int] | None
    told: str


def stored_scores(backbone: Backbone, prompt: Prompt, layer: int | None, is_centred: bool) -> tuple[Scores, ...]:
    """Return what comes with the app of a backbone that reads texts in the same way; nothing of any other."""
    if backbone.spec != BUNDLED.id or backbone.dtype != "float32" or layer is not None or is_centred:
        return ()
    records = map(read_record, stored_ids())
    return tuple(_of(record) for record in records if (record.backbone, record.prompt) == (backbone.name, prompt.id))


def stored_bands(record: StoredMeasurement) -> dict[str, Any]:
    """Return what a browser needs to tell the scores of a record, which it calls stored."""
    return measured_bands(record.bands, record.d, record.sweep.measure, record.name) | {"called": "stored"}


def _of(record: StoredMeasurement) -> Scores:
    chosen = record.chosen[GOAL]
    band = None if chosen is None or chosen.line == CENTRED else chosen.band(BUNDLED.bulk_start)
    return Scores(
        record.name,
        stored_bands(record),
        None if band is None else band.bounds,
        f"{record.stamp} {record.decisions[GOAL][0]}",
    )
