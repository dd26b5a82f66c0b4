"""A stored measurement: what was measured, of what, when, and what the program decided."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.quality.bootstrap import Estimate, Intervals
from embfilter_core.quality.decisions.measured import MeasuredTreatment, SearchedBest
from embfilter_core.quality.decisions.scored import ScoredTreatments
from embfilter_core.quality.decisions.treatments import Treatment
from embfilter_core.stored import packed

if TYPE_CHECKING:
    from embfilter_core.quality.bands import BandMap
    from embfilter_core.quality.clustering import ClusterQuality
    from embfilter_core.quality.forest_rows import Forest
    from embfilter_core.quality.sweep import QualitySweep

FOLDER = "embfilter_core.data.measured"


@dataclass(frozen=True)
class StoredTreatment:
    """What is stored of an embedding, measured; in points.

    Attributes:
        line: Id of its line.
        k: Numbers a vector has.
        precision: Id of its precision.
        bytes: Bytes a vector.
        score: Its score with its own interval.
        to_unfiltered: Its difference to unfiltered float32, paired, with its own interval.
    """

    line: str
    k: int
    precision: str
    bytes: int
    score: Estimate
    to_unfiltered: Estimate


@dataclass(frozen=True, eq=False)
class StoredMeasurement:
    """A measurement that comes with the app.

    Attributes:
        id: Id of its data set.
        name: Name of the data set.
        kind: pairs, labelled or retrieval.
        source: Where the data come from, and on what terms.
        n: Pairs, texts or queries.
        notes: What was left out or merged while the data were read.
        backbone: Name of the backbone.
        prompt: Id of the prompt.
        d: Numbers an unfiltered vector has.
        reference: What baselines learnt from.
        date: Day on which it was measured, as YYYY-MM-DD.
        version: Version of this program.
        how: How the texts were read, a sentence.
        sweep: Every k of the bulk.
        bands: Every band of a grid.
        forest: What could be done instead.
        clusters: V-measures, of labelled texts alone.
        treatments: Every line, k and precision.
        searched: The best of them, searched for on these data.
        decisions: The answer to each goal in sentences, the answer first.
        chosen: What each answer says to keep, or None, by goal.
        margin: What shrinking might lose, in points.
        budget: Bytes a vector that *budget* was asked for.
    """

    id: str
    name: str
    kind: str
    source: str
    n: int
    notes: tuple[str, ...]
    backbone: str
    prompt: str
    d: int
    reference: str
    date: str
    version: str
    how: str
    sweep: QualitySweep
    bands: BandMap
    forest: Forest
    clusters: ClusterQuality | None
    treatments: tuple[StoredTreatment, ...]
    searched: Treatment
    decisions: dict[str, tuple[str, ...]]
    chosen: dict[str, Treatment | None]
    margin: float
    budget: int

    @property
    def stamp(self) -> str:
        """What a page writes beside it: that it is stored, of what, and when it was made."""
        return self.stamped("Stored, not measured now")

    def stamped(self, where: str) -> str:
        """Return the same of a record that comes from elsewhere than the app, as `where` says."""
        return (
            f"{where}: {self.name}, {self.n:,} {self.sweep.unit}; {self.backbone}, prompt "
            f"{self.prompt}; version {self.version}, {self.date}. {self.how} Data: {self.source}."
        )

    @property
    def scored(self) -> ScoredTreatments:
        """The treatments as they are drawn."""
        ends = np.array([[one.score.value, one.score.low, one.score.high] for one in self.treatments]).T
        treatments = tuple(Treatment(one.line, one.k, one.precision, self.d) for one in self.treatments)
        return ScoredTreatments(treatments, Intervals(*ends), self.reference)

    @property
    def best(self) -> SearchedBest:
        """The treatment with the highest score, with its numbers as they are stored."""
        at = self.scored.treatments.index(self.searched)
        one = self.treatments[at]
        found = MeasuredTreatment(self.searched, one.bytes, one.score, one.to_unfiltered)
        return SearchedBest(found, len(self.treatments), np.empty(0))


def stored_ids() -> tuple[str, ...]:
    """Return the data sets of which measurements are stored, in the order in which they are shown."""
    from embfilter_core.stored.sources import SOURCES

    there = {entry.name.removesuffix(".json") for entry in files(FOLDER).iterdir() if entry.name.endswith(".json")}
    return tuple(name for name in SOURCES if name in there)


@cache
def read_record(name: str) -> StoredMeasurement:
    """Return a stored measurement.

    Raises:
        InputError: There is none of that id.
    """
    if name not in stored_ids():
        raise InputError(f"No measurement of {name!r} is stored.", f"Use one of {', '.join(stored_ids())}.")
    return from_json((files(FOLDER) / f"{name}.json").read_text("utf-8"))


def write_record(record: StoredMeasurement) -> Path:
    """Store a measurement among those that come with the app, and return its file."""
    with as_file(files(FOLDER)) as folder:
        place = folder / f"{record.id}.json"
        place.write_text(to_json(record), "utf-8")
    read_record.cache_clear()
    return place


def to_json(record: StoredMeasurement) -> str:
    """Return a measurement as JSON, a line a part."""
    written: dict[str, Any] = dict(vars(record))
    written["sweep"] = packed.pack_sweep(record.sweep)
    written["bands"] = packed.pack_bands(record.bands)
    written["forest"] = packed.pack_forest(record.forest)
    written["clusters"] = None if record.clusters is None else packed.pack_clusters(record.clusters)
    written["searched"] = _named(record.searched)
    written["chosen"] = {goal: None if one is None else _named(one) for goal, one in record.chosen.items()}
    written["treatments"] = [_written(one) for one in record.treatments]
    lines = [f"{json.dumps(name)}: {json.dumps(fact, ensure_ascii=False)}" for name, fact in written.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def from_json(written: str) -> StoredMeasurement:
    """Return the measurement in what `to_json` wrote."""
    found: dict[str, Any] = json.loads(written)
    clusters = found.pop("clusters")
    return StoredMeasurement(
        sweep=packed.unpack_sweep(found.pop("sweep")),
        bands=packed.unpack_bands(found.pop("bands")),
        forest=packed.unpack_forest(found.pop("forest")),
        clusters=None if clusters is None else packed.unpack_clusters(clusters),
        treatments=tuple(_treatment(one) for one in found.pop("treatments")),
        decisions={goal: tuple(said) for goal, said in found.pop("decisions").items()},
        searched=_kept(found.pop("searched"), found["d"]),
        chosen={goal: None if one is None else _kept(one, found["d"]) for goal, one in found.pop("chosen").items()},
        notes=tuple(found.pop("notes")),
        **found,
    )


def _kept(named: list[Any], d: int) -> Treatment:
    line, k, precision = named
    return Treatment(line, k, precision, d)


def _named(one: Treatment) -> list[Any]:
    return [one.line, one.k, one.precision]


def _written(one: StoredTreatment) -> list[Any]:
    numbers = packed.pack_estimate(one.score), packed.pack_estimate(one.to_unfiltered)
    return [one.line, one.k, one.precision, one.bytes, *numbers]


def _treatment(written: list[Any]) -> StoredTreatment:
    line, k, precision, size, score, gain = written
    return StoredTreatment(line, k, precision, size, Estimate(*score), Estimate(*gain))
