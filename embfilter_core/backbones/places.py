"""Where backbones of one's own lie: a link names such a one by name and fingerprint, not by a path of this machine."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING

from embfilter_core.storage.arrays import embfilter_home, write_atomic

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone

log = logging.getLogger(__name__)
MOST_PLACES = 100
_REFERENCE = re.compile(r"[\w.+-]{1,80}@[0-9a-f]{12}")


def is_path(spec: str) -> bool:
    """Whether a backbone is named by a file or folder that is on this machine."""
    try:
        return bool(spec) and Path(spec).expanduser().exists()
    except (OSError, RuntimeError, ValueError):  # a name that no path can have, or the home of nobody
        return False


def reference_of(backbone: Backbone) -> str:
    """Return how a backbone of one's own is called where its path does not count: `tiny-llama@0123456789ab`."""
    name = re.sub(r"[^\w.+-]+", "-", backbone.name, flags=re.ASCII)[:80].strip("-") or "backbone"
    return f"{name}@{backbone.fingerprint[:12]}"


def remember_place(backbone: Backbone) -> None:
    """Keep where a backbone of one's own was loaded from, so that its reference finds it again on this machine."""
    places = _read()
    places.pop(reference_of(backbone), None)
    places[reference_of(backbone)] = str(Path(backbone.spec).expanduser().absolute())
    latest = dict(list(places.items())[-MOST_PLACES:])
    try:
        write_atomic(_file(), lambda temporary: temporary.write_text(json.dumps(latest, indent=1), "utf-8"))
    except OSError as error:
        log.warning("Where %s lies could not be kept: %s", backbone.name, error)


def place_of(spec: str) -> str:
    """Return the path that a reference stands for where it is known and still there, else the name itself."""
    place = _read().get(spec) if _REFERENCE.fullmatch(spec) else None
    return place if place is not None and is_path(place) else spec


def is_reference(spec: str) -> bool:
    """Whether a name is that of somebody's own backbone, as links have it."""
    return _REFERENCE.fullmatch(spec) is not None


def _file() -> Path:
    return embfilter_home() / "backbones.json"


def _read() -> dict[str, str]:
    try:
        places = json.loads(_file().read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        log.warning("%s could not be read: %s", _file(), error)
        return {}
    known = places.items() if isinstance(places, dict) else ()
    return {name: place for name, place in known if isinstance(name, str) and isinstance(place, str)}
