"""The one set of treatments that every decision chooses from: lines, numbers of directions, precisions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embfilter_core.quality.precisions import find_precision
from embfilter_core.spectral.families import ks_of_taus
from embfilter_core.spectral.selection import KeptDirections

SMALLEST_SHARE = 16
CENTRED = "centred-bulk"
"""Id of the line that subtracts the mean of a reference corpus before the filter."""
STEPS_AN_OCTAVE, STEPS_WHERE_SLOW = 4, 2
SLOW_FROM = 20_000
"""Scored pairs a selection costs (`cost_of`) from which fewer numbers of directions are measured."""


@dataclass(frozen=True)
class Line:
    """A way to make shorter vectors, for any number k of them.

    Attributes:
        id: Short name.
        name: Name for people.
        kept: What k of it are called, `{k}` for the number.
        filters: Whether it is EmbedFilter.
        learns: Whether it learns from a reference corpus.
    """

    id: str
    name: str
    kept: str
    filters: bool = False
    learns: bool = False


LINES: dict[str, Line] = {
    line.id: line
    for line in (
        Line("unfiltered", "Unfiltered", "all {k} numbers, unfiltered,"),
        Line("bulk", "Bulk (EmbedFilter)", "{k} directions of the bulk", filters=True),
        Line("truncated", "Unfiltered, truncated", "the first {k} numbers, unfiltered,"),
        Line("pca", "PCA", "{k} principal directions", learns=True),
        Line(CENTRED, "Bulk, centred", "{k} directions of the bulk, centred,", filters=True, learns=True),
    )
}
"""Every line by its id. Random subspaces are measured beside them and are no candidates: see `controls`."""


@dataclass(frozen=True)
class Treatment:
    """What is stored of an embedding.

    Attributes:
        line: Id in `LINES`.
        k: Numbers a vector has.
        precision: Id in `PRECISIONS`.
        d: Numbers an unfiltered vector has.
    """

    line: str
    k: int
    precision: str
    d: int

    @property
    def bytes(self) -> int:
        """Bytes a vector."""
        return find_precision(self.precision).bytes_a_vector(self.k)

    @property
    def filters(self) -> bool:
        """Whether it is EmbedFilter."""
        return LINES[self.line].filters

    @property
    def learns(self) -> bool:
        """Whether it learns from a reference corpus."""
        return LINES[self.line].learns

    @property
    def is_unfiltered(self) -> bool:
        """Whether it is what all others are compared with: every number, in float32."""
        return (self.line, self.precision) == ("unfiltered", "float32")

    @property
    def description(self) -> str:
        """What is kept, in words: `144 directions of the bulk in 4 bits`."""
        how = "as" if self.precision == "sign" else "in"
        kept = LINES[self.line].kept.format(k=f"{self.k:,}")
        return f"{kept} {how} {find_precision(self.precision).name}"

    def band(self, bulk_start: int | None) -> KeptDirections | None:
        """Return the directions that it keeps, the bulk's first one where a backbone fixes it; None of no filter."""
        return KeptDirections.bulk(self.d, keep=self.k, start=bulk_start) if self.filters else None


def candidate_ks(d: int, cost: int = 0) -> list[int]:
    """Return the numbers of directions below d that are measured: d / 16 and up, evenly spaced in their logarithm.

    Among them are those of every tau. There are four for each doubling, or two where a selection costs as much
    as 20,000 scored pairs or more.
    """
    steps = STEPS_AN_OCTAVE if cost < SLOW_FROM else STEPS_WHERE_SLOW
    shares = SMALLEST_SHARE ** (-np.arange(1, 4 * steps + 1) / (4 * steps))
    ks = {int(np.round(d * share)) for share in shares} | set(ks_of_taus(d).values())
    taus = ks_of_taus(d).values()
    near = {k for k in ks if any(0 < abs(k - tau) <= 1 for tau in taus)}  # rounding beside a tau's own k
    return sorted(k for k in ks - near | set(taus) if 1 <= k < d)
