"""The texts that a verb works on: a built-in corpus by its id, or a file."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from embfilter_core.errors import InputError

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.data.tables.read_table import UploadedTable


def add_text_options(parser: argparse.ArgumentParser, name: str) -> None:
    """Add a file or corpus under a name, and the options that `read_corpus` needs."""
    from embfilter_core.data.corpora import BUILT_IN
    from embfilter_core.data.tables.formats import FORMAT_NAMES

    built_in = ", ".join(BUILT_IN)
    parser.add_argument(name, help=f"{FORMAT_NAMES} (TXT: one text a line); or {built_in}")
    parser.add_argument("--column", help="column of the texts; default: the one most like sentences")
    parser.add_argument("--id-column", metavar="COLUMN", help="column of ids; default: one called id, _id, doc_id, ...")
    add_reading_options(parser)


def add_reading_options(parser: argparse.ArgumentParser) -> None:
    """Add `--delimiter`, `--encoding` and `--sheet`, which `read_file` takes."""
    parser.add_argument("--delimiter", help="what separates cells; default: found")
    parser.add_argument("--encoding", help="encoding of the file; default: found")
    parser.add_argument("--sheet", help="sheet of an Excel workbook; default: the first with rows")


def read_corpus(file: str, options: argparse.Namespace) -> "Corpus":
    """The corpus of that id, else the texts of that file, with notes on what was left out.

    Raises:
        InputError: The file cannot be read, or has no such column.
        AssetError: The corpus is not installed.
    """
    from embfilter_core.data.corpora import BUILT_IN
    from embfilter_core.data.tables.corpus_table import corpus_from_table, text_columns
    from embfilter_core.data.tables.origin import guess_id_column

    if file in BUILT_IN:
        return BUILT_IN[file].load()
    table = read_file(Path(file), options)
    candidates = text_columns(table.frame)
    if not candidates and options.column is None:
        raise InputError(f"{file} has no column of texts, only numbers.", "Choose another file.")
    column = options.column or candidates[0]
    ids = options.id_column or guess_id_column(table.frame, [column])
    corpus = corpus_from_table(table.frame, column, Path(file).name, id_column=ids)
    return replace(corpus, notes=(*table.notes, *corpus.notes))


def print_notes(notes: Sequence[str]) -> None:
    """Say on standard error what was left out; for the end of a verb, as an error is to be the only line."""
    for note in notes:
        print(f"Note: {note}", file=sys.stderr)


def read_file(path: Path, options: argparse.Namespace) -> "UploadedTable":
    r"""Read a file as a table, as the reading options say; `\t` is taken for a tab.

    Raises:
        InputError: The file cannot be read, or is broken.
    """
    from embfilter_core.data.tables.read_table import read_table

    delimiter = "\t" if options.delimiter == r"\t" else options.delimiter
    return read_table(path.name, read_bytes(path), delimiter, options.encoding, sheet=options.sheet)


def read_bytes(path: Path) -> bytes:
    """Read a file, no more of it than shows that it is too large.

    Raises:
        InputError: The file cannot be read.
    """
    from embfilter_core.data.corpora import MAX_BYTES

    try:
        with path.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror or error}.", "Check the path.") from error
