"""Convert a GGUF file in a process of its own, which tells how far it is and can be stopped."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from embfilter_core.assets.child_process import run_telling
from embfilter_core.progress import StagedProgress, report, within

STARTING = "starting"
_QUIET = {"TQDM_DISABLE": "1", "HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error"}


def convert(source: Path, target: Path, progress: StagedProgress | None = None) -> str:
    """Write the model of a GGUF file as safetensors; returns what went wrong in one line, empty where nothing did.

    Args:
        source: The file.
        target: Folder to be made; what is in it after a fault or a stop is no copy.
        progress: Told the stage, and bytes or tensors done and in all.

    Raises:
        Cancelled: `progress` returned False; the process has ended.
        OSError: The process cannot be started.
    """

    def told(line: str) -> None:
        stage, done, total = json.loads(line) if line else (STARTING, 0, 1)
        report(within(progress, stage), done, total)

    return run_telling(
        [sys.executable, "-m", "embfilter_core.assets.convert_gguf", str(source.resolve()), str(target.resolve())],
        told,
        environment=_QUIET,
        folder=Path(__file__).parents[2],
    )
