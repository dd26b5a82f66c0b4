"""The three questions that a page, the command line and the library ask of measured treatments, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from embfilter_core.errors import check_known

GoalId = Literal["shrink", "improve", "budget"]


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
