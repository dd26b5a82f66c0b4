"""Tables from elsewhere: an uploaded file, or a data set of the hub; both end as rows and columns to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from embfilter_core.data.tables.archive import ZIP
from embfilter_core.data.tables.delimiters import DELIMITERS
from embfilter_core.data.tables.formats import FORMAT_NAMES, FORMATS
from embfilter_core.data.tables.text_encoding import USUAL_ENCODINGS
from embfilter_core.errors import InputError
from embfilter_core.jobs.job import ELSEWHERE
from embfilter_core.jobs.job import Task as Job
from embfilter_core.number_format import format_count
from pages.cached import uploads
from pages.frame import hosting
from pages.frame.jobs.results import wanted
from pages.frame.page_controls import HUB
from pages.frame.visit import choices
from pages.widgets import file_choice
from pages.widgets.uploader import Place, same_name

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from embfilter_core.data.tasks import Task
    from embfilter_core.storage.visit import KeptFile
    from pages.cached.uploads import Upload

Made = TypeVar("Made")
DETECT = "detect"
MOST_TOGETHER = 20
MOST_FULL = 3
"""Files of the largest size among those that are given together: as many as one by one."""
FETCHED = "fetched"


@dataclass(frozen=True, eq=False)
class NamedTable:
    """A table.

    Attributes:
        name: Its name for people.
        about: What tells it from others, for choices: the SHA-256 of its file, or its place on the hub.
        frame: Its rows.
        notes: What was left out or changed while it was read.
        read_as: How its file was read, where it is another way than what is found by default.
    """

    name: str
    about: str
    frame: pd.DataFrame
    notes: tuple[str, ...]
    read_as: Mapping[str, str] = field(default_factory=dict)


def uploaded(label: str, key: str) -> NamedTable | None:
    """Draw a place for a file; returns the table in it.

    Raises:
        InputError: The file cannot be read; says what is wrong with it.
    """
    given = Place(key, label, FORMATS, f"{FORMAT_NAMES}; TXT is one text a line.").one()
    if given is None:
        return None
    upload = given.upload
    with st.container(horizontal=True, gap="medium"):
        delimiter = _of_file(upload, "delimiter", "Delimiter", [DETECT, *DELIMITERS.values()], DETECT, key, 140)
        encoding = _of_file(upload, "encoding", "Encoding", [DETECT, *USUAL_ENCODINGS], DETECT, key, 140)
    separator = next((mark for mark, called in DELIMITERS.items() if called == delimiter), None)
    sheet, how = None, (separator, None if encoding == DETECT else encoding)
    table = uploads.uploaded_table(upload, *how)
    if len(table.sheets) > 1:
        sheet = _of_file(upload, "sheet", "Sheet", table.sheets, table.sheets[0], key, 260)
        table = uploads.uploaded_table(upload, *how, sheet)
    given.say(format_count(len(table.frame), "row"))
    chosen = zip(("delimiter", "encoding", "sheet"), (*how, sheet), strict=True)
    read_as = {role: value for role, value in chosen if value is not None}
    return NamedTable(upload.name, upload.sha256, table.frame, table.notes, read_as)


def _of_file(upload: Upload, role: str, label: str, options: Sequence[str], usual: str, key: str, width: int) -> str:
    """How a file is read: the same wherever it is given."""
    return file_choice.draw(upload.sha256, role, label, options, usual, f"{key}_{role}", width)


def uploaded_together(label: str, key: str, about: str) -> tuple[Upload, ...]:
    """Draw a place for several files or an archive; returns them.

    Raises:
        InputError: They are too many, or too large together.
    """
    place = Place(key, label, (*FORMATS, ZIP), about, _merge, _check_together)
    return tuple(given.upload for given in place.several())


def _merge(there: tuple[KeptFile, ...], come: tuple[KeptFile, ...]) -> tuple[KeptFile, ...]:
    """Files come together by their names; an archive is a whole collection, which takes the place of all."""
    whole = any(file.name.lower().endswith(ZIP) for file in (*there, *come))
    return come if whole else same_name(there, come)


def _check_together(sizes: Sequence[int]) -> None:
    if len(sizes) > MOST_TOGETHER:
        raise InputError(f"{len(sizes)} files are given; the limit is {MOST_TOGETHER}.", "Give those that are needed.")
    most = MOST_FULL * hosting.most_megabytes()
    if sum(sizes) > most * 1_000_000:
        raise InputError(f"The files have more than {most} MB together, the limit.", "Give those that are needed.")


def from_hub(key: str) -> Task | NamedTable | None:
    """Draw the choice of a data set of the hub; returns a task of the catalogue, or a table of another data set.

    Raises:
        InputError: The hub or the data set cannot be reached, or cannot be used.
        NotYet: It is being fetched.
    """
    from embfilter_core.data.hub_datasets import HUB_DATASETS

    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name = HUB.draw(accept_new_options=not hosting.is_hosted())
        about = f"hub {name}"
        st.button(
            "Fetch",
            key=f"{key}_fetch",
            icon=":material/download:",
            on_click=lambda: choices.choose(about, FETCHED, "yes"),
        )
    if choices.chosen(about, FETCHED) is None:
        st.caption("Not fetched yet: it takes a network.")
        return None
    if name in HUB_DATASETS:
        return _fetched(name, lambda: uploads.hub_task(name))
    hosting.check_hub_dataset(name)
    tables = _fetched(f"what there is of {name}", lambda: uploads.hub_tables(name))
    written = {"/".join(names): names for names in sorted(tables.files)}
    chosen = file_choice.draw(
        about, "table", "Table", list(written), next(iter(written)), f"{key}_table", 320, "Configuration and split."
    )
    table = _fetched(f"{name} ({chosen})", lambda: uploads.hub_table(tables, *written[chosen]))
    return NamedTable(f"{name} ({chosen})", f"{about} {chosen}", table.frame, table.notes)


def _fetched(what: str, fetch: Callable[[], Made]) -> Made:
    """Return what is fetched by a job, which goes on while the visitor does something else."""
    return wanted(Job("hub", (what,), f"Fetching {what}", lambda _: fetch(), ELSEWHERE))
