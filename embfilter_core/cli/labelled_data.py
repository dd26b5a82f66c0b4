"""The labelled data that a verb judges by: built in or of the hub by its id, or files."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from embfilter_core.cli.texts import add_reading_options, read_file
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.data.tables.columns import OneTableKind, TableKind
    from embfilter_core.data.tables.read_table import UploadedTable
    from embfilter_core.data.tasks import Task


def add_task_options(parser: argparse.ArgumentParser) -> None:
    """Add the file, the three files of a retrieval task, and how to read them."""
    from embfilter_core.data.tables.columns import RETRIEVAL_TABLES, ROLES, role_ids
    from embfilter_core.data.tasks import TASK_KINDS

    parser.add_argument("file", nargs="?", metavar="FILE", help=_file_help())
    for table in RETRIEVAL_TABLES:
        needs = ", ".join(role.name.lower() for role in ROLES[table])
        parser.add_argument(f"--{table}", metavar="FILE", help=f"in place of FILE: {table}, with {needs}")
    parser.add_argument("--kind", help=f"{', '.join(TASK_KINDS)}; default: by the names of the columns")
    named = "; ".join(", ".join(role_ids(kind)) for kind in ROLES)
    parser.add_argument("--columns", metavar="ROLE=NAME,...", help=f"what the columns are called, of {named}")
    add_reading_options(parser)


def _file_help() -> str:
    from embfilter_core.data import built_in_tasks
    from embfilter_core.data.hub_datasets import HUB_DATASETS
    from embfilter_core.data.tables.formats import FORMAT_NAMES

    return (
        f"{FORMAT_NAMES} with scored pairs or with labelled texts; or {', '.join(built_in_tasks.BUILT_IN)}; "
        f"or from the hub {', '.join(HUB_DATASETS)}"
    )


def read_task(options: argparse.Namespace) -> "Task":
    """The task of that id, else the one in the files, with notes on what was left out.

    Raises:
        InputError: No task or two are named, a file cannot be read, or its rows are no such task.
        AssetError: The task is not installed.
    """
    from embfilter_core.data.tables.columns import RETRIEVAL_TABLES
    from embfilter_core.data.tasks import TASK_KINDS

    if options.kind not in (None, *TASK_KINDS):
        raise InputError(f"Unknown kind {options.kind!r}.", f"Use one of {', '.join(TASK_KINDS)}.")
    given = [name for name in RETRIEVAL_TABLES if getattr(options, name) is not None]
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
    known = named_task(options.file)
    if known is None:
        return _read_table(options, columns)
    if columns or options.kind:
        raise InputError(f"{options.file} is no file, its columns are known.", "Leave out --columns and --kind.")
    return known


def named_task(name: str) -> "Task | None":
    """Return the labelled data of that id, built in or of the hub, or None where there is none.

    Raises:
        AssetError: It is built in and not installed.
        InputError: It is of the hub and cannot be fetched.
    """
    from embfilter_core.data import built_in_tasks
    from embfilter_core.data.hub_datasets import HUB_DATASETS, load_hub_dataset

    if name in built_in_tasks.BUILT_IN:
        return built_in_tasks.BUILT_IN[name].load()
    return load_hub_dataset(HUB_DATASETS[name]) if name in HUB_DATASETS else None


def _read_table(options: argparse.Namespace, columns: dict[str, str]) -> "Task":
    from embfilter_core.data.tables.task_tables import task_from_table

    read = _file(options.file, options)
    kind: OneTableKind = options.kind or _guess_kind(read.frame, columns)
    chosen = _columns(options.file, read.frame, kind, columns)
    _refuse_others(columns, chosen, "pairs" if kind == "pairs" else "labelled texts")
    return task_from_table(read.frame, kind, chosen, Path(options.file).name, options.file, read.notes)


def _read_retrieval(options: argparse.Namespace, columns: dict[str, str]) -> "Task":
    from embfilter_core.data.tables.columns import RETRIEVAL_TABLES
    from embfilter_core.data.tables.retrieval_tables import RetrievalColumns, retrieval_from_tables

    missing = [f"--{name}" for name in RETRIEVAL_TABLES if getattr(options, name) is None]
    if missing:
        raise InputError("Retrieval takes three files.", f"Give {' and '.join(missing)} too.")
    if options.kind not in (None, "retrieval"):
        raise InputError(f"Queries and documents are not {options.kind}.", "Leave out --kind.")
    tables = {name: _file(getattr(options, name), options) for name in RETRIEVAL_TABLES}
    chosen: dict[str, str] = {}
    for kind, table in tables.items():
        chosen |= _columns(getattr(options, kind), table.frame, kind, columns)
    _refuse_others(columns, chosen, "queries and documents")
    queries, documents, relevance = (table.frame for table in tables.values())
    named, notes = RetrievalColumns(**chosen), [note for table in tables.values() for note in table.notes]
    name = Path(options.queries).name
    return retrieval_from_tables(queries, documents, relevance, named, name, options.queries, notes)


def _file(path: str, options: argparse.Namespace) -> "UploadedTable":
    return read_file(Path(path), options.delimiter, options.encoding)


def _parsed(columns: str | None) -> dict[str, str]:
    """Column by role, of `role=name,role=name`."""
    from embfilter_core.data.tables.columns import ROLES, role_ids

    known = {role for kind in ROLES for role in role_ids(kind)}
    found: dict[str, str] = {}
    for part in columns.split(",") if columns else ():
        role, equals, name = (piece.strip() for piece in part.partition("="))
        if not (role and equals and name) or role in found:
            raise InputError(f"{part!r} in --columns cannot be read.", "Write text1=a,text2=b,score=c.")
        if role not in known:
            raise InputError(f"--columns cannot name {role!r}.", "See --help for what it can.")
        found[role] = name
    return found


def _guess_kind(frame: "pd.DataFrame", columns: dict[str, str]) -> "OneTableKind":
    """By the roles that are named, else by the names of the columns."""
    from embfilter_core.data.tables.columns import ONE_TABLE_KINDS, guess_columns, listed_columns, role_ids

    for kind in ONE_TABLE_KINDS:
        roles = role_ids(kind)
        if set(columns) & set(roles) or (not columns and len(guess_columns(frame, kind)) == len(roles)):
            return kind
    raise InputError(
        f"It cannot be told what is labelled in {listed_columns(frame)}.",
        "Give --columns text1=a,text2=b,score=c or text=a,label=b.",
    )


def _columns(path: str, frame: "pd.DataFrame", kind: "TableKind", columns: dict[str, str]) -> dict[str, str]:
    """The column of each role of a kind: as named, else guessed among the others."""
    from embfilter_core.data.tables.columns import guess_columns, listed_columns, role_ids

    named = {role: name for role, name in columns.items() if role in role_ids(kind)}
    others = frame.drop(columns=list(named.values()), errors="ignore")
    chosen = {**guess_columns(others, kind), **named}
    missing = [role for role in role_ids(kind) if role not in chosen]
    if missing:
        raise InputError(
            f"{Path(path).name} has no column for {', '.join(missing)} among {listed_columns(frame)}.",
            f"Give --columns {','.join(f'{role}=NAME' for role in missing)}.",
        )
    return chosen


def _refuse_others(columns: dict[str, str], chosen: dict[str, str], kind: str) -> None:
    unknown = [role for role in columns if role not in chosen]
    if unknown:
        raise InputError(f"--columns names a {unknown[0]!r}, but {kind} have none.", f"Use {', '.join(chosen)}.")
