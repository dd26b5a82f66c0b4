"""What the server does once, when it starts, so that its first visitor need not wait for it."""

from __future__ import annotations

import asyncio
import inspect
import webbrowser
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.circles import look_seldom_for_circles
from embfilter_core.stored_backbones.example import read_stored_example

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LISTENS_AFTER_S = 0.5


@asynccontextmanager
async def starting(app: st.App) -> AsyncIterator[None]:
    """Look up once what every first run asks for, and open the app in a browser, as Streamlit does with a script."""
    # Before it first draws, Streamlit asks for the frames around it, and Python looks for the file of every module for
    # that: it remembers those it has found.
    inspect.stack()
    look_seldom_for_circles()
    read_stored_example()  # what a first visit is shown, held from now on
    if not st.get_option("server.headless"):
        asyncio.get_running_loop().call_later(LISTENS_AFTER_S, webbrowser.open, address())
    yield


def address() -> str:
    """Where a browser finds the app."""
    protocol = "https" if st.get_option("server.sslCertFile") else "http"
    host, port = st.get_option("browser.serverAddress"), st.get_option("browser.serverPort")
    return f"{protocol}://{host}:{port}/{st.get_option('server.baseUrlPath').strip('/')}"
