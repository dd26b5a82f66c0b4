"""A server for many visitors: what they write is kept apart, and who has left is soon forgotten."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from embfilter_core.storage.arrays import embfilter_home
from tests.browser.conftest import Server, serve

FORGOTTEN_AFTER_S = 10
"""Streamlit keeps a session for two minutes after its tab was closed; here for less, so that a bench need not wait."""
COPIED, LEFT_OUT = "embeddings", "visits"


@contextmanager
def server_of_its_own(folder: Path) -> Iterator[Server]:
    """Start the app with a home in a folder that has all but visits, and in which visitors' texts are embedded."""
    home = folder / "home"
    home.mkdir()
    for kept in embfilter_home().iterdir():
        if kept.name == COPIED:
            shutil.copytree(kept, home / kept.name)
        elif kept.name != LEFT_OUT:
            (home / kept.name).symlink_to(kept)
    own = {"EMBFILTER_HOME": str(home), "EMBFILTER_PREPARE": "0"}  # nothing is worked on but what visitors ask for
    options = ("--server.disconnectedSessionTTL", str(FORGOTTEN_AFTER_S))
    with patch.dict(os.environ, own), serve(folder / "log.txt", options=options) as server:
        yield server
