"""Tiny backbones, each stored once from ten texts."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from embfilter_core import Backbone, Corpus
from embfilter_core.stored_backbones import source
from embfilter_core.stored_backbones.making import make_stored
from embfilter_core.stored_backbones.material import Material, write_stored
from embfilter_core.stored_backbones.stored_backbone import ENDING, StoredBackbone

TEXTS = (
    "the cat sat on the dog",
    "a dog",
    "a mat and a cat",
    "a dog",
    "the hat <script>alert(1)</script>",
    "on and on",
    "cat",
    "the the the",
    "a word in one sentence",
    "the sentence sleeps",
)
CORPUS = Corpus("tiny", "Ten tiny texts", TEXTS, "Written here")


@pytest.fixture(scope="session")
def materials(tiny: Callable[..., Backbone], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Material]:
    """What a stored tiny backbone is written from, by family."""

    @cache
    def material(family: str) -> Material:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("EMBFILTER_HOME", str(tmp_path_factory.mktemp("home")))
            patch.setattr(source, "check_reference", lambda rates: None)  # a tiny vocabulary has no 500 tokens
            return make_stored(tiny(family, family != "phi"), corpus=CORPUS)

    return material


@pytest.fixture(scope="session")
def written(
    materials: Callable[[str], Material], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], StoredBackbone]:
    """A stored tiny backbone, by family; its file is not to be changed."""

    @cache
    def stored(family: str) -> StoredBackbone:
        return write_stored(materials(family), tmp_path_factory.mktemp("stored") / f"{family}{ENDING}")

    return stored


@pytest.fixture
def stored(written: Callable[[str], StoredBackbone]) -> StoredBackbone:
    return written("llama")


@pytest.fixture
def content(stored: StoredBackbone) -> bytes:
    """Of its file."""
    return Path(str(stored.path)).read_bytes()
