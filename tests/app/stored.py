"""A tiny backbone that is stored, for pages that show it without loading it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from embfilter_core import load_backbone
from embfilter_core.stored_backbones import source
from embfilter_core.stored_backbones.making import Described, make_stored
from embfilter_core.stored_backbones.material import write_stored
from embfilter_core.stored_backbones.stored_backbone import ENDING
from tests.core.stored_backbones.conftest import CORPUS

OWN = "own-tiny-llama"
SPEC = f"stored:{OWN}"
HUB_ID = "owner/tiny"
FORBIDDEN = "a model was loaded"


def make_content(tiny_folder: str, folder: Path) -> bytes:
    """Return what the file of a stored tiny backbone holds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMBFILTER_HOME", str(folder))
        patch.setattr(source, "check_reference", lambda rates: None)  # a tiny vocabulary has no 500 tokens
        material = make_stored(load_backbone(tiny_folder), corpus=CORPUS, described=Described("Tiny llama", HUB_ID))
        file = folder / f"tiny{ENDING}"
        write_stored(material, file)
        return file.read_bytes()


def keep(home: Path, content: bytes, name: str = OWN) -> None:
    """Put a stored backbone into the cache folder."""
    (home / "stored").mkdir(exist_ok=True)
    (home / "stored" / f"{name}{ENDING}").write_bytes(content)


def no_load(*_: object) -> Callable[..., object]:
    """Stand for loading a backbone where none may be loaded."""
    raise AssertionError(FORBIDDEN)
