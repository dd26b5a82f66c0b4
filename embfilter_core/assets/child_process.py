"""Run a command to its end without its output, keeping only the line that says what went wrong."""

import os
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO

REPORT_EVERY_S = 5
TELL_EVERY_S = 0.2
MOST_LINES = 100
"""So many lines of errors are remembered: the last one says what went wrong."""


def run_quietly(
    command: Sequence[str],
    *,
    limit_s: float,
    environment: Mapping[str, str],
    folder: Path | None = None,
    while_waiting: Callable[[], None] = lambda: None,
) -> str:
    """Run a command and return its complaint in one line, or an empty string when it succeeded.

    Args:
        command: The program and its arguments.
        limit_s: Seconds after which the command is ended, which is a complaint too.
        environment: Variables added to those of this process.
        folder: Where the command runs; the current folder by default.
        while_waiting: Called every few seconds.

    Raises:
        OSError: The command cannot be started.
    """
    deadline = time.monotonic() + limit_s
    with _started(command, environment, folder, subprocess.DEVNULL) as process:
        try:
            while time.monotonic() < deadline:
                try:
                    _, errors = process.communicate(timeout=min(REPORT_EVERY_S, limit_s))
                except subprocess.TimeoutExpired:
                    while_waiting()
                else:
                    return _complaint(process.returncode, errors)
            return f"it was not done after {limit_s:g} s"
        finally:
            process.kill()


def run_telling(
    command: Sequence[str],
    told: Callable[[str], None],
    *,
    environment: Mapping[str, str],
    folder: Path | None = None,
) -> str:
    """Run a program that says on standard output how far it is; returns its complaint as `run_quietly` does.

    Args:
        command: The program and its arguments.
        told: Called several times a second with the last line that it said, empty before the first; what it raises
            ends the program and passes through.
        environment: Variables added to those of this process.
        folder: Where the program runs; the current folder by default.

    Raises:
        OSError: The program cannot be started.
    """
    said: deque[str] = deque([""], maxlen=1)
    errors: deque[str] = deque(maxlen=MOST_LINES)
    with _started(command, environment, folder, subprocess.PIPE) as process:
        readers = [Thread(target=kept.extend, args=(stream,)) for kept, stream in _streams(process, said, errors)]
        try:
            for reader in readers:
                reader.start()
            while process.poll() is None:
                told(said[-1].strip())
                with suppress(subprocess.TimeoutExpired):
                    process.wait(TELL_EVERY_S)
        finally:
            process.kill()
            for reader in readers:
                reader.join()
    return _complaint(process.returncode, "".join(errors))


def _streams(
    process: subprocess.Popen[str], said: deque[str], errors: deque[str]
) -> Iterator[tuple[deque[str], IO[str]]]:
    for kept, stream in ((said, process.stdout), (errors, process.stderr)):
        if stream is not None:
            yield kept, stream


def _started(
    command: Sequence[str], environment: Mapping[str, str], folder: Path | None, output: int
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )


def _complaint(exit_status: int, errors: str) -> str:
    if exit_status == 0:
        return ""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    marked = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    return next(iter(marked or lines[-1:]), f"it ended with exit status {exit_status}").rstrip(".")
