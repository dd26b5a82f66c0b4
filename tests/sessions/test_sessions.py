"""Several visitors at once, for a moment; `python -m tests.bench sessions` is the same with many, and times it."""

import pytest

from tests.sessions.visit import visit
from tests.sessions.visitors import Plan

pytestmark = [pytest.mark.slow, pytest.mark.real]


def test_visitors_at_once_are_served_without_a_failure_and_see_no_text_but_their_own():
    plan = Plan(visitors=5, seconds=20, embedding=1, texts=4, pause_s=(0.2, 1), rounds=(1, 1))
    told = visit(plan)
    assert told.trouble == []
    assert told.commits_s
    assert told.embedded == 1
    assert told.returned > 0
