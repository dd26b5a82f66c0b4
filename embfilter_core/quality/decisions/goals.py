"""The three questions that a page, the command line and the library ask of measured treatments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from embfilter_core.errors import InputError, check_known
from embfilter_core.quality.decisions.budget import Budget, budget
from embfilter_core.quality.decisions.improve import Improve, improve
from embfilter_core.quality.decisions.measured import MeasuredTreatments
from embfilter_core.quality.decisions.shrink import MARGIN, Shrink, shrink
from embfilter_core.quality.decisions.treatments import Treatment
from embfilter_core.quality.decisions.wording import shares_units

GoalId = Literal["shrink", "improve", "budget"]
Answer = Shrink | Improve | Budget
"""What answers a goal: `sentence` is the answer, `sentences()` that and what it rests on."""


@dataclass(frozen=True)
class Goal:
    """A question.

    Attributes:
        id: Short name.
        name: Name for people.
        question: The question.
        how: How it is decided, in sentences.
    """

    id: GoalId
    name: str
    question: str
    how: tuple[str, ...]


RESAMPLED = (
    "Every treatment is scored again over 1,000 random resamples, drawn with replacement; all of them on the same "
    "resample, so that their differences have intervals."
)
GOALS: dict[str, Goal] = {
    goal.id: goal
    for goal in (
        Goal(
            "shrink",
            "Shrink without loss",
            "How small may the index be?",
            (
                RESAMPLED,
                "A treatment is good enough where the lower bound of its difference to unfiltered float32 is above "
                "minus the margin, and so it is at every larger k of its line in its precision. The bounds hold for "
                "all treatments at once at 95 %, since the smallest is looked for among them.",
            ),
        ),
        Goal(
            "improve",
            "Improve",
            "Does the filter score higher than unfiltered?",
            (
                RESAMPLED,
                "τ = 2, 4 and 8 are planned before looking; their 95 % intervals hold for the three at once.",
                "Looking for the best and reporting it on the same data flatters it: the best of all treatments is "
                "chosen on one half and reported on the other, over 200 random splits.",
            ),
        ),
        Goal(
            "budget",
            "Budget",
            "What is best for so many bytes a vector?",
            (
                RESAMPLED,
                "The best of all that fit is taken. It was searched for, so the interval of its difference to "
                "unfiltered float32 holds for all that fit at once.",
            ),
        ),
    )
}
"""The goals by id."""


def find_goal(goal: str) -> Goal:
    """Return a goal by its id.

    Raises:
        InputError: There is none of that id.
    """
    check_known("goal", goal, GOALS)
    return GOALS[goal]


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
