"""Who replicated the filter: the paper, others, and the measurements stored here, each with whether it held."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from embfilter_core.data.published import PAPER, published_results
from embfilter_core.quality.bootstrap import Estimate
from embfilter_core.quality.measuring import MEASURES
from embfilter_core.stored.record import StoredMeasurement, read_record, stored_ids

Held = Literal["held", "did not hold", "cannot tell"]
PAPERS_TAUS = (("average", 2), ("classification", 8))
"""What is told of the paper: its headline, and where it understates a loss."""


@dataclass(frozen=True)
class Replication:
    """One comparison of the filter with something else, in points.

    Attributes:
        who: Who measured it.
        backbone: With which backbone, and how much was kept.
        data: On what data.
        measure: By which measure.
        against: What the filter is compared with.
        without: The score of that.
        filtered: The score of the filter.
        difference: The filter's score less the other; low and high are NaN where no interval is given.
        source: Where the numbers stand.
    """

    who: str
    backbone: str
    data: str
    measure: str
    against: str
    without: float
    filtered: float
    difference: Estimate
    source: str

    @property
    def has_interval(self) -> bool:
        """Whether the difference comes with an interval."""
        return self.difference.low == self.difference.low

    @property
    def held(self) -> Held:
        """Whether the filter scored more: by its interval, or by the number alone where there is none."""
        low, high = self.difference.low, self.difference.high
        if not self.has_interval:
            low = high = self.difference.value
        return "held" if low > 0 else "did not hold" if high < 0 else "cannot tell"


def replications() -> list[Replication]:
    """Return every comparison: the paper's, those of others, and those of the stored measurements."""
    own = (one for name in stored_ids() for one in _measured(read_record(name)))
    return [*_published(), *_of_others(), *own]


def describe_replications(found: list[Replication]) -> str:
    """Return how many held, did not, or cannot be told, as a sentence."""
    held, lost, open_ = (sum(one.held == how for one in found) for how in ("held", "did not hold", "cannot tell"))
    bare = sum(not one.has_interval for one in found)
    return (
        f"Of {len(found)} comparisons, the filter scored more in {held} and less in {lost}; of {open_} the data cannot "
        f"tell. {bare} come without an interval, so that a small difference there means little."
    )


def _published() -> Iterator[Replication]:
    """The paper's averages at tau = 2, and its classification at tau = 8, by backbone and prompt."""
    table = published_results()
    for category, tau in PAPERS_TAUS:
        for (backbone, prompt), rows in table.groupby(["backbone", "prompt"], sort=False):
            scores = rows.set_index("tau")[category]
            yield _without_interval(
                "The paper",
                f"{backbone}, {prompt}, τ = {tau}",
                f"MTEB English, {category}",
                "mean of the measures of MTEB",
                "unfiltered",
                (float(scores[1]), float(scores[tau])),
                PAPER,
            )


def _of_others() -> Iterator[Replication]:
    for row in json.loads((files("embfilter_core.data") / "replications.json").read_text("utf-8")):
        who = f"{row['who']}, {row['year']}"
        facts = (who, row["backbone"], row["data"], row["measure"], row["against"])
        yield _without_interval(*facts, (row["without"], row["with"]), who)


def _measured(stored: StoredMeasurement) -> Iterator[Replication]:
    """The filter at tau = 2 against unfiltered, and against each baseline that is shown to beat it."""
    planned = stored.forest.planned
    facts = (f"{stored.backbone}, {stored.prompt}, τ = 2", stored.name, MEASURES[stored.sweep.measure].explanation)
    source = f"stored here, version {stored.version}, {stored.date}"

    def compared(against: str, without: float, difference: Estimate) -> Replication:
        return Replication("This program", *facts, against, without, planned.score.value, difference, source)

    yield compared("unfiltered", stored.forest.unfiltered, planned.to_unfiltered)
    for row in stored.forest.rows:
        if row.kind == "baseline" and row.to_planned.low > 0:
            value, low, high = row.to_planned.value, row.to_planned.low, row.to_planned.high
            yield compared(row.name, row.score.value, Estimate(-value, -high, -low))


def _without_interval(
    who: str, backbone: str, data: str, measure: str, against: str, scores: tuple[float, float], source: str
) -> Replication:
    without, filtered = scores
    nothing = float("nan")
    difference = Estimate(round(filtered - without, 2), nothing, nothing)
    return Replication(who, backbone, data, measure, against, without, filtered, difference, source)
