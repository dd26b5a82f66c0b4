"""The page as one file of HTML: data compressed, every text escaped, and a policy that lets nothing else in or out."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from embfilter_core import __version__
from embfilter_core.errors import EmbFilterError, InputError
from embfilter_core.handout.facts import APP, words
from embfilter_core.instrument import browser
from embfilter_core.instrument.look import LOOK, TERMS
from embfilter_core.number_format import format_megabytes

HERE = Path(__file__).parent
MOST_VIEWS = 24
"""Texts times backbones of a page."""
MOST_BYTES = 12_000_000
LONGEST_NAME = 70
"""Characters of a text in the list to choose from."""
RAW_DEFLATE = -15


@dataclass(frozen=True)
class Written:
    """What is written around the instrument, as plain text.

    Attributes:
        title: The title.
        notes: Paragraphs below it.
        facts: Names and values of what made each part.
        sources: What it rests on.
    """

    title: str
    notes: Sequence[str]
    facts: Sequence[Sequence[tuple[str, str]]]
    sources: Sequence[str]


def handout_page(written: Written, texts: Sequence[str], parts: Sequence[dict[str, Any]]) -> str:
    """Return the page.

    Args:
        written: What stands around the instrument.
        texts: The texts, in the order of the views.
        parts: Of each backbone, as `part_data` gives it.

    Raises:
        InputError: It would be larger than a page may be.
    """
    names = [" ".join(text.split())[:LONGEST_NAME] for text in texts]
    data = {"texts": list(texts), "names": names, "parts": list(parts), "look": LOOK}
    script = browser.script() + "\n" + (HERE / "page.js").read_text("utf-8")
    style, look = (HERE / "page.css").read_text("utf-8"), browser.look()
    page = Template((HERE / "page.html").read_text("utf-8")).substitute(
        policy=_policy(script, (style, look)),
        generator=f"{APP} {__version__}",
        title=escape(written.title),
        style=style,
        notes="".join(f"<p>{escape(note)}</p>" for note in written.notes),
        look=look,
        markup=browser.markup(),
        facts="".join(map(_listed, written.facts)),
        sources="".join(f"<li>{escape(source)}</li>" for source in written.sources),
        words=_listed(words(TERMS)),
        data=_compressed(data),
        script=script,
    )
    whole = page.encode("utf-8", "replace")  # half a character of a command line becomes a question mark
    _check_size(len(whole), len(texts) * len(parts))
    return whole.decode("utf-8")


def problem_page(title: str, problem: EmbFilterError) -> str:
    """Return a page that says why there is none."""
    name = escape(title)
    head = f'<meta charset="utf-8"><title>{name}</title>'
    body = f"<h1>{name}</h1><p>{escape(str(problem))}</p>"
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'


def check_views(texts: int, backbones: int) -> None:
    """Raise InputError for more texts and backbones than a page may hold, before any is read."""
    if not texts:
        raise InputError("There is no text for the page.", "Give at least one.")
    if texts * backbones > MOST_VIEWS:
        raise InputError(
            f"{texts} texts with {backbones} backbones are {texts * backbones} views; a page holds {MOST_VIEWS}.",
            "Give fewer, or make several pages.",
        )


def _check_size(size: int, views: int) -> None:
    if size > MOST_BYTES:
        raise InputError(
            f"The page would take {format_megabytes(size)} for {views} views; {format_megabytes(MOST_BYTES)} is most.",
            "Give fewer texts or backbones, or a smaller corpus for neighbours.",
        )


def _policy(script: str, styles: Sequence[str]) -> str:
    """What a browser lets the page do: run this one script, use these styles, and ask nobody for anything."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_digest(script)}",
            f"style-src {' '.join(map(_digest, styles))}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _compressed(data: dict[str, Any]) -> str:
    """JSON that a browser unpacks (`deflate-raw`), in letters that mean nothing in HTML."""
    packer = zlib.compressobj(9, zlib.DEFLATED, RAW_DEFLATE)
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace")
    return base64.b64encode(packer.compress(written) + packer.flush()).decode()


def _listed(pairs: Sequence[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs)
    return f"<dl>{rows}</dl>"
