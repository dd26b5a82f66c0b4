"""The labelled data that a verb judges by: built in or of the hub by its id, or files."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from embfilter_core.cli.texts import read_file
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.data.tables.read_table import UploadedTable
    from embfilter_core.quality.measuring import Task

BUILT_IN = {"lee-50": "lee_50_pairs", "graded-pairs": "graded_pairs", "topics": "topics_task"}
"""Functions of `data.tasks`, by the id of the task."""
ROLES = {
    "pairs": ("text1", "text2", "score"),
    "labelled": ("text", "label"),
    "queries": ("query_id", "query"),
    "documents": ("document_id", "document"),
    "relevance": ("judged_query", "judged_document", "grade"),
}
KINDS = ("pairs", "labelled", "retrieval")
RETRIEVAL = ("queries", "documents", "relevance")
TABLE_HELP = (
    "CSV, TSV, JSONL or Parquet with scored pairs or with labelled texts; or lee-50, graded-pairs, topics; "
    "or from the hub stsb, sick, banking77, scifact, nfcorpus"
)


def add_task_options(parser: argparse.ArgumentParser) -> None:
    """Add the file, the three files of a retrieval task, and how to read them."""
    parser.add_argument("file", nargs="?", metavar="FILE", help=TABLE_HELP)
    for name, needs in zip(RETRIEVAL, ("id and text", "id and text", "query id, document id, grade"), strict=True):
        parser.add_argument(f"--{name}", metavar="FILE", help=f"in place of FILE: {name}, with {needs}")
    parser.add_argument("--kind", help=f"{', '.join(KINDS)}; default: by the names of the columns")
    named = "; ".join(", ".join(roles) for roles in ROLES.values())
    parser.add_argument("--columns", metavar="ROLE=NAME,...", help=f"what the columns are called, of {named}")
    parser.add_argument("--delimiter", help="what separates cells; default: found")
    parser.add_argument("--encoding", help="encoding of the file; default: found")


def read_task(options: argparse.Namespace) -> "Task":
    """The task of that id, else the one in the files, with notes on what was left out.

    Raises:
        InputError: No task or two are named, a file cannot be read, or its rows are no such task.
        AssetError: The task is not installed.
    """
    if options.kind not in (None, *KINDS):
        raise InputError(f"Unknown kind {options.kind!r}.", f"Use one of {', '.join(KINDS)}.")
    given = [name for name in RETRIEVAL if getattr(options, name) is not None]
    if (options.file is None) == (not given):
        raise InputError(
            "Both a file and files of queries are given." if given else "No labelled data is given.",
            "Name one file or id, or --queries, --documents and --relevance.",
        )
    columns = _parsed(options.columns)
    if given:
        return _read_retrieval(options, columns)
    if options.kind == "retrieval":
        raise InputError("Retrieval takes three files.", "Give --queries, --documents and --relevance.")
    known = _known(options.file)
    if known is None:
        return _read_table(options, columns)
    if columns or options.kind:
        raise InputError(f"{options.file} is no file, its columns are known.", "Leave out --columns and --kind.")
    return known


def _known(name: str) -> "Task | None":
    from embfilter_core.data import built_in_tasks
    from embfilter_core.data.hub_datasets import HUB_DATASETS, load_hub_dataset

    if name in BUILT_IN:
        return getattr(built_in_tasks, BUILT_IN[name])()
    return load_hub_dataset(HUB_DATASETS[name]) if name in HUB_DATASETS else None


def _read_table(options: argparse.Namespace, columns: dict[str, str]) -> "Task":
    from embfilter_core.data.tables.task_tables import labelled_from_table, pairs_from_table

    read = _file(options.file, options)
    kind = options.kind or _guess_kind(read.frame, columns)
    chosen = _columns(options.file, read.frame, kind, columns)
    _refuse_others(columns, chosen, "pairs" if kind == "pairs" else "labelled texts")
    build = pairs_from_table if kind == "pairs" else labelled_from_table
    return build(read.frame, **chosen, name=Path(options.file).name, source=options.file, notes=read.notes)


def _read_retrieval(options: argparse.Namespace, columns: dict[str, str]) -> "Task":
    from embfilter_core.data.tables.retrieval_tables import RetrievalColumns, retrieval_from_tables

    missing = [f"--{name}" for name in RETRIEVAL if getattr(options, name) is None]
    if missing:
        raise InputError("Retrieval takes three files.", f"Give {' and '.join(missing)} too.")
    if options.kind not in (None, "retrieval"):
        raise InputError(f"Queries and documents are not {options.kind}.", "Leave out --kind.")
    tables = {name: _file(getattr(options, name), options) for name in RETRIEVAL}
    chosen: dict[str, str] = {}
    for name, table in tables.items():
        chosen |= _columns(getattr(options, name), table.frame, name, columns)
    _refuse_others(columns, chosen, "queries and documents")
    task = retrieval_from_tables(
        *(table.frame for table in tables.values()),
        RetrievalColumns(**chosen),
        Path(options.queries).name,
        options.queries,
    )
    return replace(task, notes=(*(note for table in tables.values() for note in table.notes), *task.notes))


def _file(path: str, options: argparse.Namespace) -> "UploadedTable":
    return read_file(Path(path), options.delimiter, options.encoding)


def _parsed(columns: str | None) -> dict[str, str]:
    """Column by role, of `role=name,role=name`."""
    found: dict[str, str] = {}
    for part in columns.split(",") if columns else ():
        role, equals, name = (piece.strip() for piece in part.partition("="))
        if not (role and equals and name) or role in found:
            raise InputError(f"{part!r} in --columns cannot be read.", "Write text1=a,text2=b,score=c.")
        if not any(role in roles for roles in ROLES.values()):
            raise InputError(f"--columns cannot name {role!r}.", "See --help for what it can.")
        found[role] = name
    return found


def _guess_kind(frame: "pd.DataFrame", columns: dict[str, str]) -> str:
    """By the roles that are named, else by the names of the columns."""
    from embfilter_core.data.tables.columns import guess_columns

    for kind in ("pairs", "labelled"):
        if set(columns) & set(ROLES[kind]) or (not columns and len(guess_columns(frame, kind)) == len(ROLES[kind])):
            return kind
    there = ", ".join(repr(str(column)) for column in frame.columns)
    raise InputError(
        f"It cannot be told what is labelled in {there}.", "Give --columns text1=a,text2=b,score=c or text=a,label=b."
    )


def _columns(path: str, frame: "pd.DataFrame", kind: str, columns: dict[str, str]) -> dict[str, str]:
    """The column of each role of a kind: as named, else guessed among the others."""
    from embfilter_core.data.tables.columns import guess_columns

    named = {role: name for role, name in columns.items() if role in ROLES[kind]}
    others = frame.drop(columns=list(named.values()), errors="ignore")
    chosen = {**guess_columns(others, kind), **named}
    missing = [role for role in ROLES[kind] if role not in chosen]
    if missing:
        there = ", ".join(repr(str(column)) for column in frame.columns)
        raise InputError(
            f"{Path(path).name} has no column for {', '.join(missing)} among {there}.",
            f"Give --columns {','.join(f'{role}=NAME' for role in missing)}.",
        )
    return chosen


def _refuse_others(columns: dict[str, str], chosen: dict[str, str], kind: str) -> None:
    unknown = [role for role in columns if role not in chosen]
    if unknown:
        raise InputError(f"--columns names a {unknown[0]!r}, but {kind} have none.", f"Use {', '.join(chosen)}.")
