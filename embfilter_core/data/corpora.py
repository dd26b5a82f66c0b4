"""Texts to work on: the Lee news corpus, a demo set of twelve topics, and whatever is pasted."""

import csv
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from embfilter_core.assets.places import lee_file
from embfilter_core.errors import AssetError, InputError
from embfilter_core.number_format import format_megabytes

LEE_SOURCE = "Lee, Pincombe & Welsh (2005), An empirical evaluation of models of text document similarity"
LEE_BACKGROUND = "Lee news, 300 documents"
DEMO_SOURCE = "Written for this project, not a benchmark"
DEMO_FOLDER = Path(__file__).parent / "demo"

MAX_TEXTS = 20_000
MAX_BYTES = 20_000_000
MAX_CHARACTERS = 100_000
"""Of one text."""

Loaded = TypeVar("Loaded")


@dataclass(frozen=True)
class Corpus:
    """A named list of texts.

    Attributes:
        id: Short name, used for files kept on disk; made from the texts where they are not built in.
        name: Name for people.
        texts: The texts.
        source: Where they come from.
        labels: The class of each text, where they have classes.
        demo: Whether it was written for this project, so that no score on it is a benchmark.
        notes: What was left out or changed while the texts were read, a sentence each.
        ids: The id that was written beside each text, where there was one.
        rows: The row of each text in its file, from 1, where they come from a file.
    """

    id: str
    name: str
    texts: tuple[str, ...]
    source: str
    labels: tuple[str, ...] | None = None
    demo: bool = False
    notes: tuple[str, ...] = ()
    ids: tuple[str, ...] | None = None
    rows: tuple[int, ...] | None = None

    def __len__(self) -> int:
        return len(self.texts)

    def origin(self, position: int) -> str:
        """Return where a text stood, such as `id d7, row 12`; nothing where that is not known."""
        named = [] if self.ids is None or not self.ids[position] else [f"id {self.ids[position]}"]
        return ", ".join(named if self.rows is None else [*named, f"row {self.rows[position]:,}"])


@dataclass(frozen=True)
class BuiltIn(Generic[Loaded]):
    """What comes with the app: its `id`, what it is in a line (`description`), and what reads it (`load`)."""

    id: str
    description: str
    load: Callable[[], Loaded]


@lru_cache(maxsize=1)
def lee_background() -> Corpus:
    """Return the 300 background documents of the Lee news corpus.

    Raises:
        AssetError: The offline assets are not installed.
    """
    return Corpus("lee-background", LEE_BACKGROUND, _lines("lee_background.cor", 300), LEE_SOURCE)


@lru_cache(maxsize=1)
def lee_50() -> Corpus:
    """Return the 50 documents of the Lee news corpus that people compared.

    Raises:
        AssetError: The offline assets are not installed.
    """
    return Corpus("lee-50", "Lee news, 50 judged documents", _lines("lee.cor", 50), LEE_SOURCE)


def lee_50_similarities() -> np.ndarray:
    """Return the human similarity of all pairs of `lee_50`, (50, 50) float64 from 0 to 1, symmetric, 1 on the diagonal.

    Raises:
        AssetError: The offline assets are not installed.
    """
    upper = np.triu(np.loadtxt(lee_file("similarities0-1.txt")), k=1)
    return upper + upper.T + np.eye(len(upper))


@lru_cache(maxsize=1)
def topics() -> Corpus:
    """Return twelve topics with ten short sentences each, labelled with their topic; a demo set."""
    rows = demo_rows("topics.tsv")
    return Corpus(
        "topics",
        "Twelve topics, 120 sentences (demo)",
        tuple(row["text"] for row in rows),
        DEMO_SOURCE,
        labels=tuple(row["label"] for row in rows),
        demo=True,
    )


BUILT_IN: dict[str, BuiltIn[Corpus]] = {
    entry.id: entry
    for entry in (
        BuiltIn("lee-background", "300 news documents (Lee, Pincombe & Welsh 2005)", lee_background),
        BuiltIn("lee-50", "50 news documents whose similarity people judged (the same source)", lee_50),
        BuiltIn("topics", "12 topics with 10 sentences each, written for this app as a demo", topics),
    )
}
"""Every corpus that comes with the app, by its id."""


def pasted(text: str) -> Corpus:
    """Return a corpus of pasted text, one text a line; empty lines are left out.

    Raises:
        InputError: There is no text, or more than the limits allow.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    texts = tuple(line.strip() for line in lines if line.strip())
    if not texts:
        raise InputError("There is no text.", "Paste one text a line.")
    return corpus_of(texts, "Pasted texts", "Pasted, one text a line")


def corpus_of(
    texts: Sequence[str],
    name: str,
    source: str,
    labels: Sequence[str] | None = None,
    notes: Sequence[str] = (),
    ids: Sequence[str] | None = None,
    rows: Sequence[int] | None = None,
) -> Corpus:
    """Return a corpus of texts that are not built in, its id made from them and from where they stood.

    Raises:
        InputError: The texts are more, larger or longer than the limits allow.
    """
    check_limits(texts)
    return Corpus(
        content_id(texts) if ids is None and rows is None else content_id(texts, ids, rows),
        name,
        tuple(texts),
        source,
        None if labels is None else tuple(labels),
        notes=tuple(notes),
        ids=None if ids is None else tuple(ids),
        rows=None if rows is None else tuple(rows),
    )


def content_id(*parts: object) -> str:
    """Return an id made from what it names: equal for equal texts (or other JSON-able parts), whatever their file."""
    return f"upload-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]}"


def check_limits(texts: Sequence[str]) -> None:
    """Refuse texts that are too many, too long or too large in all.

    Raises:
        InputError: Names the number and the limit.
    """
    if len(texts) > MAX_TEXTS:
        raise InputError(f"There are {len(texts):,} texts; the limit is {MAX_TEXTS:,}.", "Use a sample of them.")
    for number, text in enumerate(texts, start=1):
        if len(text) > MAX_CHARACTERS:
            raise InputError(
                f"Text {number} has {len(text):,} characters; the limit is {MAX_CHARACTERS:,}.", "Cut it into parts."
            )
    size = sum(len(text.encode("utf-8", "replace")) for text in texts)
    if size > MAX_BYTES:
        raise InputError(
            f"The texts have {format_megabytes(size, 1)} in all; the limit is {format_megabytes(MAX_BYTES)}.",
            "Use a part of them.",
        )


def demo_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the demo files, by column."""
    with (DEMO_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _lines(name: str, expected: int) -> tuple[str, ...]:
    lines = tuple(line for line in lee_file(name).read_text("latin-1").split("\n") if line.strip())
    if len(lines) != expected:
        raise AssetError(
            f"{name} has {len(lines)} documents, not {expected}.", "Run `python -m embfilter_core assets`."
        )
    return lines
