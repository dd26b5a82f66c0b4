"""A backbone of one's own is found again by its name and fingerprint; what was kept badly does no harm."""

import json
from pathlib import Path

import pytest

from embfilter_core import load_backbone
from embfilter_core.backbones.places import MOST_PLACES, is_path, is_reference, place_of, reference_of, remember_place
from embfilter_core.errors import BackboneError
from tests.tiny import save_tiny


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("EMBFILTER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_reference_loads_the_same_backbone(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path / "my model <b>")
    first = load_backbone(str(folder))
    reference = reference_of(first)
    assert reference == f"my-model-b@{first.fingerprint[:12]}"
    assert is_reference(reference)
    with pytest.raises(BackboneError, match="not known on this machine"):
        load_backbone(reference)
    remember_place(first)
    assert place_of(reference) == str(folder)
    assert load_backbone(reference).fingerprint == first.fingerprint
    folder.rename(tmp_path / "elsewhere")
    assert place_of(reference) == reference


@pytest.mark.parametrize("content", ["", "[1]", '{"a@0123456789ab": 3}', "{", '{"a@0123456789ab": "/nowhere"}'])
def test_a_damaged_list_of_places_is_as_none(home: Path, tmp_path: Path, content: str) -> None:
    home.mkdir()
    (home / "backbones.json").write_text(content)
    assert place_of("a@0123456789ab") == "a@0123456789ab"
    first = load_backbone(str(save_tiny(tmp_path / "tiny")))
    remember_place(first)
    assert place_of(reference_of(first)) == first.spec


def test_the_oldest_places_leave(home: Path, tmp_path: Path) -> None:
    home.mkdir()
    many = {f"m@{number:012x}": str(tmp_path) for number in range(MOST_PLACES)}
    (home / "backbones.json").write_text(json.dumps(many))
    assert place_of("m@000000000000") == str(tmp_path)
    remember_place(load_backbone(str(save_tiny(tmp_path / "tiny"))))
    assert place_of("m@000000000000") == "m@000000000000"
    assert place_of(f"m@{MOST_PLACES - 1:012x}") == str(tmp_path)


@pytest.mark.parametrize("spec", ["", "\x00", "~nobody/x", "a" * 5000, "Qwen/Qwen2.5-0.5B"])
def test_what_is_no_path_is_said_so(spec: str) -> None:
    assert not is_path(spec)
    assert place_of(spec) == spec
