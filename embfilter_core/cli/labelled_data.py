"""The labelled data that a verb judges by: built in or of the hub by its id, or files."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from embfilter_core.cli.column_options import guess_kind, parse_columns, refuse_others, refuse_unretrieved
from embfilter_core.cli.texts import add_reading_options, read_bytes, read_file
from embfilter_core.errors import InputError, check_known

if TYPE_CHECKING:
    from embfilter_core.data.tables.columns import OneTableKind, TableKind
    from embfilter_core.data.tables.read_table import UploadedTable
    from embfilter_core.data.tasks import Task


def add_task_options(parser: argparse.ArgumentParser) -> None:
    """Add the file, the three files of a retrieval task or their folder, and how to read them."""
    from embfilter_core.data.tables.columns import RETRIEVAL_TABLES, ROLES, role_ids
    from embfilter_core.data.tasks import TASK_KINDS

    parser.add_argument("file", nargs="?", metavar="FILE", help=_file_help())
    for table in RETRIEVAL_TABLES:
        needs = ", ".join(role.name.lower() for role in ROLES[table] if role.needed)
        parser.add_argument(f"--{table}", metavar="FILE", help=f"in place of FILE: {table}, with {needs}")
    parser.add_argument(
        "--beir", metavar="FOLDER", help="in place of FILE: corpus.jsonl, queries.jsonl and qrels/*.tsv, or a .zip"
    )
    parser.add_argument("--split", help="whose judgements of --beir are read; default: test, or the only ones")
    parser.add_argument("--kind", help=f"{', '.join(TASK_KINDS)}; default: by the names of the columns")
    named = "; ".join(", ".join(role_ids(kind)) for kind in ROLES)
    parser.add_argument("--columns", metavar="ROLE=NAME,...", help=f"what the columns are called, of {named}")
    add_reading_options(parser)


def _file_help() -> str:
    from embfilter_core.data import built_in_tasks
    from embfilter_core.data.hub_datasets import HUB_DATASETS
    from embfilter_core.data.tables.formats import FORMAT_NAMES

    return (
        f"{FORMAT_NAMES} with scored pairs or with labelled texts; a folder or .zip as of --beir; or "
        f"{', '.join(built_in_tasks.BUILT_IN)}; or from the hub {', '.join(HUB_DATASETS)}"
    )


def read_task(options: argparse.Namespace) -> "Task":
    """The task of that id, else the one in the files, with notes on what was left out.

    Raises:
        InputError: No task or two are named, a file cannot be read, or its rows are no such task.
        AssetError: The task is not installed.
    """
    from embfilter_core.data.tasks import TASK_KINDS

    if options.kind is not None:
        check_known("kind", options.kind, TASK_KINDS)
    collection, three = _places(options)
    columns = parse_columns(options.columns)
    if collection or three:
        if options.kind not in (None, "retrieval"):
            raise InputError(f"Queries and documents are not {options.kind}.", "Leave out --kind.")
        return _read_beir(collection, options, columns) if collection else _read_retrieval(three, options, columns)
    if options.kind == "retrieval":
        raise InputError(
            "Retrieval takes three files.", "Give --queries, --documents and --relevance, or --beir with a folder."
        )
    known = named_task(options.file)
    if known is None:
        return _read_table(options, columns)
    if columns or options.kind:
        raise InputError(f"{options.file} is no file, its columns are known.", "Leave out --columns and --kind.")
    return known


def read_named_task(named: str, options: argparse.Namespace) -> "Task":
    """The task of that id, else the one in that file, folder or archive, its columns known by their names.

    Raises:
        InputError, AssetError: As for `read_task`.
    """
    from embfilter_core.data.tables.columns import RETRIEVAL_TABLES

    nothing = dict.fromkeys((*RETRIEVAL_TABLES, "beir", "split", "kind", "columns"))
    return read_task(argparse.Namespace(**{**vars(options), **nothing, "file": named}))


def _places(options: argparse.Namespace) -> "tuple[str | None, dict[TableKind, str]]":
    """The folder or archive of a collection, and the files of a retrieval task; neither where it is one table or id."""
    from embfilter_core.data.tables.columns import RETRIEVAL_TABLES

    three = {name: getattr(options, name) for name in RETRIEVAL_TABLES if getattr(options, name) is not None}
    given = [options.file is not None, bool(three), options.beir is not None]
    if sum(given) != 1:
        raise InputError(
            "Labelled data is given twice: a file, files of queries, or a folder."
            if any(given)
            else "No labelled data is given.",
            "Name one file or id, or --queries, --documents and --relevance, or --beir.",
        )
    collection = options.file if options.file and _is_collection(options.file) else options.beir
    if options.split is not None and not collection:
        raise InputError("Only a folder or archive has a split.", "Leave out --split.")
    return collection, three


def _is_collection(file: str) -> bool:
    """Whether it is a folder or a ZIP archive; an id stays an id beside a folder of its name."""
    from embfilter_core.data import built_in_tasks
    from embfilter_core.data.hub_datasets import HUB_DATASETS
    from embfilter_core.data.tables.archive import ZIP

    is_id = file in built_in_tasks.BUILT_IN or file in HUB_DATASETS
    return not is_id and (file.lower().endswith(ZIP) or Path(file).is_dir())


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
    from embfilter_core.data.tables.columns import columns_of
    from embfilter_core.data.tables.task_tables import task_from_table

    read = _file(options.file, options)
    name = Path(options.file).name
    kind: OneTableKind = options.kind or guess_kind(read, columns)
    chosen = columns_of(read.frame, kind, columns, name)
    refuse_others(columns, chosen, "pairs" if kind == "pairs" else "labelled texts")
    return task_from_table(read.frame, kind, chosen, name, options.file, read.notes)


def _read_retrieval(places: "dict[TableKind, str]", options: argparse.Namespace, columns: dict[str, str]) -> "Task":
    from embfilter_core.data.tables.columns import RETRIEVAL_TABLES
    from embfilter_core.data.tables.retrieval_files import read_retrieval

    missing = [f"--{name}" for name in RETRIEVAL_TABLES if name not in places]
    if missing:
        raise InputError("Retrieval takes three files.", f"Give {' and '.join(missing)} too.")
    refuse_unretrieved(columns)
    files = {kind: places[kind] for kind in RETRIEVAL_TABLES}
    name = Path(options.queries).name
    return read_retrieval(files, lambda path: _file(path, options), columns, name, options.queries)


def _read_beir(collection: str, options: argparse.Namespace, columns: dict[str, str]) -> "Task":
    from embfilter_core.data.beir import archive_files, folder_files, read_beir
    from embfilter_core.data.tables.archive import ZIP

    refuse_unretrieved(columns)
    place = Path(collection)
    name = place.resolve().name
    is_archive = collection.lower().endswith(ZIP) and not place.is_dir()
    files = archive_files(name, read_bytes(place)) if is_archive else folder_files(place)
    return read_beir(name, files, options.split, columns, collection)


def _file(path: str, options: argparse.Namespace) -> "UploadedTable":
    return read_file(Path(path), options)
