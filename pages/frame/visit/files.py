"""The files of a visit, by the place that they were given for; a content is there once, by its SHA-256.

A file without its content was given before a reload of a hosted app, or its content
left the disk: it is known by name, and its choices wait for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import InputError
from embfilter_core.storage.visit import LONGEST_NAME, KeptFile
from embfilter_core.storage.visit_store import visit_store
from pages.cached import uploads
from pages.cached.uploads import Upload
from pages.frame import hosting
from pages.frame.visit import choices

if TYPE_CHECKING:
    Forget = Callable[[frozenset[str]], None]

FILES, CONTENTS, MADE = "visit_files", "visit_contents", "visit_made"
CORPUS = "corpus"
"""The place for a corpus."""
_FORGET: list[Forget] = []


def when_removed(forget: Forget) -> Forget:
    """Let a function forget what the session holds of corpora and tasks, by their ids, when their files are removed."""
    _FORGET.append(forget)
    return forget


def made(place: str, made_id: str) -> None:
    """Remember what was made of the files in a place: the id of a corpus or a task."""
    st.session_state.setdefault(MADE, {}).setdefault(place, set()).add(made_id)


def file_of(name: str, content: bytes) -> KeptFile:
    """Return what tells a file from others."""
    return KeptFile(name[-LONGEST_NAME:], hashlib.sha256(content).hexdigest(), len(content))


def together(files: Iterable[KeptFile | Upload]) -> str:
    """Return what choices for several files together are about; of one file, its SHA-256."""
    digests = [file.sha256 for file in files]
    return digests[0] if len(digests) == 1 else hashlib.sha256(" ".join(sorted(digests)).encode()).hexdigest()


def all_files() -> dict[str, tuple[KeptFile, ...]]:
    """Return the files by place."""
    found: dict[str, tuple[KeptFile, ...]] = st.session_state.setdefault(FILES, {})
    return found


def all_contents() -> dict[str, bytes]:
    """Return the contents that the session holds, by their SHA-256."""
    found: dict[str, bytes] = st.session_state.setdefault(CONTENTS, {})
    return found


def is_here(file: KeptFile) -> bool:
    """Return whether the content of a file is there."""
    return file.sha256 in all_contents() or (not hosting.is_hosted() and visit_store().has_content(file.sha256))


def upload_of(file: KeptFile) -> Upload:
    """Return a file with its content, which is read once it is needed."""
    return Upload(file.name, file.sha256, lambda: _content(file))


def give(place: str, files: Iterable[KeptFile], contents: Mapping[str, bytes]) -> None:
    """Put files into a place instead of those that are there, with the contents that are new."""
    before = all_files().get(place, ())
    all_contents().update(contents)
    _put(place, tuple(files), before)


def remove(place: str, file: KeptFile) -> None:
    """Remove a file from a place, and all that was chosen for it and made of it."""
    before = all_files().get(place, ())
    if len(before) > 1:
        choices.forget(together(before))
    _put(place, tuple(other for other in before if other != file), before)
    if not any(file.sha256 == other.sha256 for files in all_files().values() for other in files):
        choices.forget(file.sha256)


def restore(files: Mapping[str, tuple[KeptFile, ...]]) -> None:
    """Take over files that were kept."""
    st.session_state[FILES] = dict(files)


def _put(place: str, files: tuple[KeptFile, ...], before: tuple[KeptFile, ...]) -> None:
    if files:
        all_files()[place] = files
    else:
        all_files().pop(place, None)
    held = {file.sha256 for given in all_files().values() for file in given}
    for sha256 in {file.sha256 for file in before} - held:
        all_contents().pop(sha256, None)
    gone = frozenset(st.session_state.setdefault(MADE, {}).pop(place, ()))
    if before:
        uploads.forget()
        for forget in _FORGET:
            forget(gone)


def _content(file: KeptFile) -> bytes:
    contents = all_contents()
    if file.sha256 not in contents:
        kept = None if hosting.is_hosted() else visit_store().content(file.sha256)
        if kept is None:
            raise InputError(f"{file.name} is not kept any more.", "Choose it again.")
        contents[file.sha256] = kept
    return contents[file.sha256]
