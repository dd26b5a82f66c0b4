"""Who replicated it: numbers come from where they stand, and what did not hold is told like what did."""

from dataclasses import replace

import numpy as np
import pytest

from embfilter_core.data.published import published_results
from embfilter_core.quality.bootstrap import Estimate
from embfilter_core.stored.record import read_record, stored_ids
from embfilter_core.stored.replications import Replication, describe_replications, replications
from embfilter_core.tables.quality import ends_of
from embfilter_core.tables.replications import replications_table

FOUND = replications()
NAN = float("nan")


def by(who: str) -> list[Replication]:
    return [one for one in FOUND if one.who.startswith(who)]


def test_the_papers_rows_are_its_table_with_the_loss_that_it_understates() -> None:
    table = published_results().set_index(["backbone", "prompt", "tau"]).sort_index()
    for one in by("The paper"):
        backbone, prompt, tau = one.backbone.split(", ")
        category = one.data.removeprefix("MTEB English, ")
        rows = table.loc[(backbone, prompt)]
        assert (one.without, one.filtered) == (rows[category][1], rows[category][int(tau[-1])])
        assert one.difference.value == pytest.approx(one.filtered - one.without, abs=0.006)
        assert one.held == ("held" if category == "average" else "did not hold")
    assert len(by("The paper")) == 12


def test_the_replication_of_others_has_both_its_numbers() -> None:
    lost, held = by("boldt-embed-de")
    assert (lost.data, lost.without, lost.filtered, lost.held) == ("WebFAQ", 70.4, 68.9, "did not hold")
    assert (held.data, held.without, held.filtered, held.held) == ("GermanQuAD", 85.5, 85.8, "held")
    assert not held.has_interval


@pytest.mark.parametrize("name", stored_ids())
def test_our_own_rows_are_read_from_what_is_stored(name: str) -> None:
    stored = read_record(name)
    own = [one for one in by("This program") if one.data == stored.name]
    first, *others = own
    assert (first.against, first.without, first.difference) == (
        "unfiltered",
        stored.forest.unfiltered,
        stored.forest.planned.to_unfiltered,
    )
    beating = {row.name: row for row in stored.forest.rows if row.kind == "baseline" and row.to_planned.low > 0}
    assert {one.against for one in others} == set(beating)
    for one in others:
        assert one.held == "did not hold"
        assert one.difference.value == -beating[one.against].to_planned.value


@pytest.mark.parametrize(
    ("difference", "held"),
    [
        (Estimate(1.0, 0.2, 2.0), "held"),
        (Estimate(-1.0, -2.0, -0.1), "did not hold"),
        (Estimate(1.0, -0.2, 2.0), "cannot tell"),
        (Estimate(0.3, NAN, NAN), "held"),
        (Estimate(0.0, NAN, NAN), "cannot tell"),
    ],
)
def test_an_interval_around_0_cannot_tell(difference: Estimate, held: str) -> None:
    assert replace(FOUND[0], difference=difference).held == held


def test_the_sentence_counts_all_three_and_the_rows_without_an_interval() -> None:
    told = [replace(FOUND[0], difference=Estimate(*ends)) for ends in ((1, 0.5, 2), (-1, -2, -0.5), (0, -1, 1))]
    said = describe_replications([*told, FOUND[0]])
    assert said.startswith("Of 4 comparisons, the filter scored more in 2 and less in 1; of 1 the data cannot tell.")
    assert "1 come without an interval" in said


def test_the_table_has_a_row_each_with_missing_ends_where_there_is_no_interval() -> None:
    table = replications_table(FOUND)
    assert len(table) == len(FOUND)
    for row, one in zip(table.to_dict(orient="records"), FOUND, strict=True):
        assert (row["who"], row["held"], row["against"]) == (one.who, one.held, one.against)
        value, low, _ = (row[column] for column in ends_of("difference"))
        assert value == one.difference.value
        assert np.isnan(low) == (not one.has_interval)
