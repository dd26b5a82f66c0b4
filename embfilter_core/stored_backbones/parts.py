"""What is read of a stored backbone beyond what it says of itself: its directions, its evidence and its texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, eq=False)
class StoredParts:
    """What holds for all texts of a stored backbone.

    Attributes:
        directions: As `instrument.data.backbone_data` makes it: `values` are all singular values.
        scores: Spectroscopy score of every direction, d numbers, over the 100 most frequent tokens with b = 0.
        energies: Share of the energy in every direction, d numbers each, of `the corpus` and `the mean of the corpus`.
        evidence: As `instrument.evidence.evidence_data` makes it, by preset and tau as in `bulk/2`.
        centred_evidence: The same with what is kept and removed centred.
        measured: Quality that was measured of it, one entry a data set; see `StoredCurve`.
    """

    directions: Json
    scores: tuple[float, ...]
    energies: dict[str, tuple[float, ...]]
    evidence: dict[str, Json]
    centred_evidence: dict[str, Json]
    measured: tuple[StoredCurve, ...]


@dataclass(frozen=True)
class StoredCurve:
    """Quality over the number of kept directions, measured on one data set; in points.

    Attributes:
        name: Name of the data set.
        source: Where it comes from.
        measure: Id of the measure.
        unit: What was counted: pairs, texts or queries.
        units: Number of these.
        date: Day on which it was measured, as YYYY-MM-DD.
        ks: Numbers of directions that a bulk keeps; the last is all of them.
        scores: Their scores, each value, low, high.
        gains: Their differences to unfiltered, paired, each value, low, high.
    """

    name: str
    source: str
    measure: str
    unit: str
    units: int
    date: str
    ks: tuple[int, ...]
    scores: tuple[tuple[float, float, float], ...]
    gains: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, eq=False)
class StoredTextParts:
    """What the instrument shows of one text of a stored backbone.

    Attributes:
        instrument: As `identified(backbone_data(...), text_data(...))` makes it, with the lists of the bulk at tau 2 as
            `committed`, as `committed_data` makes them.
        centred: The lists of the bulk at tau 2 where the mean of the corpus is subtracted first, as `token_lists`
            makes them: `unfiltered` is centred without a filter.
    """

    instrument: Json
    centred: Json
