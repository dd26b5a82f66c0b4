"""A measurement becomes a page of evidence for one of its decisions, every text of it as data."""

from dataclasses import replace

import pytest

from embfilter_core.quality.decisions.questions import GOALS
from embfilter_core.report.record_page import record_page
from embfilter_core.stored.record import read_record

ORIGIN = "Measured in this session"


@pytest.mark.parametrize("goal", GOALS)
def test_a_page_holds_the_answer_to_its_goal_and_where_it_was_measured(goal: str) -> None:
    record = read_record("stsb-dev")
    page = record_page(record, goal, ORIGIN)
    assert record.decisions[goal][0] in page
    assert f"{ORIGIN}: STS Benchmark" in page
    assert page.count('class="plotly-graph-div"') == 4


def test_what_is_no_markup_stays_none() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    record = replace(read_record("stsb-dev"), name=hostile, source=hostile, decisions={"shrink": (hostile, hostile)})
    page = record_page(record, "shrink", ORIGIN)
    assert hostile not in page
    assert "&lt;img" in page
