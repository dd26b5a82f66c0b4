"""The README's table of stored measurements holds the numbers of the records."""

from pathlib import Path

import pytest

from embfilter_core.number_format import format_interval
from embfilter_core.quality.measuring import MEASURES
from embfilter_core.stored.record import read_record, stored_ids

README = (Path(__file__).parents[3] / "README.md").read_text("utf-8")


def row_of(name: str) -> str:
    record = read_record(name)
    at = record.sweep.ks.tolist().index(record.d // 2)
    gain = record.sweep.to_unfiltered.at(at)
    measure = MEASURES[record.sweep.measure].explanation
    chosen = record.chosen["shrink"]
    kept = "not enough data to tell" if chosen is None else f"{chosen.description}: {chosen.bytes} bytes"
    return (
        f"| {record.name}, {record.n:,} {record.sweep.unit} | {measure} | {record.sweep.scores.values[-1]:.1f} | "
        f"{format_interval(gain.value, gain.low, gain.high, '+.1f')} | {kept} |"
    )


@pytest.mark.parametrize("name", stored_ids())
def test_the_readme_tells_what_is_stored(name: str) -> None:
    assert row_of(name) in README
