"""Files and data sets of the hub that were read, so that a rerun does not read them again."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from embfilter_core.data.hub_tables import HubTable, HubTables
    from embfilter_core.data.tables.read_table import UploadedTable
    from embfilter_core.quality.measuring import Task


def uploaded_table(name: str, data: bytes, delimiter: str | None, encoding: str | None) -> UploadedTable:
    """The table in an uploaded file.

    Raises:
        InputError: The file cannot be read; says what is wrong with it.
    """
    return _uploaded_table(hashlib.sha256(data).hexdigest(), name, delimiter, encoding, data)


@st.cache_resource(max_entries=8, show_spinner="Reading the file ...")
def _uploaded_table(digest: str, name: str, delimiter: str | None, encoding: str | None, _data: bytes) -> UploadedTable:
    from embfilter_core.data.tables.read_table import read_table

    return read_table(name, _data, delimiter, encoding)


@st.cache_resource(max_entries=8, show_spinner=False)
def hub_task(dataset_id: str) -> Task:
    """A data set of the hub catalogue.

    Raises:
        InputError: The hub or the data set cannot be reached, or cannot be used.
    """
    from embfilter_core.data.hub_datasets import HUB_DATASETS, load_hub_dataset

    return load_hub_dataset(HUB_DATASETS[dataset_id])


@st.cache_resource(max_entries=16, show_spinner=False)
def hub_tables(repo: str) -> HubTables:
    """The tables of any data set of the hub.

    Raises:
        InputError: The hub cannot be reached, has no such data set, or has no Parquet of it.
    """
    from embfilter_core.data.hub_tables import find_hub_tables

    return find_hub_tables(repo)


def hub_table(tables: HubTables, config: str, split: str) -> HubTable:
    """One table of a data set of the hub, at most 20,000 rows of it.

    Raises:
        InputError: It is too large, or cannot be fetched or read.
    """
    return _hub_table(tables.repo, tables.revision, config, split, tables)


@st.cache_resource(max_entries=8, show_spinner=False)
def _hub_table(repo: str, revision: str, config: str, split: str, _tables: HubTables) -> HubTable:
    from embfilter_core.data.corpora import MAX_TEXTS

    return _tables.read(config, split, MAX_TEXTS)
