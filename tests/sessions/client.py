"""One visitor without a browser: speaks to the server as Streamlit's front end does, and reads what it is told."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from types import TracebackType

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect

from pages.frame.jobs.waiting import WAITS

WAIT_S = 240
LARGEST, REMEMBERED = 100_000_000, 20
"""Bytes of a message, and how many messages the front end keeps so that they are not sent again (about as many)."""


@dataclass
class Client:
    """A visitor.

    Attributes:
        address: Of the server, without a slash at the end.
        watched: What is looked for in everything that is received.
        seen: What of it was there.
        widgets: The ids of the page's widgets, by their key.
        trouble: What pages failed with, and what they refused, as they say it.
        query: What the address of the page says after its question mark.
    """

    address: str
    watched: re.Pattern[bytes] = re.compile(rb"(?!)")
    seen: set[bytes] = field(default_factory=set)
    widgets: dict[str, str] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)
    query: str = ""

    async def __aenter__(self) -> Client:
        """Connect."""
        self._states: dict[str, WidgetState] = {}
        self._page, self._pages, self._waits = "", dict[str, str](), False
        self._ended, self._repeating = asyncio.Event(), dict[str, asyncio.Task[None]]()
        self._remembered: dict[str, ForwardMsg] = {}
        stream = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        self._socket: ClientConnection = await connect(
            stream, subprotocols=["streamlit"], origin=self.address, max_size=LARGEST, open_timeout=WAIT_S
        )
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave, as a tab that is closed."""
        self._stop(*self._repeating)
        self._reader.cancel()
        with suppress(asyncio.CancelledError):
            await self._reader
        await self._socket.close()

    async def open(self, page: str = "") -> float:
        """Open a page by its address, as a new tab or a link does; returns the seconds that it took."""
        self._page = self._pages.get(page, "")
        self._stop(*self._repeating)
        self._states.clear()  # the widgets of another page are others
        self.widgets.clear()
        return await self._run([], name="" if self._page else page)

    async def write(self, key: str, text: str) -> float:
        """Write a text into a box, or choose in a list; returns the seconds until the page has followed."""
        state = WidgetState(id=self.widgets[key], string_value=text)
        self._states[state.id] = state
        return await self._run([])

    async def press(self, key: str) -> float:
        """Press a button; returns the seconds until the page has followed."""
        return await self._run([WidgetState(id=self.widgets[key], trigger_value=True)])

    async def let_go(self, key: str, event: str, value: object) -> float:
        """Let an instrument say something, such as a band that is let go; returns the seconds that it took."""
        said = json.dumps([{"event": event, "value": value}])
        return await self._run([WidgetState(id=_events_of(self.widgets[key]), json_trigger_value=said)])

    async def _run(self, once: list[WidgetState], name: str = "") -> float:
        begin = monotonic()
        self._ended.clear()
        await self._send(once, name)
        ended = asyncio.create_task(self._ended.wait())
        await asyncio.wait({ended, self._reader}, timeout=WAIT_S, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            ended.cancel()
            if self._reader.done():
                self._reader.result()
                raise ConnectionError("The server has closed the connection.")
            raise TimeoutError(f"The page did not follow within {WAIT_S} s.")
        return monotonic() - begin

    async def _send(self, once: list[WidgetState], name: str = "", fragment: str = "") -> None:
        asked = BackMsg()
        rerun = asked.rerun_script
        rerun.query_string, rerun.page_script_hash, rerun.page_name = self.query, self._page, name
        rerun.widget_states.CopyFrom(WidgetStates(widgets=[*self._states.values(), *once]))
        self._remembered = dict(list(self._remembered.items())[-REMEMBERED:])
        rerun.cached_message_hashes.extend(self._remembered)
        if fragment:
            rerun.fragment_id, rerun.is_auto_rerun = fragment, True
        await self._socket.send(asked.SerializeToString())

    async def _read(self) -> None:
        async for said in self._socket:
            raw = said if isinstance(said, bytes) else said.encode()
            self.seen.update(self.watched.findall(raw))
            message = ForwardMsg()
            message.ParseFromString(raw)
            if message.WhichOneof("type") == "ref_hash":
                message = self._remembered[message.ref_hash]
            elif message.metadata.cacheable:
                self._remembered[message.hash] = message
            self._take(message)

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session" and not message.metadata.run.fragment_ids:
            self._waits = False
        elif kind == "navigation":
            told = message.navigation
            self._page = told.page_script_hash
            self._pages = {
                "" if page.is_default else page.url_pathname: page.page_script_hash for page in told.app_pages
            }
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta":
            self._note(message)
        elif kind == "auto_rerun":
            told = message.auto_rerun
            self._stop(told.fragment_id)
            self._repeating[told.fragment_id] = asyncio.create_task(self._repeat(told.fragment_id, told.interval))
        elif kind == "stop_auto_rerun":
            self._stop(*message.stop_auto_rerun.fragment_ids)
        elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            self._settle()

    def _settle(self) -> None:
        if not self._waits:  # else the page will run again by itself
            self._ended.set()

    def _note(self, message: ForwardMsg) -> None:
        self._waits = self._waits or f"-{WAITS}" in message.delta.add_block.id
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind is None:
            return
        drawn = getattr(element, kind)
        if kind == "exception":
            self.trouble.append(f"{drawn.type}: {drawn.message}")
        if kind == "alert" and drawn.format == drawn.ERROR:
            self.trouble.append(drawn.body)
        name = getattr(drawn, "id", "")
        if name.startswith("$$ID-"):
            self.widgets[name.split("-", 2)[2]] = name
        if getattr(drawn, "set_value", False):
            self._states.pop(name, None)  # the server has set it since
        if kind == "bidi_component" and drawn.component_name == "address_bar":
            (self.query,) = json.loads(drawn.json)

    async def _repeat(self, fragment: str, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self._send([], fragment=fragment)

    def _stop(self, *fragments: str) -> None:
        for fragment in fragments:
            running = self._repeating.pop(fragment, None)
            if running is not None:
                running.cancel()


def _events_of(component: str) -> str:
    """The id under which a component says what happened in it."""
    return f"$$STREAMLIT_INTERNAL_KEY_{component}__events"
