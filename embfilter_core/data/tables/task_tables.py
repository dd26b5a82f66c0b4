"""Pairs and labelled texts from tables: what cannot be used is left out and counted, what repeats is merged."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from embfilter_core.data.corpora import check_limits, content_id
from embfilter_core.data.tables.columns import OneTableKind
from embfilter_core.data.tables.origin import origins
from embfilter_core.data.tables.problems import Problems
from embfilter_core.data.tables.rows import count_left_out, usable_rows
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

    Rows without a text or a score are left out. Equal pairs, in either order, become
    one pair with the mean of their scores. The notes count both. Each pair keeps the row
    where it stands first, and its id where there is a column of ids.

    Raises:
        InputError: A column is missing, no row can be used, the scores cannot be understood or are all
            equal, or there are fewer than four pairs.
    """
    found = usable_rows(table, [(text1, "text"), (text2, "text")], (score, "score"), name)
    pairs: dict[frozenset[str], tuple[str, str]] = {}
    places: dict[frozenset[str], int] = {}
    scores_of: dict[frozenset[str], list[float]] = {}
    for *pair, value, row in zip(found.texts[text1], found.texts[text2], found.numbers, found.rows, strict=True):
        pairs.setdefault(frozenset(pair), (pair[0], pair[1]))
        places.setdefault(frozenset(pair), row - 1)
        scores_of.setdefault(frozenset(pair), []).append(value)
    left_out = [*found.notes, *_merged_pairs(scores_of.values())]
    scores = [fmean(values) if len(set(values)) > 1 else values[0] for values in scores_of.values()]
    _check_scores(name, scores, left_out)
    firsts, seconds = zip(*pairs.values(), strict=True)
    texts = tuple(dict.fromkeys((*firsts, *seconds)))
    check_limits(texts)
    position = {text: i for i, text in enumerate(texts)}
    left, right = [position[text] for text in firsts], [position[text] for text in seconds]
    task_id = content_id("pairs", texts, left, right, scores)
    ids, rows = origins(table, list(places.values()), (text1, text2, score))
    return pair_task(task_id, name, texts, left, right, scores, source, notes=[*notes, *left_out], ids=ids, rows=rows)


def labelled_from_table(
    table: "pd.DataFrame",
    text: str,
    label: str,
    name: str = "Uploaded labelled texts",
    source: str = "Uploaded",
    notes: Sequence[str] = (),
) -> LabelledTask:
    """Return labelled texts from two columns of a table.

    Rows without a text or a label are left out. Equal texts with one label become one
    text; equal texts with different labels have no class, and all their rows are left
    out. The notes count all of them. Each text keeps the row where it stands first, and
    its id where there is a column of ids.

    Raises:
        InputError: A column is missing, no row can be used, or there are not two classes.
    """
    found = usable_rows(table, [(text, "text"), (label, "label")], what=name)
    labels_of: dict[str, list[str]] = {}
    places: dict[str, int] = {}
    for value, given, row in zip(found.texts[text], found.texts[label], found.rows, strict=True):
        labels_of.setdefault(value, []).append(given)
        places.setdefault(value, row - 1)
    class_of = {value: given[0] for value, given in labels_of.items() if len(set(given)) == 1}
    texts, labels = tuple(class_of), tuple(class_of.values())
    left_out = [*found.notes, *_merged_texts(labels_of.values())]
    if len(set(labels)) < 2:
        only = f"only one class, {labels[0][:80]!r}" if labels else "no class"
        raise InputError(
            " ".join((f"Column {label!r} of {name} has {only}.", *left_out)), "Two or more classes are needed."
        )
    check_limits(texts)
    ids, rows = origins(table, [places[value] for value in texts], (text, label))
    told = (*notes, *left_out)
    return LabelledTask(
        content_id("labelled", texts, labels), name, texts, labels, source, notes=told, ids=ids, rows=rows
    )


def _merged_pairs(scores: Iterable[list[float]]) -> list[str]:
    """Notes on the pairs that were given several times."""
    different = [len(set(values)) > 1 for values in scores if len(values) > 1]
    notes = []
    if not all(different):
        notes.append(f"{format_count(different.count(False), 'repeated pair')} with equal scores: kept once.")
    if any(different):
        notes.append(f"{format_count(different.count(True), 'repeated pair')} with different scores: their mean taken.")
    return notes


def _merged_texts(labels: Iterable[list[str]]) -> list[str]:
    """Notes on the texts that were given several times."""
    repeated = [given for given in labels if len(given) > 1]
    different = [given for given in repeated if len(set(given)) > 1]
    again = sum(len(given) - 1 for given in repeated if len(set(given)) == 1)
    notes = [count_left_out(again, "repeating a text with its label")] if again else []
    if different:
        example = " and ".join(repr(label[:40]) for label in list(dict.fromkeys(different[0]))[:2])
        notes.append(f"{format_count(len(different), 'text')} with different labels (such as {example}) left out.")
    return notes


def _check_scores(name: str, scores: list[float], notes: Sequence[str]) -> None:
    problems = Problems()
    if len(scores) < MIN_PAIRS:
        problems.add(
            " ".join((f"{name} has only {format_count(len(scores), 'pair')}.", *notes)),
            f"A correlation needs {MIN_PAIRS} or more.",
        )
    if len(set(scores)) == 1 < len(scores):
        problems.add(f"All {len(scores)} scores are {scores[0]:g}.", "Scores that differ are needed to compare.")
    problems.refuse()
