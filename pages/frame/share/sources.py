"""Where the texts and labelled data of a page come from, for a command line and for Python lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.data.built_in_tasks import BUILT_IN as TASKS
from embfilter_core.data.corpora import BUILT_IN as CORPORA
from embfilter_core.data.hub_datasets import HUB_DATASETS
from embfilter_core.data.tables.columns import RETRIEVAL_TABLES, ROLES
from embfilter_core.data.tables.delimiters import DELIMITERS
from pages.frame.frequency_reference import OWN, SOURCE
from pages.frame.page_controls import CORPUS, HUB, LABEL_KIND, TASK
from pages.frame.values import value_of
from pages.frame.visit import choices, files
from pages.frame.visit.texts import COUNTS_TEXT

if TYPE_CHECKING:
    from embfilter_core.data.tables.columns import TableKind
    from embfilter_core.storage.visit import KeptFile

PASTED_FILE = "pasted.txt"
DETECT = "detect"
READING = ("delimiter", "encoding", "sheet")
"""How a file is read, by the names of options and arguments alike."""
CORPUS_CALLS = {"lee-background": "lee_background", "lee-50": "lee_50", "topics": "topics"}
TASK_CALLS = {"lee-50": "lee_50_pairs", "graded-pairs": "graded_pairs", "topics": "topics_task"}


@dataclass(frozen=True)
class Source:
    """Texts or labelled data.

    Attributes:
        arguments: Of a command line: options, and what stands for a file after them; None where there are none.
        file: The file or id among them, or None where options name the files.
        lines: Python that makes it, the last line an expression; empty where there is none.
        imports: Names of the library that these lines use.
        needs: Files that have to lie beside, a sentence; may be empty.
        why_not: Why there is no command line, or there are no lines; may be empty.
    """

    arguments: tuple[str, ...] | None = ()
    file: str | None = None
    lines: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    needs: str = ""
    why_not: str = ""


def chosen_corpus() -> Source:
    """Return the corpus that is chosen on Similarity and Map."""
    return _corpus(value_of(CORPUS))


def own_corpus() -> Source:
    """Return the corpus that the visitor brought, in which tokens can be counted."""
    return _corpus(choices.chosen(OWN, SOURCE) or "")


def _corpus(chosen: str) -> Source:
    if chosen in CORPORA:
        return Source((), chosen, (f"{CORPUS_CALLS[chosen]}()",), (CORPUS_CALLS[chosen],))
    if chosen == "pasted":
        return Source(
            (),
            PASTED_FILE,
            (f"pasted(Path({PASTED_FILE!r}).read_text('utf-8'))",),
            ("pasted",),
            f"{PASTED_FILE} holds the pasted texts, one a line.",
        )
    if chosen == "upload":
        return _uploaded_corpus()
    if chosen == "hub" and value_of(HUB) in HUB_DATASETS:
        lines = (f"corpora_of(load_hub_dataset(HUB_DATASETS[{value_of(HUB)!r}]))[-1]",)
        why = "No command line reads texts of the hub; the Python lines do."
        return Source(None, None, lines, ("HUB_DATASETS", "load_hub_dataset"), why_not=why)
    return Source(None, why_not="Neither a command line nor Python lines are made of this source of texts.")


def _uploaded_corpus() -> Source:
    """An uploaded file with the columns that were chosen, as it was read last."""
    made_of = choices.all_choices().get(OWN, {})
    file = next((one for one in files.all_files().get(files.CORPUS, ()) if one.sha256 == made_of.get("file")), None)
    if file is None:
        return Source(None, why_not="Choose a file first.")
    reading = {str(role): made_of[role] for role in READING if role in made_of}
    ids = (f"--id-column={made_of['ids']}",) if "ids" in made_of else ()
    arguments = (f"--column={made_of['texts']}", *ids, *(f"--{role}={value}" for role, value in reading.items()))
    labels, named = made_of.get("labels"), made_of.get("ids")
    lines = (
        f"table = {_read(file, reading)}",
        f"corpus_from_table(table.frame, {made_of['texts']!r}, {file.name!r}, {labels!r}, {named!r})",
    )
    return Source(arguments, file.name, lines, ("corpus_from_table", "read_table"), _beside(file))


def chosen_task() -> Source:
    """Return the labelled data that is chosen on Choose rank; not what is stored."""
    chosen = value_of(TASK)
    if chosen in TASKS:
        return Source((), chosen, (f"{TASK_CALLS[chosen]}()",), (TASK_CALLS[chosen],))
    if chosen == "hub" and value_of(HUB) in HUB_DATASETS:
        name = value_of(HUB)
        return Source((), name, (f"load_hub_dataset(HUB_DATASETS[{name!r}])",), ("HUB_DATASETS", "load_hub_dataset"))
    if chosen == "upload":
        kind = value_of(LABEL_KIND)
        return _uploaded_retrieval() if kind == "retrieval" else _uploaded_table(kind)
    return Source(None, why_not="Neither a command line nor Python lines are made of these labelled data.")


def _uploaded_table(kind: TableKind) -> Source:
    file = _only_file(f"task_{kind}")
    if file is None:
        return Source(None, why_not="Choose a file first.")
    named, reading = _columns(file, kind), _reading(file)
    lines = (
        f"table = {_read(file, reading)}",
        f"columns = columns_of(table.frame, {kind!r}, {named!r}, {file.name!r})",
        f"task_from_table(table.frame, {kind!r}, columns, {file.name!r})",
    )
    arguments = _column_arguments(named)
    if arguments is None:
        why = "A name of a column has a comma in it, which no command line can say; the Python lines can."
        return Source(None, None, lines, ("read_table",), _beside(file), why)
    options = (f"--kind={kind}", *arguments, *(f"--{role}={value}" for role, value in reading.items()))
    return Source(options, file.name, lines, ("read_table",), _beside(file))


def _uploaded_retrieval() -> Source:
    """Three files or a collection: the command line reads them; Python lines would be its own code again."""
    why = "No Python lines are made of several files; the command line reads them."
    together = files.all_files().get("task_collection", ())
    if together:
        split = choices.chosen(files.together(together), "split")
        folder = together[0].name if len(together) == 1 else "."
        options = (f"--beir={folder}", *((f"--split={split}",) if split else ()))
        return Source(options, needs=_beside(*together), why_not=why)
    three = {kind: _only_file(f"task_{kind}") for kind in RETRIEVAL_TABLES}
    given = {kind: file for kind, file in three.items() if file is not None}
    named = {role: name for kind, file in given.items() for role, name in _columns(file, kind).items()}
    columns = _column_arguments(named)
    if len(given) < len(three) or columns is None:
        return Source(None, why_not="Choose the three files first.")
    options = (*(f"--{kind}={file.name}" for kind, file in given.items()), *columns)
    return Source(options, needs=_beside(*given.values()), why_not=why)


def _only_file(place: str) -> KeptFile | None:
    return next(iter(files.all_files().get(place, ())), None)


def _columns(file: KeptFile, kind: TableKind) -> dict[str, str]:
    """The columns that were chosen by hand; the library finds the others as the page did."""
    chosen = {role.id: choices.chosen(file.sha256, f"column {kind} {role.id}") for role in ROLES[kind]}
    return {role: name for role, name in chosen.items() if name is not None and not name.startswith("(none)")}


def _column_arguments(named: dict[str, str]) -> tuple[str, ...] | None:
    if any("," in name for name in named.values()):
        return None
    return (f"--columns={','.join(f'{role}={name}' for role, name in named.items())}",) if named else ()


def _reading(file: KeptFile) -> dict[str, str]:
    """How a file is read where that is not what is found by default."""
    marks = {called: mark for mark, called in DELIMITERS.items()}
    chosen = {role: choices.chosen(file.sha256, role) for role in READING}
    given = {role: value for role, value in chosen.items() if value is not None and value != DETECT}
    return {role: marks.get(value, value) if role == "delimiter" else value for role, value in given.items()}


def _read(file: KeptFile, reading: Mapping[str, str]) -> str:
    more = "".join(f", {role}={value!r}" for role, value in reading.items())
    return f"read_table({file.name!r}, Path({file.name!r}).read_bytes(){more})"


def _beside(*given: KeptFile) -> str:
    names = ", ".join(file.name for file in given)
    return f"{names} {'lies' if len(given) == 1 else 'lie'} in the folder where it is run."


def counted_text() -> str:
    """Return the text that tokens are counted in where one is pasted on Spectrum."""
    return str(st.session_state.get(COUNTS_TEXT) or "")
