"""A tiny backbone with a chat template, exported once, and programs that run in its export without this project."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from embfilter_core import Backbone, KeptDirections, load_backbone
from embfilter_core.backbones.prompts import as_prompt
from embfilter_core.data.corpora import Corpus
from embfilter_core.export.bundle import Exported, export_filter
from embfilter_core.export.chosen import ChosenFilter
from embfilter_core.export.write_forms import IndexedCorpus
from tests.tiny import byte_level_tokenizer, save_tiny

CHAT = (
    "{{ bos_token }}{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}{{ eos_token }}"
    "{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"
)
LONGEST = 1024
CHECKS = """
import contextlib, io, json, runpy, sys

told = []
for folder, arguments in json.loads(sys.argv[1]):
    sys.argv, out, code = ["check.py", *arguments], io.StringIO(), 0
    with contextlib.redirect_stdout(out):
        try:
            runpy.run_path(folder + "/check.py", run_name="__main__")
        except SystemExit as end:
            code = end.code
    told.append([code, out.getvalue()])
print(json.dumps(told))
"""
"""Runs check.py in several folders by one process: most of what each takes is importing torch."""


@dataclass(frozen=True)
class Told:
    """How check.py ended, and what it said."""

    code: int
    said: str


def without_project(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder where this project is not to be found."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-P", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def checked(*runs: tuple[Path, list[str]]) -> list[Told]:
    """Run check.py in folders, with arguments; what each said."""
    given = json.dumps([(str(folder), arguments) for folder, arguments in runs])
    ran = without_project(runs[0][0], "-c", CHECKS, given)
    assert ran.returncode == 0, ran.stderr
    return [Told(code, said) for code, said in json.loads(ran.stdout)]


@pytest.fixture(scope="session")
def chat_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Llama that takes long texts, whose tokenizer has a chat template."""
    tokenizer = byte_level_tokenizer()
    tokenizer.chat_template = CHAT
    folder = save_tiny(tmp_path_factory.mktemp("chatty") / "chatty", tokenizer=tokenizer)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "max_position_embeddings": LONGEST}))
    return folder


@pytest.fixture(scope="session")
def chatty(chat_folder: Path) -> Backbone:
    return load_backbone(str(chat_folder))


@pytest.fixture(scope="session")
def half(chatty: Backbone) -> ChosenFilter:
    """PromptEOL, half of the directions."""
    return ChosenFilter(chatty, as_prompt("prompteol"), KeptDirections.bulk(chatty.d))


CORPUS = Corpus("here", "texts made here", tuple(f"the cat sat on {i} dogs" for i in range(40)), "made here")


@pytest.fixture(scope="session")
def written(half: ChosenFilter, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """An export of all forms; not to be changed by a test."""
    states = half.backbone.embed(CORPUS.texts, half.prompt)
    return export_filter(half, tmp_path_factory.mktemp("export") / "half", IndexedCorpus(CORPUS, states))


@pytest.fixture
def broken(written: Exported, tmp_path: Path) -> Callable[..., Path]:
    """Makes a copy of the export that a change has broken; the change is given its folder."""

    def copy(name: str, change: Callable[[Path], object]) -> Path:
        folder = tmp_path / name
        shutil.copytree(written.place, folder, symlinks=True)
        change(folder)
        return folder

    return copy
