"""What `memory.py` measures, in a process of its own: `load FOLDER DTYPE`, or `switches FOLDER FOLDER FOLDER`."""

import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from embfilter_core import Backbone, load_backbone
from embfilter_core.backbones import room
from embfilter_core.backbones.held import HeldBackbones
from embfilter_core.backbones.preflight.facts import facts_of_config
from embfilter_core.backbones.preflight.memory import memory_need
from tests.tiny import save_tiny

TEXTS = ["the cat sat on one dog in the sentence"] * 60


def use(backbone: Backbone) -> Backbone:
    """Do what a visitor does: singular directions, embeddings, a lens."""
    _ = backbone.spectrum
    backbone.lens(backbone.embed(TEXTS)[:2])
    return backbone


def load(folder: str, dtype: str) -> dict:
    """What a load and a use ask for, and what they take at most: weights, and what no file stands behind."""
    taken, backbone = peak(lambda: use(load_backbone(folder, dtype)))
    facts = facts_of_config(backbone.architecture.model.config)
    mapped = resident()["RssFile"] - AT_FIRST["RssFile"]
    weights = sum(weight.numel() * weight.element_size() for weight in backbone.architecture.model.parameters())
    return {"asked": memory_need(facts, dtype).peak, "taken": taken + min(max(0, mapped), weights)}


def switches(*folders: str) -> dict:
    """What the process takes after each of several backbones, of which one leaves for the next."""
    room.SHARE = 0  # what is loaded alone may take more; two never share the memory
    held, after = HeldBackbones(), []
    for folder in (*folders, folders[0]):
        use(held.get(folder, "float32", "cpu"))
        after.append(sum(resident().values()))
    return {"after": after}


def resident() -> dict[str, int]:
    """Bytes of this process in memory, by whether a file stands behind them."""
    lines = (line.split() for line in Path("/proc/self/status").read_text().splitlines())
    return {words[0][:-1]: int(words[1]) * 1024 for words in lines if words[0] in ("RssAnon:", "RssFile:")}


def peak(work: Callable[[], Backbone]) -> tuple[int, Backbone]:
    """The most that a work takes of memory that no file stands behind, in bytes, and what it returns."""
    before, done = resident()["RssAnon"], threading.Event()
    seen = [before]

    def watch() -> None:
        while not done.is_set():
            seen.append(resident()["RssAnon"])
            time.sleep(0.005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    made = work()
    done.set()
    watcher.join()
    return max(seen) - before, made


if __name__ == "__main__":
    import os

    with tempfile.TemporaryDirectory() as home:
        os.environ["EMBFILTER_HOME"] = home
        use(load_backbone(str(save_tiny(Path(home) / "tiny"))))  # what is imported and begun once is no backbone's
        AT_FIRST = resident()
        verb, *arguments = sys.argv[1:]
        print(json.dumps({"load": load, "switches": switches}[verb](*arguments)))
