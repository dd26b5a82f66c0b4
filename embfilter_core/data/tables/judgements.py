"""Which document is how relevant to which query, as it stands in a table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embfilter_core.data.tables.problems import some_of
from embfilter_core.data.tables.rows import usable_rows
from embfilter_core.number_format import format_count

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Judgements:
    """Grades, and what was left out.

    Attributes:
        grades: Grade of each judged document, by the ids of query and document.
        notes: What was left out or merged, a sentence each.
    """

    grades: dict[str, dict[str, float]]
    notes: tuple[str, ...]

    def of(self, queries: Collection[str], documents: Collection[str]) -> Judgements:
        """Return the judgements of known queries and documents; the others are counted in the notes."""
        strange = {query: judged for query, judged in self.grades.items() if query not in queries}
        known = {query: judged for query, judged in self.grades.items() if query in queries}
        unknown = [document for judged in known.values() for document in judged if document not in documents]
        kept = {
            query: {document: grade for document, grade in judged.items() if document in documents}
            for query, judged in known.items()
        }
        notes = list(self.notes)
        if strange:
            number = sum(map(len, strange.values()))
            notes.append(_unknown(number, "queries", list(strange), () if known else queries))
        if unknown:
            notes.append(_unknown(len(unknown), "documents", unknown, () if any(kept.values()) else documents))
        return Judgements({query: judged for query, judged in kept.items() if judged}, tuple(notes))


def read_judgements(table: pd.DataFrame, query: str, document: str, grade: str) -> Judgements:
    """Return the judgements of a table; of several grades for one query and document the highest counts.

    Raises:
        InputError: A column is missing, its grades cannot be understood, or no row can be used.
    """
    found = usable_rows(table, [(query, "id"), (document, "id")], (grade, "grade"), "The table of relevance")
    given: dict[tuple[str, str], list[float]] = {}
    for *ids, number in zip(found.texts[query], found.texts[document], found.numbers, strict=True):
        given.setdefault((ids[0], ids[1]), []).append(number)
    judged: dict[str, dict[str, float]] = {}
    for (query_id, document_id), numbers in given.items():
        judged.setdefault(query_id, {})[document_id] = max(numbers)
    notes = (f"Relevance: {note}" for note in found.notes)
    return Judgements(judged, (*notes, *_merged(list(given.values()))))


def _merged(grades: Sequence[list[float]]) -> list[str]:
    """Notes on what was judged several times."""
    again = sum(len(numbers) - 1 for numbers in grades if len(set(numbers)) == 1)
    different = sum(len(set(numbers)) > 1 for numbers in grades)
    notes = [f"{format_count(again, 'repeated judgement')} left out."] if again else []
    if different:
        what = format_count(different, "document is", "documents are")
        notes.append(f"{what} judged differently for one query: the highest grade counts.")
    return notes


def _unknown(number: int, what: str, ids: Sequence[str], known: Collection[str]) -> str:
    """A note with examples, and where nothing is known of those that there are."""
    examples = some_of([repr(one[:40]) for one in dict.fromkeys(ids)])
    there = f"; there are {some_of([repr(one[:40]) for one in known])}" if known else ""
    return f"{format_count(number, 'judgement')} of unknown {what} left out ({examples}{there})."
