"""Files and data sets that were read, so that a rerun does not read them again."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from embfilter_core.data.uploads import UploadedTable


def uploaded_table(name: str, data: bytes, delimiter: str | None, encoding: str | None) -> UploadedTable:
    """The table in an uploaded file.

    Raises:
        InputError: The file cannot be read; says what is wrong with it.
    """
    return _uploaded_table(hashlib.sha256(data).hexdigest(), name, delimiter, encoding, data)


@st.cache_resource(max_entries=8, show_spinner="Reading the file ...")
def _uploaded_table(digest: str, name: str, delimiter: str | None, encoding: str | None, _data: bytes) -> UploadedTable:
    from embfilter_core.data.uploads import read_table

    return read_table(name, _data, delimiter, encoding)
