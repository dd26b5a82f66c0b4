"""A download is told in bytes, ends at once when it is stopped, and goes on from there the next time."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.fake_hub import FakeHub

BYTES = 26_000_000
# The hub's address is read when its library is imported, so a process of its own fetches.
FETCHER = """
import json, sys, time
from embfilter_core.errors import Cancelled
from embfilter_core.hub import MODELS, find_repository
from embfilter_core.hub_download import fetch_files
owner, stop_at = sys.argv[1], float(sys.argv[2])
repository = find_repository(MODELS, f"{owner}/big", bool)
told, ended, wait = [], "fetched", 0.0
def tell(done, total):
    told.append((done, total, time.monotonic()))
    return done < stop_at
try:
    fetch_files(MODELS, repository, ["big.gguf"], tell)
except Cancelled as error:
    ended, wait = str(error), time.monotonic() - told[-1][2]
except Exception as error:
    ended = str(error)
print(json.dumps({"ended": ended, "wait": wait, "told": [one[:2] for one in told]}))
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeHub]:
    folder = tmp_path_factory.mktemp("big")
    (folder / "big.gguf").write_bytes(b"GGUF" * (BYTES // 4))
    served = FakeHub(folder)
    yield served
    served.stop()


def fetch(hub: FakeHub, cache: Path, owner: str = "slow", stop_at: float = float("inf")) -> dict:
    changed = {"HF_ENDPOINT": hub.url, "HF_HOME": str(cache), "HF_HUB_DISABLE_XET": "1"}
    inherited = {k: v for k, v in os.environ.items() if k != "HF_HUB_OFFLINE" and "proxy" not in k.lower()}
    run = subprocess.run(
        [sys.executable, "-c", FETCHER, owner, str(stop_at)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
        env=inherited | changed,
    )
    return json.loads(run.stdout)


def test_a_stopped_download_ends_at_once_and_is_resumed(hub: FakeHub, tmp_path: Path) -> None:
    stopped = fetch(hub, tmp_path, stop_at=9_000_000)
    assert stopped["ended"].startswith("Stopped after ")
    assert stopped["ended"].endswith("bytes: what has arrived is kept.")
    assert stopped["wait"] < 2
    assert all(total == BYTES for _, total in stopped["told"])
    assert hub.resumed_at == []

    resumed = fetch(hub, tmp_path)
    assert resumed["ended"] == "fetched"
    assert len(hub.resumed_at) == 1
    assert hub.resumed_at[0] >= 9_000_000
    assert [done for done, _ in resumed["told"]] == sorted(done for done, _ in resumed["told"])
    (blob,) = (path for path in tmp_path.rglob("blobs/*") if path.is_file())
    assert hashlib.sha256(blob.read_bytes()).hexdigest() == hashlib.sha256(hub.files["big.gguf"]).hexdigest()

    hub.requests.clear()
    assert fetch(hub, tmp_path) == {"ended": "fetched", "wait": 0.0, "told": []}
    assert not any(request.startswith("GET /slow") for request in hub.requests)


def test_what_cannot_be_fetched_is_one_line(hub: FakeHub, tmp_path: Path) -> None:
    ended = fetch(hub, tmp_path, owner="gated")["ended"]
    assert ended.startswith("gated/big could not be fetched: ")
    assert "\n" not in ended
