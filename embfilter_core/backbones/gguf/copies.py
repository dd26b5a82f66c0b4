"""Where the copies of GGUF files are, and what is written down of each; asking loads neither torch nor transformers."""

from __future__ import annotations

import json
from pathlib import Path

from embfilter_core.storage.arrays import embfilter_home

RECORD = "converted_from.json"
LOCKS = "locks"


def kept_copies() -> Path:
    """Return the folder that holds the copies, a folder each."""
    return embfilter_home() / "converted"


def is_whole(folder: Path) -> bool:
    """Whether a copy is there, judged by the names and sizes of its files."""
    record = read_record(folder)
    files = record.get("files") if record else None
    if not isinstance(files, dict):
        return False
    return all((folder / name).is_file() and (folder / name).stat().st_size == size for name, size in files.items())


def read_record(folder: Path) -> dict[str, object] | None:
    """Return what a copy was made from: name, size and SHA-256 of the file, and versions; None where there is none."""
    try:
        record = json.loads((folder / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None
