"""Records that come from elsewhere, where anybody can write: what is not of the shape of a record is refused."""

from __future__ import annotations

import itertools
import json
import math
from typing import TYPE_CHECKING, Any

from embfilter_core.quality.decisions.questions import GOALS
from embfilter_core.quality.decisions.treatments import LINES
from embfilter_core.quality.precisions import PRECISIONS
from embfilter_core.stored.record import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from embfilter_core.quality.bootstrap import Intervals
    from embfilter_core.quality.decisions.treatments import Treatment
    from embfilter_core.stored.record import StoredMeasurement

LONGEST = 5_000
"""Characters of a sentence, numbers of a curve, rows of a table."""
LARGEST = 1e9
_BROKEN = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError)


def read_foreign(written: object) -> StoredMeasurement:
    """Return the record in what `to_json` wrote, read as JSON.

    Raises:
        ValueError: It is no record, or one whose numbers do not go together.
    """
    for leaf in _leaves(written):
        _check_leaf(leaf)
    try:
        record = from_json(json.dumps(written))
        same = json.loads(to_json(record))
    except _BROKEN as problem:
        raise ValueError("not a record of a measurement") from problem
    if same != written:
        raise ValueError("not all of a record of a measurement, or more")
    _check(record)
    return record


def _leaves(written: object) -> Iterator[object]:
    if isinstance(written, dict):
        for name, value in written.items():
            yield name
            yield from _leaves(value)
    elif isinstance(written, list):
        if len(written) > LONGEST:
            raise ValueError("a list that is too long")
        for value in written:
            yield from _leaves(value)
    else:
        yield written


def _check_leaf(leaf: object) -> None:
    if isinstance(leaf, str):
        wrong = len(leaf) > LONGEST
    elif isinstance(leaf, (int, float)):
        wrong = not math.isfinite(leaf) or abs(leaf) > LARGEST
    else:
        wrong = leaf is not None
    if wrong:
        raise ValueError("a text that is too long, or no number")


def _check(record: StoredMeasurement) -> None:
    """Raise ValueError where numbers do not go together; that every part is there is known."""
    d, sweep, bands = record.d, record.sweep, record.bands
    texts = vars(record)["id"], record.name, record.kind, record.source, record.backbone, record.prompt
    said = (*record.notes, *(sentence for goal in record.decisions.values() for sentence in goal), *texts)
    ends = [end for band in bands.bands.tolist() for end in band]
    fine = (
        type(d) is int and d >= 1
        and all(isinstance(text, str) for text in said)
        and set(record.decisions) == set(record.chosen) == set(GOALS)
        and all(record.decisions.values())
        and _curve(sweep.ks.tolist(), d, sweep.scores, sweep.to_unfiltered)
        and bands.bands.shape == (len(bands.scores.values), 2)
        and all(0 <= end <= d for end in ends)
        and _alike(len(bands.bands), bands.scores, bands.to_unfiltered)
        and (record.clusters is None or _curve(
            record.clusters.ks.tolist(), d, record.clusters.scores, record.clusters.to_unfiltered
        ))
        and all(map(_known, record.scored.treatments))
        and all(one is None or _known(one) for one in record.chosen.values())
        and record.searched in record.scored.treatments
        and sum(one.is_unfiltered for one in record.scored.treatments) == 1
    )  # fmt: skip
    if not fine:
        raise ValueError("numbers of a record that do not go together")


def _curve(ks: Sequence[Any], d: int, *intervals: Intervals) -> bool:
    rising = all(first < second for first, second in itertools.pairwise(ks))
    return bool(ks) and rising and ks[0] >= 1 and ks[-1] == d and _alike(len(ks), *intervals)


def _alike(count: int, *intervals: Intervals) -> bool:
    return count > 0 and all(len(row) == count for one in intervals for row in (one.values, one.low, one.high))


def _known(one: Treatment) -> bool:
    return one.line in LINES and one.precision in PRECISIONS and type(one.k) is int and 1 <= one.k <= one.d
