"""No test reaches a hub, nor depends on what this machine has cached of one; what takes long begins first."""

import os
import tempfile
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["EMBFILTER_PREPARE"] = "0"  # what a test does not ask for is not computed beside it
os.environ["HF_HOME"] = tempfile.mkdtemp(prefix="embfilter-tests-hub-")

SLOW = ("test_readme.py", "browser", "app")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put few and slow tests before many and quick ones, so that all processes end together."""

    def turn(item: pytest.Item) -> int:
        place = Path(item.path).relative_to(Path(__file__).parent).parts[0]
        return SLOW.index(place) if place in SLOW else len(SLOW)

    items.sort(key=turn)
