"""Labelled data that brings its own vectors, for verbs that judge by them, and how well a backbone's W_U fits these."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from embfilter_core.cli.column_options import parse_columns
from embfilter_core.cli.labelled_data import read_task
from embfilter_core.cli.texts import read_file
from embfilter_core.errors import AssetError, InputError

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.data.tables.columns import OneTableKind, TableKind
    from embfilter_core.data.tasks import Task
    from embfilter_core.data.vectors.beside import BesideVectors
    from embfilter_core.data.vectors.vector_table import VectorTable
    from embfilter_core.lens.vector_fit import VectorFit


def add_vector_options(parser: argparse.ArgumentParser) -> None:
    """Add `--vectors`, which `read_task_or_vectors` takes."""
    parser.add_argument(
        "--vectors",
        metavar="COLUMN|FILE",
        help="judge vectors of your own, without embedding: their column in a Parquet FILE, or a .npy, .npz or "
        ".safetensors of the rows of FILE; for pairs, or queries and documents, two with a comma between",
    )


def add_beside_option(parser: argparse.ArgumentParser) -> None:
    """Add `--beside`, which `read_beside` takes."""
    parser.add_argument(
        "--beside",
        metavar="FILE",
        help="vectors of another model for the same texts, of any length, as one more row: a Parquet file with texts "
        "or ids; a .npy, .npz or .safetensors of the rows of FILE, or of those of a table named before it, with a "
        "comma between; of queries and documents, two with a comma between",
    )


def read_beside(options: argparse.Namespace, task: Task) -> BesideVectors | None:
    """The vectors of another model that `--beside` names, or None.

    Raises:
        InputError: They cannot be read, or there is none for a text of the task.
    """
    from embfilter_core.data.tasks import PairTask
    from embfilter_core.data.vectors.beside import match_vectors
    from embfilter_core.data.vectors.limits import is_array_file
    from embfilter_core.data.vectors.vector_table import read_vector_table, sides_in

    if options.beside is None:
        return None
    named = [part.strip() for part in options.beside.split(",") if part.strip()]
    arrays, tables = ([name for name in named if is_array_file(name) is kind] for kind in (True, False))
    if arrays:
        return match_vectors(task, _of_arrays(options, tables, arrays))
    found = []
    for place in map(Path, tables):
        data = _bytes(place)
        sides = sides_in(place.name, data) if isinstance(task, PairTask) else 1
        found.append(read_vector_table(place.name, data, sides=sides))
    return match_vectors(task, found)


def _of_arrays(options: argparse.Namespace, tables: Sequence[str], arrays: Sequence[str]) -> list[VectorTable]:
    """The rows of tables with their vectors in files of arrays: of named ones, or of those of the labelled data."""
    own = [options.queries, options.documents] if options.queries else [options.file]
    of = list(tables) or own
    if any(name is None or not Path(name).is_file() for name in of):
        raise InputError(f"{arrays[0]} has no texts.", "Name the table of its rows before it: TABLE,FILE.")
    if len(of) == 1:
        return [_table(options, of[0], arrays)]
    if len(of) != len(arrays):
        raise InputError(f"{len(arrays)} files of arrays for {len(of)} tables.", "Name one for each.")
    return [_table(options, table, [array]) for table, array in zip(of, arrays, strict=True)]


def read_task_or_vectors(options: argparse.Namespace) -> Task:
    """The labelled data that is named, with the vectors that it brings where `--vectors` names some.

    Raises:
        InputError: The data or the vectors cannot be read, or do not go together.
        AssetError: The data is built in and not installed.
    """
    if options.vectors is None:
        return read_task(options)
    named = [part.strip() for part in options.vectors.split(",") if part.strip()]
    if not named:
        raise InputError("--vectors names nothing.", "Name a column or a file.")
    columns = parse_columns(options.columns)
    if options.queries is not None:
        return _retrieval(options, named, columns)
    if options.file is None:
        raise InputError("There is no file that the vectors belong to.", "Name it, or --queries and --documents.")
    return _one_table(options, named, columns)


def own_fit(backbone: Backbone, task: Task, prompt: Prompt) -> tuple[VectorFit | None, list[str]]:
    """How well W_U fits the vectors of a task, beside what is embedded already; None, and why, where it is unknown."""
    from embfilter_core.data.corpora import lee_background
    from embfilter_core.embeddings.corpus_embeddings import stored_embeddings
    from embfilter_core.lens.frequent_tokens import reference_token_rates
    from embfilter_core.lens.vector_fit import vector_fit

    if task.vectors is None:
        return None, []
    try:
        corpus, rates = lee_background(), reference_token_rates(backbone)
    except AssetError as problem:
        return None, [f"How well W_U fits is not measured: {problem}"]
    own = stored_embeddings(backbone, corpus, prompt)
    return vector_fit(backbone, task.vectors[-1], rates, own, corpus.name), []


def fit_as_json(fit: VectorFit | None) -> dict | None:
    """How well W_U fits as numbers and sentences, or None where it is unknown."""
    from embfilter_core.lens.vector_fit import describe_fit

    return None if fit is None else {**asdict(fit), "fits": fit.fits, "sentences": describe_fit(fit)}


def print_fit(fit: VectorFit | None) -> None:
    """Print how well W_U fits, where that is known."""
    from embfilter_core.lens.vector_fit import describe_fit

    if fit is not None:
        print("\nDoes this W_U fit these vectors?\n" + "\n".join(describe_fit(fit)))


def _one_table(options: argparse.Namespace, named: Sequence[str], columns: dict[str, str]) -> Task:
    from embfilter_core.data.tables.columns import ONE_TABLE_KINDS
    from embfilter_core.data.vectors.vector_task import kind_of_columns, vector_columns_of, vector_task

    table = _table(options, options.file, named)
    kind: OneTableKind = options.kind or kind_of_columns(columns, len(table.vectors))
    if kind not in ONE_TABLE_KINDS:
        raise InputError(f"--kind {kind} does not go with FILE and --vectors.", f"Use {' or '.join(ONE_TABLE_KINDS)}.")
    return vector_task(table, kind, vector_columns_of(table.frame, kind, columns), options.file)


def _retrieval(options: argparse.Namespace, named: Sequence[str], columns: dict[str, str]) -> Task:
    from embfilter_core.data.vectors.vector_task import vector_columns_of, vector_retrieval

    missing = [f"--{name}" for name in ("documents", "relevance") if getattr(options, name) is None]
    if missing or options.file is not None:
        raise InputError("Retrieval takes three files.", f"Give --queries and {' and '.join(missing) or 'no FILE'}.")
    queries = _table(options, options.queries, named[:1])
    documents = _table(options, options.documents, named[-1:])
    relevance = read_file(Path(options.relevance), options)
    chosen: dict[str, str] = {}
    kinds: tuple[TableKind, ...] = ("queries", "documents", "relevance")
    for kind, frame in zip(kinds, (queries.frame, documents.frame, relevance.frame), strict=True):
        chosen |= vector_columns_of(frame, kind, columns)
    return vector_retrieval(queries, documents, relevance.frame, chosen, options.queries, relevance.notes)


def _table(options: argparse.Namespace, path: str, named: Sequence[str]) -> VectorTable:
    """The rows of a file with their vectors: of its own columns, or of files of arrays."""
    from embfilter_core.data.vectors.array_files import read_array_file
    from embfilter_core.data.vectors.limits import is_array_file
    from embfilter_core.data.vectors.vector_table import join_vectors, read_vector_table

    place = Path(path)
    if not any(map(is_array_file, named)):
        if place.suffix.lower() != ".parquet":
            raise InputError(f"{place.name} is no Parquet file, so it has no column of vectors.", "Name a .npy file.")
        return read_vector_table(place.name, _bytes(place), named, len(named))
    arrays = [array for name in named for array in read_array_file(Path(name).name, _bytes(Path(name)))]
    if len({array.shape for array in arrays}) > 1:
        raise InputError(f"The arrays of {' and '.join(named)} differ in shape.", "Give two of one shape.")
    return join_vectors(place.name, read_file(place, options), arrays)


def _bytes(path: Path) -> bytes:
    from embfilter_core.data.vectors.limits import check_file_size

    try:
        check_file_size(path.name, path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror or error}.", "Check the path.") from error
