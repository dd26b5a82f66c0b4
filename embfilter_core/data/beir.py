"""Retrieval data as the BEIR collections are published (arXiv 2104.08663): corpus.jsonl, queries.jsonl, qrels/*.tsv."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from embfilter_core.data.tables.archive import ZIP, read_archive
from embfilter_core.data.tables.columns import TableKind
from embfilter_core.data.tables.formats import FORMATS, LIMITS, MAX_UNPACKED_BYTES
from embfilter_core.data.tables.problems import Problems
from embfilter_core.data.tables.read_table import UploadedTable, read_table
from embfilter_core.data.tables.retrieval_files import read_retrieval
from embfilter_core.data.tasks import RetrievalTask
from embfilter_core.errors import InputError, first_line
from embfilter_core.number_format import format_megabytes

USUAL_SPLIT = "test"
LAID_OUT = "corpus.jsonl, queries.jsonl and qrels/test.tsv"
_STEMS: dict[TableKind, str] = {"documents": "corpus", "queries": "queries"}
_QRELS = "qrels"

Files = Mapping[str, bytes | Path]
"""Files of a collection by their path in it: their content, or where they lie."""


def read_beir(
    name: str,
    files: Files,
    split: str | None = None,
    columns: Mapping[str, str] | None = None,
    source: str = "Uploaded",
) -> RetrievalTask:
    """Return the queries, titled documents and judgements of a split.

    Args:
        name: Name of the collection.
        files: Its files, see `folder_files` and `archive_files`; those of one folder or without folders.
        split: Whose judgements are read; by default those of `test`, or the only ones.
        columns: Column of each role where it has another name than usual (`columns.ROLES`).
        source: Where it comes from.

    Raises:
        InputError: Files or columns are missing, there is no such split, or the tables cannot be used; names
            all that is wrong.
    """
    places = _places(name, files, split)
    return read_retrieval(places, lambda path: _table(path, files[path]), columns or {}, name, source)


def splits_of(files: Files) -> dict[str, str]:
    """Return the path of the judgements of each split, by its name."""
    tables = [path for path in files if _is_table(path) and not _is_part(path)]
    qrels = [path for path in tables if PurePosixPath(path).parent.name == _QRELS] or tables
    return {PurePosixPath(path).stem: path for path in sorted(qrels)}


def folder_files(folder: Path) -> dict[str, Path]:
    """Return the files of a folder that is laid out as BEIR's are.

    Raises:
        InputError: The folder cannot be read.
    """
    try:
        places = [place for part in (folder, folder / _QRELS) if part.is_dir() for place in part.iterdir()]
    except OSError as error:
        raise InputError(f"Cannot read {folder}: {error.strerror or error}.", "Check the path.") from error
    return {
        place.relative_to(folder).as_posix(): place for place in places if place.is_file() and _is_table(place.name)
    }


def archive_files(name: str, data: bytes, max_bytes: int = MAX_UNPACKED_BYTES) -> dict[str, bytes]:
    """Return the tables in a ZIP archive, which may unpack to `max_bytes`.

    Raises:
        InputError: It is too large, damaged, unpacks to too much, or holds what is not read (see `read_archive`).
    """
    if len(data) > LIMITS.bytes:
        raise InputError(f"{name} has more than {format_megabytes(LIMITS.bytes)}, the limit.", "Use a part of it.")
    return read_archive(name, data, _is_table, max_bytes)


def uploaded_files(uploads: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files that were given together, each by its name, with the tables of the archives among them.

    Raises:
        InputError: An archive cannot be read, two files have one name, or all of them are too large together.
    """
    files: dict[str, bytes] = {}
    left = MAX_UNPACKED_BYTES
    for name, data in uploads.items():
        more = archive_files(name, data, left) if name.lower().endswith(ZIP) else {name: data}
        left -= sum(map(len, more.values()))
        if left < 0:
            raise InputError(
                f"The files have more than {format_megabytes(MAX_UNPACKED_BYTES)} together, the limit.",
                "Give those that are needed.",
            )
        repeated = sorted(files.keys() & more.keys())
        if repeated:
            raise InputError(f"{repeated[0][:80]!r} is there twice.", "Give each file once.")
        files |= more
    return files


def _places(name: str, files: Files, split: str | None) -> dict[TableKind, str]:
    """The path of the three tables."""
    problems = Problems()
    places: dict[TableKind, str] = {}
    for part, stem in _STEMS.items():
        found = sorted(path for path in files if _is_table(path) and PurePosixPath(path).stem.lower() == stem)
        if len(found) == 1:
            places[part] = found[0]
        else:
            told = f"several files of its {part}: {', '.join(found[:3])}" if found else f"no {stem}.jsonl"
            problems.add(f"{name} has {told}.", f"Give {LAID_OUT} of one collection.")
    splits = splits_of(files)
    chosen = split or (USUAL_SPLIT if USUAL_SPLIT in splits else next(iter(splits), ""))
    if not splits:
        problems.add(f"{name} has no {_QRELS}.", f"Give {LAID_OUT} of one collection.")
    elif chosen not in splits or (split is None and len(splits) > 1 and chosen != USUAL_SPLIT):
        what = f"has no split {split[:40]!r}" if split else "has several splits"
        problems.add(f"{name} {what}.", f"Choose one of {', '.join(splits)}.")
    else:
        places["relevance"] = splits[chosen]
    problems.refuse()
    return places


def _is_table(path: str) -> bool:
    parts = PurePosixPath(path)
    plain = not any(part.startswith((".", "__")) for part in parts.parts)
    return plain and parts.suffix.lower() in FORMATS and parts.stem.lower() != "readme"


def _is_part(path: str) -> bool:
    return PurePosixPath(path).stem.lower() in _STEMS.values()


def _table(path: str, content: bytes | Path) -> UploadedTable:
    if isinstance(content, Path):
        try:
            with content.open("rb") as opened:
                content = opened.read(LIMITS.bytes + 1)
        except OSError as error:
            raise InputError(f"Cannot read {path}: {first_line(error)}", "Check the path.") from error
    return read_table(PurePosixPath(path).name, content)
