"""Coroutines that are run apart: the browser of other tests may keep a loop running in this thread."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Returned = TypeVar("Returned")


def run_apart(coroutine: Coroutine[Any, Any, Returned]) -> Returned:
    """Run a coroutine to its end in a thread of its own; returns what it returns, and raises what it raises."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
