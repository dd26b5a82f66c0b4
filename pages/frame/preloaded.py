"""The scripts that a page is drawn with, named to a browser before Streamlit's front end asks for them.

The front end fetches the script of a kind of block when it is first told to draw one, with all that this imports: some
forty small files, after everything else has arrived. Named in the answer to the request for the page itself, they are
fetched while the front end starts.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC = Path(st.__file__).parent / "static"
BLOCKS = (
    "Html",
    "BidiComponent",
    "PageLink",
    "ButtonGroup",
    "NumberInput",
    "Checkbox",
    "Selectbox",
    "TextArea",
    "Button",
    "Spinner",
    "Progress",
)
"""What the first screen and its first wait are made of, as Streamlit names the scripts of it."""
_IMPORTED = re.compile(r'(?:from|import)"\./([^"/]+\.js)"')


class NameScripts:
    """Adds a link to the head of every answer that is a page, as a layer of the server (ASGI)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.link = (b"link", link(scripts_of(BLOCKS)).encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                message = {**message, "headers": [*message["headers"], self.link]}
            await send(message)

        await self.app(scope, receive, answer if scope["type"] == "http" else send)


def scripts_of(blocks: tuple[str, ...], static: Path = STATIC) -> list[str]:
    """Return the scripts of blocks and all that they import, without those that every page names itself."""
    found: dict[str, None] = {}
    named = set(re.findall(r"static/js/([^\"]+\.js)", (static / "index.html").read_text("utf-8")))
    waiting = [script.name for block in reversed(blocks) for script in (static / "static/js").glob(f"{block}.*.js")]
    while waiting:
        name = waiting.pop()
        if name not in found and name not in named:
            found[name] = None
            waiting += reversed(_IMPORTED.findall((static / "static/js" / name).read_text("utf-8")))
    return list(found)


def link(scripts: list[str]) -> str:
    """Return the value of a `Link` header that names scripts."""
    return ",".join(f"<./static/js/{script}>;rel=modulepreload" for script in scripts)


def _is_page(answer: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/html") for name, value in answer["headers"])
