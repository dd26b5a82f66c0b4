"""The table behind the forest plot has all that the rows say, in their order."""

from dataclasses import astuple

from embfilter_core.quality.forest import Untreated, measure_forest
from embfilter_core.quality.sweep import sweep_quality
from embfilter_core.tables.forest import FACTS, forest_table
from embfilter_core.tables.quality import ends_of
from tests.core.synthetic_tasks import labelled


def test_a_row_each_with_its_facts_and_its_three_intervals() -> None:
    task, vectors = labelled()
    forest = measure_forest(task, vectors, sweep_quality(task, vectors), 5, Untreated(vectors))
    table = forest_table(forest)
    assert len(table) == len(forest.rows) > 5
    for row, one in zip(table.to_dict(orient="records"), forest.rows, strict=True):
        assert [row[fact] for fact in FACTS] == [getattr(one, fact) for fact in FACTS]
        for name in ("score", "to_unfiltered", "to_planned"):
            assert [row[column] for column in ends_of(name)] == list(astuple(getattr(one, name)))
