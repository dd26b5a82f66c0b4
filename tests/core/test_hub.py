"""A backbone from a hub: fetched once, read from the cache when the hub is down, refused in one clear line."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from embfilter_core import Backbone
from tests.core.fake_hub import COMMIT, FakeHub
from tests.tiny_gguf import save_gguf

# The hub's address is read when its library is imported, so a process of its own loads backbones, one a line.
LOADER = """
import json, sys, time
from embfilter_core import hub, load_backbone, preflight
from embfilter_core.backbones import weight_digests
from embfilter_core.errors import BackboneError
hub.TIMEOUT_S = 1.0
hashed, hash_tensors = [], weight_digests.hash_tensors
weight_digests.hash_tensors = lambda *given: hashed.append(1) or hash_tensors(*given)
print("ready", flush=True)
for line in sys.stdin:
    began, answer = time.monotonic(), {}
    try:
        verb, _, spec = line.strip().rpartition("|")
        if verb:
            told = preflight(spec)
            answer = {"fetch": told.fetch_bytes, "stored": told.stored_bytes, "d": told.facts.d}
            answer |= {"licence": told.licence, "gated": told.gated, "revision": told.revision, "kind": told.kind}
            print(json.dumps(answer), flush=True)
            continue
        backbone = load_backbone(spec)
        answer = {"fingerprint": backbone.fingerprint, "name": backbone.name, "hashed": len(hashed)}
    except BackboneError as error:
        answer = {"what": error.what, "advice": error.advice, "line": str(error)}
    print(json.dumps(answer | {"seconds": time.monotonic() - began}), flush=True)
"""


@dataclass
class Loader:
    """A process that loads backbones from one hub."""

    hub: FakeHub
    process: subprocess.Popen

    def load(self, spec: str) -> dict:
        self.process.stdin.write(f"{spec}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture(scope="module")
def loader(saved: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loader]:
    hub = FakeHub(saved("llama"))
    cache = str(tmp_path_factory.mktemp("hub"))
    for stored in ("Q8_0", "F16"):
        hub.files[f"m-{stored}.gguf"] = save_gguf(
            tmp_path_factory.mktemp("gguf") / "m.gguf", stored=stored
        ).read_bytes()
    changed = {"HF_ENDPOINT": hub.url, "HF_HOME": cache, "EMBFILTER_HOME": cache, "HF_HUB_DISABLE_XET": "1"}
    inherited = {k: v for k, v in os.environ.items() if k != "HF_HUB_OFFLINE" and "proxy" not in k.lower()}
    process = subprocess.Popen(
        [sys.executable, "-c", LOADER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
        env=inherited | changed,
    )
    with process:
        assert process.stdout.readline() == "ready\n"
        yield Loader(hub, process)
        process.kill()
    hub.stop()


@pytest.mark.parametrize(
    ("spec", "what", "advice"),
    [
        ("absent/tiny", "The hub has no model absent/tiny", "spelling"),
        ("gated/tiny", "gated/tiny is gated", "HF_TOKEN"),
        ("hidden/tiny", "hidden/tiny is gated", "HF_TOKEN"),
        ("broken/tiny", "answered 500, and broken/tiny is not on this machine", "network"),
        ("pickled/tiny", "only pickled weights", "safetensors"),
        ("silent/tiny", "cannot be reached, and silent/tiny", "bundled backbone"),
        ("not a/hub id", "'not a/hub id' is not a possible hub id", "owner/name"),
    ],
)
def test_what_a_hub_refuses_is_one_clear_line(loader: Loader, spec: str, what: str, advice: str) -> None:
    answer = loader.load(spec)
    assert what in answer["what"]
    assert advice in answer["advice"]
    assert "\n" not in answer["line"]
    assert answer["seconds"] < 10


def test_a_preflight_fetches_the_configuration_alone_and_counts_what_is_there(loader: Loader, llama: Backbone) -> None:
    files = loader.hub.files
    loader.hub.requests.clear()
    before = loader.load("preflight|open/looked-at")
    weighed = sum(len(content) for name, content in files.items() if name.endswith((".safetensors", ".json")))
    assert (before["fetch"], before["stored"], before["d"], before["kind"]) == (weighed, weighed, llama.d, "hub")
    assert (before["licence"], before["gated"], before["revision"]) == ("mit", False, COMMIT)
    fetched = {r.split("/")[-1] for r in loader.hub.requests if r.startswith("GET /open/looked-at/resolve")}
    assert fetched <= {"config.json", "processor_config.json", "preprocessor_config.json"}
    again = loader.load("preflight|open/looked-at")
    assert again["fetch"] == weighed - len(files["config.json"])
    loader.load("open/looked-at")
    assert loader.load("preflight|open/looked-at")["fetch"] == 0
    assert loader.load("preflight|gated/tiny")["line"].startswith("gated/tiny is gated")


def test_gguf_files_of_a_repository_are_named_and_one_is_loaded_by_its_quantisation_or_its_address(
    loader: Loader,
) -> None:
    several = loader.load("ggufs/tiny")
    assert several["what"] == "ggufs/tiny has 2 GGUF files and no other weights: m-F16.gguf, m-Q8_0.gguf."
    assert "ggufs/tiny:F16 or ggufs/tiny/m-F16.gguf" in several["advice"]
    assert "has no GGUF file of the quantisation Q2_K" in loader.load("ggufs/tiny:Q2_K")["what"]
    assert "ggufs/tiny has no file x.gguf; its GGUF files: m-F16.gguf" in loader.load("ggufs/tiny/x.gguf")["what"]
    assert "open/tiny has no GGUF file" in loader.load("open/tiny:Q8_0")["what"]

    told = loader.load("preflight|ggufs/tiny:q8_0")
    size = len(loader.hub.files["m-Q8_0.gguf"])
    assert (told["d"], told["fetch"], told["stored"], told["kind"]) == (32, size, size, "hub")
    loaded = loader.load("ggufs/tiny:q8_0")
    assert loaded["name"] == "ggufs/tiny/m-Q8_0.gguf"
    again = loader.load("https://huggingface.co/ggufs/tiny/blob/main/m-Q8_0.gguf")
    assert again["fingerprint"] == loaded["fingerprint"]
    assert loader.load("preflight|ggufs/tiny:q8_0")["fetch"] == 0


def test_a_backbone_is_fetched_once_and_read_from_the_cache_when_the_hub_is_down(
    loader: Loader, llama: Backbone
) -> None:
    fetched = loader.load("open/tiny")
    assert fetched["fingerprint"] == llama.fingerprint
    assert fetched["name"] == "open/tiny"
    assert any(request.startswith("GET /open/tiny/resolve") for request in loader.hub.requests)

    loader.hub.requests.clear()
    again = loader.load("open/tiny")
    assert again["fingerprint"] == llama.fingerprint
    assert again["hashed"] == fetched["hashed"] > 0
    assert not [r for r in loader.hub.requests if r.startswith("GET /open") and r.endswith(".safetensors")]

    loader.hub.stop()
    from_cache = loader.load("open/tiny")
    assert from_cache.get("fingerprint") == llama.fingerprint, from_cache
    assert from_cache["seconds"] < 10

    refused = loader.load("open/other")
    assert "cannot be reached, and open/other is not on this machine" in refused["what"]
    assert refused["seconds"] < 3
