"""The session file: everything that defines a screen, so that it opens to the same screen on another server.

A file that is newer, too large or of another shape is refused as a whole, before anything is changed. Uploads stand
in it by name and SHA-256, and are asked for again. A run of Choose rank stands in it with its numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from embfilter_core import __version__
from embfilter_core.errors import InputError
from embfilter_core.storage.visit import Visit
from pages.frame.controls import CONTROLS, LONGEST_TEXT, TEXT
from pages.frame.measured_runs import OpenedRun, Run
from pages.frame.old_links import OLD_VERSIONS, VERSION
from pages.frame.share import screen
from pages.frame.visit.texts import TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping

KIND, FLAT, NOW = "embedfilter-session", "5", "6"
"""Older versions hold the controls and the text alone, all on one level."""
LARGEST = 8_000_000
MOST_CHARACTERS = 4_000_000
"""Of the texts together; the longest are left out beyond."""
LONGEST_PAGE = 40
PARTS = {"kind", VERSION, "app", "page", "controls", "visit", "screen", "run"}


@dataclass(frozen=True, eq=False)
class Session:
    """What a session file holds.

    Attributes:
        page: Name of the page, or empty.
        controls: Values by name, as the file has them.
        version: Of their names.
        visit: Texts, files and choices.
        screen: What else the session is to hold, by key.
        run: A run of Choose rank, or None.
        is_whole: Whether all of a screen is in it; an old file holds controls and a text alone.
    """

    page: str
    controls: Mapping[str, Any]
    version: object
    visit: Visit
    screen: Mapping[str, Any]
    run: OpenedRun | None
    is_whole: bool


def writer(
    page: str, controls: Mapping[str, Any], visit: Visit, shown: Mapping[str, Any], run: Callable[[], Run | None]
) -> Callable[[], str]:
    """Return what writes the file once it is asked for: a run takes a moment to be made a record of.

    Args:
        page: Name of the page.
        controls: Values by key.
        visit: Texts, files and choices.
        shown: As `screen.snapshot` gives it.
        run: Finds a whole run of Choose rank, or None.
    """

    def write() -> str:
        parts = {"kind": KIND, VERSION: NOW, "app": __version__, "page": page, "controls": dict(controls)}
        held = {"visit": within_limit(visit).to_json(), "screen": dict(shown), "run": _written_run(run())}
        return json.dumps({**parts, **held}, ensure_ascii=False, indent=1)

    return write


def within_limit(visit: Visit) -> Visit:
    """Return a visit whose texts are not too long together: without the longest, where they are."""
    is_short = sum(map(len, visit.texts.values())) <= MOST_CHARACTERS
    return visit if is_short else within_limit(visit.without_longest_text())


def read(name: str, content: bytes) -> Session:
    """Return what a session file holds.

    Raises:
        InputError: It is none, is newer, or holds what no session file does.
    """
    if len(content) > LARGEST:
        raise InputError(f"{name} is larger than {LARGEST:,} bytes and cannot be a session file.")
    found = _json(name, content)
    version = found.get(VERSION, FLAT)
    if version in (*OLD_VERSIONS, FLAT):
        text = found.get(TEXT)
        visit = Visit({TEXT: text[:LONGEST_TEXT]} if isinstance(text, str) else {})
        return Session("", found, found.get(VERSION), visit, {}, None, is_whole=False)
    if version != NOW:
        raise _refused(name, f"is of version {str(version)[:20]}, and this app reads versions 1 to {NOW}")
    return _whole(name, found)


def _json(name: str, content: bytes) -> dict[str, Any]:
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no number")

    try:
        found = json.loads(content.decode("utf-8"), parse_constant=refuse)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("kind") != KIND:
        raise _refused(name, "is not a session file of this app")
    return found


def _whole(name: str, found: dict[str, Any]) -> Session:
    foreign = sorted(found.keys() - PARTS) or sorted(_controls(name, found).keys() - CONTROLS.keys())
    if foreign:
        raise _refused(name, f"holds {foreign[0][:60]!r}, which is nothing that this app knows")
    if found.keys() != PARTS or not isinstance(found["page"], str) or len(found["page"]) > LONGEST_PAGE:
        raise _refused(name, "lacks a part of a session file")
    for part, read_part in (("visit", _visit), ("screen", screen.read), ("run", _run)):
        try:
            found[part] = read_part(found[part])
        except ValueError as problem:
            raise _refused(name, f"has in {part!r} {problem}") from problem
    controls, visit = found["controls"], found["visit"]
    followed = found["screen"].get(screen.FOLLOWED_FOR)
    if followed is not None:
        text = visit.texts.get(TEXT, TEXTS[TEXT].usual())
        found["screen"][screen.FOLLOWED_FOR] = (followed[0], text)
    return Session(found["page"], controls, NOW, visit, found["screen"], found["run"], is_whole=True)


def _controls(name: str, found: dict[str, Any]) -> dict[str, Any]:
    """The values of the controls, which are all of a kind that some control has."""
    controls = found.get("controls")
    if not isinstance(controls, dict):
        raise _refused(name, "lacks the controls of a session file")
    for key, value in controls.items():
        is_list = isinstance(value, list) and all(isinstance(one, str) for one in value)
        if not (is_list or value is None or isinstance(value, (bool, int, str))):
            raise _refused(name, f"has for {key[:60]!r} a value of a kind that no control has")
    return controls


def _visit(written: object) -> Visit:
    visit = Visit.from_json(written)
    too_long = [key for key, text in visit.texts.items() if key not in TEXTS or len(text) > TEXTS[key].longest]
    if too_long:
        raise ValueError("a text of no box, or one that is too long")
    return visit


def _written_run(run: Run | None) -> dict[str, Any] | None:
    from embfilter_core.stored.record import to_json

    if run is None:
        return None
    return {"fingerprint": run.fingerprint, "record": json.loads(to_json(run.record()))}


def _run(written: object) -> OpenedRun | None:
    from embfilter_core.stored.foreign import read_foreign

    match written:
        case None:
            return None
        case {"fingerprint": str(fingerprint), "record": record, **more} if not more and len(fingerprint) <= 64:
            return OpenedRun(read_foreign(record), fingerprint)
    raise ValueError("a run that is none")


def _refused(name: str, why: str) -> InputError:
    return InputError(f"{name} {why}.", "Nothing was changed.")
