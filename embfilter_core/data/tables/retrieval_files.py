"""A retrieval task from its three files, whose columns have their usual names or are named."""

from collections.abc import Callable, Mapping
from pathlib import PurePath

from embfilter_core.data.tables.columns import RETRIEVAL_TABLES, TableKind, columns_of
from embfilter_core.data.tables.problems import Problems
from embfilter_core.data.tables.read_table import UploadedTable
from embfilter_core.data.tables.retrieval_tables import RetrievalColumns, retrieval_from_tables
from embfilter_core.data.tasks import RetrievalTask


def read_retrieval(
    places: Mapping[TableKind, str],
    read: Callable[[str], UploadedTable],
    columns: Mapping[str, str],
    name: str,
    source: str,
) -> RetrievalTask:
    """Return the task in three files; its notes say which file they are about.

    Args:
        places: Path of the file of queries, of documents and of relevance.
        read: Reads the file of a path.
        columns: Column of each role that has another name than usual (`columns.ROLES`).
        name: Name of the task.
        source: Where it comes from.

    Raises:
        InputError: Files cannot be read or used; names all that is wrong with the three.
    """
    problems = Problems()
    tables: dict[TableKind, UploadedTable] = {}
    chosen: dict[str, str] = {}
    notes: list[str] = []
    for kind, place in places.items():
        file = PurePath(place).name
        table = problems.attempt(read, place)
        if table is not None:
            tables[kind] = table
            chosen |= problems.attempt(columns_of, table.frame, kind, columns, file) or {}
            notes += [f"{file}: {note}" for note in table.notes]
    problems.refuse()
    queries, documents, relevance = (tables[kind].frame for kind in RETRIEVAL_TABLES)
    return retrieval_from_tables(queries, documents, relevance, RetrievalColumns(**chosen), name, source, notes)
