"""Run a command to its end without its output, keeping only the line that says what went wrong."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

REPORT_EVERY_S = 5


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
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    deadline = time.monotonic() + limit_s
    with process:
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


def _complaint(exit_status: int, errors: str) -> str:
    if exit_status == 0:
        return ""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    marked = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    return next(iter(marked or lines[-1:]), f"it ended with exit status {exit_status}").rstrip(".")
