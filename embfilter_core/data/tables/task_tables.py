"""Pairs and labelled texts from tables: a table that is unfit gets one clear line. Rows count from 1."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from embfilter_core.data.corpora import check_limits, content_id
from embfilter_core.data.tables.columns import (
    OneTableKind,
    names_of,
    numbers_of,
    refuse_repeated,
    require_columns,
    texts_of,
)
from embfilter_core.data.tasks import LabelledTask, PairTask, pair_task
from embfilter_core.errors import InputError
from embfilter_core.number_format import format_count

if TYPE_CHECKING:
    import pandas as pd

MIN_PAIRS = 4


def task_from_table(
    table: "pd.DataFrame",
    kind: OneTableKind,
    columns: Mapping[str, str],
    name: str,
    source: str = "Uploaded",
    notes: Sequence[str] = (),
) -> PairTask | LabelledTask:
    """Return scored pairs or labelled texts of a table whose column of each role is known.

    Raises:
        InputError: The table is unfit, see `pairs_from_table` and `labelled_from_table`.
    """
    build = pairs_from_table if kind == "pairs" else labelled_from_table
    return build(table, **columns, name=name, source=source, notes=notes)


def pairs_from_table(
    table: "pd.DataFrame",
    text1: str,
    text2: str,
    score: str,
    name: str = "Uploaded pairs",
    source: str = "Uploaded",
    notes: Sequence[str] = (),
) -> PairTask:
    """Return scored pairs from three columns of a table.

    Raises:
        InputError: A column or value is missing, a text is empty, a score is no number, all scores are
            equal, a pair occurs twice, or there are fewer than four pairs.
    """
    require_columns(table, (text1, text2, score))
    firsts, seconds, scores = texts_of(table, text1), texts_of(table, text2), numbers_of(table, score)
    if len(scores) < MIN_PAIRS:
        raise InputError(
            f"There are only {format_count(len(scores), 'pair')}.", f"A correlation needs {MIN_PAIRS} or more."
        )
    refuse_repeated(list(zip(firsts, seconds, strict=True)), "the same pair of texts")
    if len(set(scores)) == 1:
        raise InputError(f"All {len(scores)} scores are {scores[0]:g}.", "Scores that differ are needed to compare.")
    texts = tuple(dict.fromkeys((*firsts, *seconds)))
    check_limits(texts)
    position = {text: i for i, text in enumerate(texts)}
    left, right = [position[text] for text in firsts], [position[text] for text in seconds]
    task_id = content_id("pairs", texts, left, right, scores)
    return pair_task(task_id, name, texts, left, right, scores, source, notes=notes)


def labelled_from_table(
    table: "pd.DataFrame",
    text: str,
    label: str,
    name: str = "Uploaded labelled texts",
    source: str = "Uploaded",
    notes: Sequence[str] = (),
) -> LabelledTask:
    """Return labelled texts from two columns of a table.

    Raises:
        InputError: A column or value is missing, a text is empty, or all texts have one label.
    """
    require_columns(table, (text, label))
    texts, labels = texts_of(table, text), names_of(table, label)
    if len(set(labels)) < 2:
        only = f"only one class, {labels[0]!r}" if labels else "no rows"
        raise InputError(f"Column {label!r} has {only}.", "Two or more classes are needed to compare.")
    check_limits(texts)
    return LabelledTask(
        content_id("labelled", texts, labels), name, tuple(texts), tuple(labels), source, notes=tuple(notes)
    )
