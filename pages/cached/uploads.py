"""Files and data sets of the hub that were read, so that a rerun does not read them again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from pages.cached.keys import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable

    from embfilter_core.data.hub_tables import HubTable, HubTables
    from embfilter_core.data.tables.read_table import UploadedTable
    from embfilter_core.data.tasks import RetrievalTask, Task


@dataclass(frozen=True)
class Upload:
    """A file that was given: its `name`, the `sha256` of its content, and `read`, which returns the content.

    `read` raises InputError where the content is not kept any more.
    """

    name: str
    sha256: str
    read: Callable[[], bytes] = field(compare=False, repr=False)


@st.cache_resource(hash_funcs=KEYS, max_entries=8, show_spinner="Reading the file ...")
def uploaded_table(
    upload: Upload, delimiter: str | None, encoding: str | None, sheet: str | None = None
) -> UploadedTable:
    """Return the table in an uploaded file; of a workbook the sheet, or the first with rows.

    Raises:
        InputError: The file cannot be read; says what is wrong with it.
    """
    from embfilter_core.data.tables.read_table import read_table

    return read_table(upload.name, upload.read(), delimiter, encoding, sheet=sheet)


@st.cache_resource(hash_funcs=KEYS, max_entries=2, show_spinner="Reading the files ...")
def uploaded_collection(uploads: tuple[Upload, ...]) -> dict[str, bytes]:
    """Return files that were uploaded together by their path, those in archives among them.

    Raises:
        InputError: An archive cannot be read, or two files have one name.
    """
    from embfilter_core.data.beir import uploaded_files

    return uploaded_files({upload.name: upload.read() for upload in uploads})


@st.cache_resource(hash_funcs=KEYS, max_entries=2, show_spinner="Reading the files ...")
def collection_task(name: str, uploads: tuple[Upload, ...], split: str | None) -> RetrievalTask:
    """Return the retrieval task of a collection laid out as BEIR's are.

    Raises:
        InputError: Files are missing or cannot be used; names all that is wrong.
    """
    from embfilter_core.data.beir import read_beir

    return read_beir(name, uploaded_collection(uploads), split)


def forget() -> None:
    """Let go of what was read of files: one was removed, and files that are still there are read again when needed."""
    for kept in (uploaded_table, uploaded_collection, collection_task):
        kept.clear()


@st.cache_resource(max_entries=8, show_spinner=False)
def hub_task(dataset_id: str) -> Task:
    """Return a data set of the hub catalogue.

    Raises:
        InputError: The hub or the data set cannot be reached, or cannot be used.
    """
    from embfilter_core.data.hub_datasets import HUB_DATASETS, load_hub_dataset

    return load_hub_dataset(HUB_DATASETS[dataset_id])


@st.cache_resource(max_entries=16, show_spinner=False)
def hub_tables(repo: str) -> HubTables:
    """Return the tables of any data set of the hub.

    Raises:
        InputError: The hub cannot be reached, has no such data set, or has no Parquet of it.
    """
    from embfilter_core.data.hub_tables import find_hub_tables

    return find_hub_tables(repo)


@st.cache_resource(hash_funcs=KEYS, max_entries=8, show_spinner=False)
def hub_table(tables: HubTables, config: str, split: str) -> HubTable:
    """Return one table of a data set of the hub, at most 20,000 rows of it.

    Raises:
        InputError: It is too large, or cannot be fetched or read.
    """
    from embfilter_core.data.corpora import MAX_TEXTS

    return tables.read(config, split, MAX_TEXTS)
