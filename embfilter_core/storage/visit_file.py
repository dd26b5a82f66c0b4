"""One visit in one file, signed by its SHA-256, and when it was used."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections.abc import Iterable
from pathlib import Path

from embfilter_core.storage.visit import Visit

log = logging.getLogger(__name__)


def written(visit: Visit) -> bytes:
    """Return what stands in the file of a visit."""
    body = json.dumps(visit.to_json(), ensure_ascii=True, sort_keys=True)
    return json.dumps({"sha256": hashlib.sha256(body.encode()).hexdigest(), "visit": body}).encode()


def read_visit(path: Path) -> Visit | None:
    """Return the visit in a file, or None where there is no such file; what is no visit is removed."""
    try:
        signed = json.loads(path.read_bytes())
        body = signed["visit"]
        if hashlib.sha256(body.encode()).hexdigest() != signed["sha256"]:
            raise ValueError("it does not agree with its own checksum")
        return Visit.from_json(json.loads(body))
    except OSError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        log.warning("%s is not a visit that was kept here (%s); it is removed", path, error)
        path.unlink(missing_ok=True)
        return None


def held_by(visits: Iterable[Visit]) -> set[str]:
    """Return the SHA-256 of every file that some of the visits hold."""
    return {file.sha256 for visit in visits for files in visit.files.values() for file in files}


def seconds_since_use(path: Path) -> float:
    """Return the seconds since a file was used; 0 where there is none."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def note_use(path: Path) -> None:
    """Let a file count as used now."""
    try:
        os.utime(path)
    except OSError as error:  # a folder that may only be read
        log.warning("The use of %s could not be noted: %s", path, error)
