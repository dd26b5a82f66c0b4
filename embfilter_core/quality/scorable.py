"""Scores that cannot be: data on which every embedding would score the same are refused before anything is embedded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from embfilter_core.data.tasks import LabelledTask, PairTask, RetrievalTask, Task
from embfilter_core.errors import InputError

FEWEST_OF_A_JUDGEMENT = 4
"""With fewer pairs of one judgement, more than 1.8 % (e^-4) of the resamples hold none of them, and an interval that
leaves out 2.5 % at either end would be theirs."""


def check_scorable(task: Task) -> None:
    """Refuse labelled data that no embedding can score better on than another.

    Raises:
        InputError: Says why.
    """
    if isinstance(task, PairTask):
        _check_pairs(task)
    elif isinstance(task, LabelledTask):
        _check_labels(task)
    else:
        _check_relevance(task)


def not_binary(task: PairTask) -> str:
    """Return why pairs are not judged by yes or no, as a sentence; nothing where they are."""
    values, counts = np.unique(task.scores, return_counts=True)
    if len(values) != 2:
        return f"Its judgements take {len(values):,} values, not two."
    if counts.min() < FEWEST_OF_A_JUDGEMENT:
        return (
            f"Only {counts.min()} of its {len(task):,} judgements are {values[counts.argmin()]:g}; "
            f"{FEWEST_OF_A_JUDGEMENT} or more are needed."
        )
    return ""


def all_relevant(task: RetrievalTask) -> str:
    """Return that every document is relevant to every query, as a sentence; nothing where one is not."""
    every = all(np.count_nonzero(judged.grades > 0) == len(task.documents) for judged in task.relevance)
    return "Every document is relevant to every query, so any ranking scores the same." if every else ""


def all_found(task: RetrievalTask, first: int) -> str:
    """Return that the `first` documents are all there are, as a sentence; nothing where there are more."""
    if len(task.documents) > first:
        return ""
    return f"There are {len(task.documents):,} documents, so the first {first} of any ranking hold them all."


def _check_pairs(task: PairTask) -> None:
    if len(task) and len(np.unique(task.scores)) == 1:
        raise InputError(
            f"All {len(task):,} judgements of {task.name} are {task.scores[0]:g}, so no order of the pairs is better "
            "than another.",
            "Give pairs whose judgements differ.",
        )
    if len(task) and all(
        task.texts[i].strip() == task.texts[j].strip() for i, j in zip(task.left, task.right, strict=True)
    ):
        raise InputError(
            f"Both texts of every pair of {task.name} are the same, so every cosine is 1.", "Give pairs of two texts."
        )


def _check_labels(task: LabelledTask) -> None:
    sizes = Counter(task.labels)
    if len(sizes) == 1:
        raise InputError(
            f"All {len(task):,} texts of {task.name} have the label {task.labels[0][:80]!r}.",
            "Give texts of two or more classes.",
        )
    if sizes and max(sizes.values()) == 1:
        raise InputError(
            f"Each of the {len(sizes):,} classes of {task.name} has one text, so no text can have a neighbour of its "
            "own class.",
            "Give classes of two or more texts.",
        )
    _refuse_equal(task.texts, task.name)


def _check_relevance(task: RetrievalTask) -> None:
    if len(task.documents) == 1:
        raise InputError(f"{task.name} has one document, so there is nothing to rank.", "Give two documents or more.")
    _refuse_equal(task.documents, task.name)
    reason = all_relevant(task)
    if reason and all(len(np.unique(judged.grades)) == 1 for judged in task.relevance):
        raise InputError(f"{task.name} cannot be scored. {reason}", "Give documents that answer nothing as well.")


def _refuse_equal(texts: Sequence[str], name: str) -> None:
    if len({text.strip() for text in texts}) == 1:
        raise InputError(
            f"All {len(texts):,} texts of {name} are the same, so every cosine is 1.", "Give texts that differ."
        )
