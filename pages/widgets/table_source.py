"""Tables from elsewhere: an uploaded file, or a data set of the hub; both end as rows and columns to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.data.tables.archive import ZIP
from embfilter_core.data.tables.delimiters import DELIMITERS
from embfilter_core.data.tables.formats import FORMAT_NAMES, FORMATS
from embfilter_core.data.tables.text_encoding import USUAL_ENCODINGS
from embfilter_core.errors import InputError
from pages.cached import uploads
from pages.frame import hosting, messages
from pages.frame.page_controls import HUB

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.data.tasks import Task

DETECT = "detect"
MOST_TOGETHER = 20
MOST_FULL = 3
"""Files of the largest size among those that are given together: as many as one by one."""


@dataclass(frozen=True, eq=False)
class NamedTable:
    """A table: its `name`, its `frame`, and `notes` on what was left out or changed while it was read."""

    name: str
    frame: pd.DataFrame
    notes: tuple[str, ...]


def uploaded(label: str, key: str) -> NamedTable | None:
    """Draw an uploader; returns the table in the file, which is remembered while the session lasts.

    Raises:
        InputError: The file cannot be read; says what is wrong with it.
    """
    file = st.file_uploader(
        label,
        type=[ending.removeprefix(".") for ending in FORMATS],
        key=f"{key}_file",
        max_upload_size=hosting.most_megabytes(),
        help=f"{FORMAT_NAMES}; TXT is one text a line.",
    )
    kept = f"uploaded_{key}"
    if file is not None:
        st.session_state[kept] = (file.name, file.getvalue())
    if kept not in st.session_state:
        return None
    name, data = st.session_state[kept]
    if file is None:
        st.caption(f"{messages.literal(name)}, uploaded before.")
    with st.container(horizontal=True, gap="medium"):
        delimiter = st.selectbox("Delimiter", [DETECT, *DELIMITERS.values()], key=f"{key}_delimiter", width=140)
        encoding = st.selectbox("Encoding", [DETECT, *USUAL_ENCODINGS], key=f"{key}_encoding", width=140)
    separator = next((mark for mark, called in DELIMITERS.items() if called == delimiter), None)
    how = name, data, separator, None if encoding == DETECT else encoding
    table = uploads.uploaded_table(*how)
    if len(table.sheets) > 1:
        sheet = st.selectbox("Sheet", table.sheets, key=f"{key}_sheet_{name}", width=260)
        table = uploads.uploaded_table(*how, sheet)
    return NamedTable(name, table.frame, table.notes)


def uploaded_together(label: str, key: str, about: str) -> tuple[tuple[str, bytes], ...]:
    """Draw an uploader of several files or an archive; returns name and content of each, remembered as in `uploaded`.

    Raises:
        InputError: They are too many, or too large together.
    """
    files = st.file_uploader(
        label,
        type=[ending.removeprefix(".") for ending in (*FORMATS, ZIP)],
        accept_multiple_files=True,
        key=f"{key}_files",
        max_upload_size=hosting.most_megabytes(),
        help=about,
    )
    kept = f"uploaded_{key}"
    if len(files) > MOST_TOGETHER:
        raise InputError(f"{len(files)} files are given; the limit is {MOST_TOGETHER}.", "Give those that are needed.")
    most = MOST_FULL * hosting.most_megabytes()
    if sum(file.size for file in files) > most * 1_000_000:
        raise InputError(f"The files have more than {most} MB together, the limit.", "Give those that are needed.")
    if files:
        st.session_state[kept] = tuple((file.name, file.getvalue()) for file in files)
    given: tuple[tuple[str, bytes], ...] = st.session_state.get(kept, ())
    if given and not files:
        names = ", ".join(messages.literal(name) for name, _ in given)
        st.caption(f"{names}, uploaded before.")
        if st.button("Forget them", key=f"{key}_forget"):
            del st.session_state[kept]
            st.rerun()
    return given


def from_hub(key: str) -> Task | NamedTable | None:
    """Draw the choice of a data set of the hub; returns a task of the catalogue, or a table of another data set.

    Raises:
        InputError: The hub or the data set cannot be reached, or cannot be used.
    """
    from embfilter_core.data.hub_datasets import HUB_DATASETS

    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name = HUB.draw(accept_new_options=not hosting.is_hosted())
        if st.button("Fetch", key=f"{key}_fetch", icon=":material/download:"):
            st.session_state[f"{key}_fetched"] = name
    if st.session_state.get(f"{key}_fetched") != name:
        st.caption("Not fetched yet: it takes a network.")
        return None
    with st.spinner(f"Fetching {messages.literal(name)} ...", show_time=True):
        if name in HUB_DATASETS:
            return uploads.hub_task(name)
        hosting.check_hub_dataset(name)
        tables = uploads.hub_tables(name)
    written = {"/".join(names): names for names in sorted(tables.files)}
    chosen = st.selectbox("Table", list(written), key=f"{key}_table", help="Configuration and split.")
    with st.spinner(f"Fetching {messages.literal(chosen)} ...", show_time=True):
        table = uploads.hub_table(tables, *written[chosen])
    return NamedTable(f"{name} ({chosen})", table.frame, table.notes)
