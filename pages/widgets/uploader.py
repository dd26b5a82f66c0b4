"""Files that a visitor gives: an uploader while there is none, then a line for each, which takes it away again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import InputError
from embfilter_core.number_format import format_file_size
from pages.frame import hosting, messages
from pages.frame.visit import files

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from embfilter_core.storage.visit import KeptFile
    from pages.cached.uploads import Upload

Merge = Callable[[tuple["KeptFile", ...], tuple["KeptFile", ...]], tuple["KeptFile", ...]]
"""From the files that are there and those that come to the files that are there then."""
TURN, SAID = "uploader_turn", "uploader_said"


def same_name(there: tuple[KeptFile, ...], come: tuple[KeptFile, ...]) -> tuple[KeptFile, ...]:
    """Add files to others; one of the same name takes the other's place."""
    return tuple({file.name: file for file in (*there, *come)}.values())


@dataclass(frozen=True)
class Place:
    """A place for files.

    Attributes:
        key: Its name, in the session and among what a visit keeps.
        label: What is asked for.
        endings: Of the names of files that are taken, such as `.csv`.
        about: What may be given, for its help.
        merge: How files come together there; None where one file takes the place of the other.
        check: Raises InputError for files that are too many or too large together, given their sizes.
        most_megabytes: Size of the largest file; by default that of a table.
    """

    key: str
    label: str
    endings: Collection[str]
    about: str
    merge: Merge | None = None
    check: Callable[[Sequence[int]], None] = lambda sizes: None
    most_megabytes: int | None = None

    def one(self) -> Given | None:
        """Draw the place; return the file in it.

        Raises:
            InputError: What was given last was not taken.
        """
        given = self.several()
        return given[0] if given else None

    def several(self) -> tuple[Given, ...]:
        """Draw the place; return the files in it, as `one` does."""
        there = files.all_files().get(self.key, ())
        here = [files.is_here(file) for file in there]
        given = []
        for number, file in enumerate(there):
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{self.key}_{number}"):
                if not here[number]:
                    self._say_gone(number, file)
                    continue
                given.append(self._say_given(number, file))
                if number == 0 and all(here):
                    self._draw_uploader_for_others()
        if not there or not all(here):
            self._draw_uploader()
        said = st.session_state.get(SAID, {}).get(self.key)
        if isinstance(said, InputError):
            raise said
        if said:
            messages.note(said)
        return tuple(given)

    def _say_given(self, number: int, file: KeptFile) -> Given:
        given = Given(files.upload_of(file), file.size, st.empty())
        given.say()
        self._remove_button(number, file, "Remove")
        return given

    def _say_gone(self, number: int, file: KeptFile) -> None:
        said = f"{messages.literal(file.name)} was here; choose it again, and what was chosen for it is back."
        st.caption(said, width="content")
        self._remove_button(number, file, "Forget")

    def _draw_uploader_for_others(self) -> None:
        label = "Add files" if self.merge else "Replace"
        with st.popover(label, type="tertiary", key=f"{self.key}_popover_{self._turn()}"):
            self._draw_uploader()

    def _remove_button(self, number: int, file: KeptFile, label: str) -> None:
        st.button(
            label,
            key=f"{self.key}_remove_{number}",
            icon=":material/close:",
            type="tertiary",
            on_click=self._remove,
            args=(file,),
            help="Takes the file away, with what was chosen for it and made of it.",
        )

    def _draw_uploader(self) -> None:
        key = f"{self.key}_file_{self._turn()}"
        st.file_uploader(
            self.label,
            type=[ending.removeprefix(".") for ending in self.endings],
            accept_multiple_files=self.merge is not None,
            key=key,
            max_upload_size=self.most_megabytes or hosting.most_megabytes(),
            help=self.about,
            on_change=self._take,
            args=(key,),
        )

    def _take(self, key: str) -> None:
        """Take what was given out of the uploader, which is drawn empty from now on."""
        value: UploadedFile | list[UploadedFile] | None = st.session_state[key]
        given = value if isinstance(value, list) else [value] if value is not None else []
        if not given:
            return
        self._next_turn()
        contents = [(file.name, file.getvalue()) for file in given]
        come = tuple(files.file_of(name, content) for name, content in contents)
        there = files.all_files().get(self.key, ())
        after = self.merge(there, come) if self.merge else come
        try:
            self.check([file.size for file in after])
        except InputError as problem:
            self._say(problem)
            return
        self._say(_about_others(there, come))
        files.give(self.key, after, {file.sha256: content for file, (_, content) in zip(come, contents, strict=True)})

    def _remove(self, file: KeptFile) -> None:
        self._say(None)
        files.remove(self.key, file)

    def _say(self, said: str | InputError | None) -> None:
        st.session_state.setdefault(SAID, {})[self.key] = said

    def _turn(self) -> int:
        turn: int = st.session_state.get(TURN, {}).get(self.key, 0)
        return turn

    def _next_turn(self) -> None:
        st.session_state.setdefault(TURN, {})[self.key] = self._turn() + 1


@dataclass(frozen=True)
class Given:
    """A file that was given, its size in bytes, and where the page says so."""

    upload: Upload
    size: int
    place: DeltaGenerator

    def say(self, more: str = "") -> None:
        """Say what was given, and what else is known of it now."""
        facts = [f"**{messages.literal(self.upload.name)}**", format_file_size(self.size), *filter(None, [more])]
        self.place.markdown(" · ".join(facts), width="content")


def _about_others(there: tuple[KeptFile, ...], come: tuple[KeptFile, ...]) -> str | None:
    """What is to be said where a file was asked for again and another came."""
    awaited = [file for file in there if not files.is_here(file)]
    known = {file.sha256 for file in there}
    for file in come:
        if file.sha256 in known:
            continue
        for other in awaited:
            if other.name == file.name or len(awaited) == 1:
                return f"{file.name} is another file than the {other.name} that was here: its columns are chosen anew."
    return None
