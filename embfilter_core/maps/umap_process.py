"""A child process that holds a compiled UMAP: it is warm for the next map, and killing it is how a map is cancelled."""

import atexit
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import RLock, Thread, Timer
from typing import IO, Any, BinaryIO, cast

import numpy as np

from embfilter_core.errors import EmbFilterError
from embfilter_core.maps.umap_worker import receive, send
from embfilter_core.progress import StagedProgress, report

WORKER = (sys.executable, "-W", "ignore", "-m", "embfilter_core.maps.umap_worker")
ASK_EVERY_S = 0.2
IDLE_S = 900

Messages = SimpleQueue[tuple[dict[str, Any], np.ndarray | None]]


class UmapProcess:
    """One child process, started when it is needed and ended when it is cancelled or has been idle for a while.

    It may be shared between threads: maps take turns.

    Args:
        command: Starts a program that speaks as `umap_worker` does.
        idle_s: Seconds without a map after which the child process is ended.
    """

    def __init__(self, command: Sequence[str] = WORKER, idle_s: float = IDLE_S) -> None:
        self._command, self._idle_s = command, idle_s
        self._turn = RLock()
        self._child: subprocess.Popen[bytes] | None = None
        self._messages: Messages = SimpleQueue()
        self._ready = False
        self._timer: Timer | None = None
        atexit.register(self._kill)

    @property
    def pid(self) -> int | None:
        """The running child process, or None."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def warm_up(self) -> None:
        """Start the child process, which compiles on its own; returns at once."""
        if self._turn.acquire(blocking=False):  # else a map is being made, and the process is there
            try:
                self._start()
                self._end_when_idle()
            finally:
                self._turn.release()

    def fit(self, points: np.ndarray, request: dict, progress: StagedProgress | None = None) -> np.ndarray:
        """Send points, (m, d), and what to do with them; return the layout, (m, 2) float32.

        Args:
            points: What is laid out.
            request: The parameters, as the child process reads them.
            progress: Told several times a second. Stages: `waiting` for another map, `starting` (import and
                compile), `neighbours`, `layout` (epochs).

        Raises:
            Cancelled: `progress` returned False; whatever it raises passes through. The child
                process is gone either way.
            EmbFilterError: The child process failed or was ended from outside.
        """
        with self.turn(progress):
            try:
                self._start()
                layout = self._ask(points, request, progress)
                self._end_when_idle()
                return layout
            except BaseException:
                self._kill()
                raise

    @contextmanager
    def turn(self, progress: StagedProgress | None = None) -> Iterator[None]:
        """Wait until no other thread makes a map, telling `progress`; the next map is made after the block."""
        while not self._turn.acquire(timeout=ASK_EVERY_S):
            _tell(progress, "waiting", 0, 1)
        try:
            yield
        finally:
            self._turn.release()

    def stop(self) -> None:
        """End the child process and free its memory, unless it is making a map."""
        if self._turn.acquire(blocking=False):
            try:
                self._kill()
            finally:
                self._turn.release()

    def _ask(self, points: np.ndarray, request: dict, progress: StagedProgress | None) -> np.ndarray:
        if not self._ready:
            self._wait_for("ready", progress)
            self._ready = True
        if self._child is not None:
            with suppress(BrokenPipeError):  # then the next message says that it ended
                send(_pipe(self._child.stdin), request, points)
        return cast(np.ndarray, self._wait_for("done", progress))

    def _wait_for(self, stage: str, progress: StagedProgress | None) -> np.ndarray | None:
        seen = ("starting", 0, 1)
        while True:
            _tell(progress, *seen)
            try:
                message, array = self._messages.get(timeout=ASK_EVERY_S)
            except Empty:
                continue
            if message["stage"] == stage:
                return array
            if message["stage"] == "failed":
                raise EmbFilterError(f"UMAP failed: {message['why']}.", "The PCA map needs no UMAP.")
            if stage == "done":  # what is laid out before it is ready is only there to compile
                seen = (message["stage"], message["done"], message["total"])

    def _start(self) -> None:
        if self._timer:
            self._timer.cancel()
        if self.pid is not None:
            return
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        self._child = subprocess.Popen(
            self._command,
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._messages, self._ready = SimpleQueue(), False
        Thread(target=_listen, args=(self._child, self._messages), daemon=True).start()

    def _kill(self) -> None:
        if self._child:
            self._child.kill()
            self._child.wait()
            with suppress(OSError):
                _pipe(self._child.stdin).close()
            self._child = None

    def _end_when_idle(self) -> None:
        self._timer = Timer(self._idle_s, self.stop)
        self._timer.daemon = True
        self._timer.start()


def _pipe(stream: IO[bytes] | None) -> BinaryIO:
    """Return a stream of a child that was started with pipes."""
    return cast(BinaryIO, stream)


def _listen(child: subprocess.Popen[bytes], messages: Messages) -> None:
    """Queue every message of the child; its end is one too."""
    with _pipe(child.stdout) as answers:
        while (message := receive(answers)) is not None:
            messages.put(message)
    messages.put(({"stage": "failed", "why": "its process ended, perhaps for want of memory"}, None))


def _tell(progress: StagedProgress | None, stage: str, done: int, total: int) -> None:
    report(progress and partial(progress, stage), done, total)
