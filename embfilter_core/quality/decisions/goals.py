"""The answers to the three questions of `questions`."""

from __future__ import annotations

from embfilter_core.errors import InputError
from embfilter_core.quality.decisions.budget import Budget, budget
from embfilter_core.quality.decisions.improve import Improve, improve
from embfilter_core.quality.decisions.measured import MeasuredTreatments
from embfilter_core.quality.decisions.questions import find_goal
from embfilter_core.quality.decisions.shrink import MARGIN, Shrink, shrink
from embfilter_core.quality.decisions.treatments import Treatment
from embfilter_core.quality.decisions.wording import shares_units

Answer = Shrink | Improve | Budget
"""What answers a goal: `sentence` is the answer, `sentences()` that and what it rests on."""


def decide(
    measured: MeasuredTreatments, goal: str, margin: float = MARGIN, bytes_a_vector: int | None = None
) -> Answer:
    """Return the answer to a goal.

    Args:
        measured: The treatments.
        goal: shrink, improve or budget.
        margin: What shrinking may lose, in points.
        bytes_a_vector: The budget; needed by `budget` alone.

    Raises:
        InputError: The goal is unknown, the margin impossible, or the budget missing or too small.
    """
    wanted = find_goal(goal).id
    if wanted == "improve":
        return improve(measured)
    if wanted == "shrink":
        return shrink(measured, margin)
    if bytes_a_vector is None:
        raise InputError("A budget needs a number of bytes a vector.", "Give one, such as 72.")
    return budget(measured, bytes_a_vector)


def how_decided(measured: MeasuredTreatments, goal: str) -> list[str]:
    """Return how a goal is decided on these data, in sentences for people."""
    said = list(find_goal(goal).how)
    if shares_units(measured):
        said.append(
            "The pairs share texts, so the resampling unit is the text, not the pair: resampling the pairs would make "
            "every interval far too narrow."
        )
    return said


def chosen_treatment(answer: Answer) -> Treatment | None:
    """Return what an answer says to keep, or None where it names nothing."""
    if isinstance(answer, Budget):
        return answer.best.treatment
    if isinstance(answer, Shrink):
        return None if answer.chosen is None else answer.chosen.measured.treatment
    return None if answer.shown is None else answer.shown.measured.treatment
