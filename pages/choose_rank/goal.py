"""What is asked of labelled data: the goal, the measure, and what the goal needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.quality.measuring import MEASURES, measures_of
from pages.frame.page_controls import BYTES, GOAL, MARGIN, MEASURE, USUAL
from pages.frame.values import value_of

if TYPE_CHECKING:
    from embfilter_core.data.tasks import Task
    from embfilter_core.quality.decisions.questions import GoalId


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        goal: Id of the goal.
        measure: Id of the measure.
        margin: What shrinking may lose, in points.
        bytes: Bytes a vector of the budget.
    """

    goal: GoalId
    measure: str
    margin: float
    bytes: int


def ask(task: Task) -> Question:
    """Draw the controls; return what they ask of a task."""
    usual = measures_of(task)[0]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        goal = GOAL.draw()
        margin = MARGIN.draw() if goal == "shrink" else value_of(MARGIN)
        size = BYTES.draw() if goal == "budget" else value_of(BYTES)
        measure = MEASURE.draw({USUAL: usual, **{name: MEASURES[name].explanation for name in measures_of(task)}})
    return Question(goal, usual if measure == USUAL else measure, float(margin), size)
