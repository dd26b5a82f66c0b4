"""What is kept is listed by kind with its size and last use, and removed by its name or its kind."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from embfilter_core import cache
from embfilter_core.backbones.gguf.copies import RECORD, kept_copies
from embfilter_core.cli import main
from embfilter_core.errors import InputError
from embfilter_core.storage.arrays import embfilter_home


@pytest.fixture(autouse=True)
def kept() -> None:
    """Two copies of GGUF files, two spectra, a visit, and what is neither: a lock and a file that is being written."""
    for number, size in enumerate((100, 50)):
        folder = kept_copies() / f"{number:032x}"
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(b"x" * size)
        (folder / RECORD).write_text(json.dumps({"name": f"m{number}.gguf"}))
    for name in ("spectra/aa.safetensors", "spectra/ab.safetensors", "visits/v.json", "speed.safetensors"):
        path = embfilter_home() / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"y" * 1000)
    for name in ("converted/locks/x", "spectra/.aa.tmp"):
        (embfilter_home() / name).parent.mkdir(exist_ok=True)
        (embfilter_home() / name).write_bytes(b"")
    for path in (kept_copies() / f"{0:032x}").iterdir():
        os.utime(path, (time.time() - 3 * 24 * 3600,) * 2)


def names() -> list[str]:
    return [one.name for one in cache.kept_files()]


def test_all_that_is_kept_is_listed_the_latest_used_first() -> None:
    copies = [one for one in cache.kept_files() if one.kind == "converted"]
    assert [one.name for one in copies] == ["m1.gguf@00000000", "m0.gguf@00000000"]
    assert [one.bytes for one in copies] == [sum(f.stat().st_size for f in one.path.iterdir()) for one in copies]
    others = {"spectra/aa.safetensors", "spectra/ab.safetensors", "visits/v.json", "speed.safetensors"}
    assert set(names()) == {one.name for one in copies} | others
    assert len(names()) == 6


def test_an_entry_is_removed_by_the_beginning_of_its_name() -> None:
    (gone,) = cache.remove_named("m0")
    assert not gone.path.exists()
    assert "m0.gguf@00000000" not in names()
    assert len(names()) == 5
    assert not [path for path in kept_copies().iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(("name", "said"), [("nothing", "Nothing is kept under"), ("spectra/a", "2 names begin with")])
def test_a_name_that_is_not_one_entry_s_removes_nothing(name: str, said: str) -> None:
    before = names()
    with pytest.raises(InputError, match=said):
        cache.remove_named(name)
    assert names() == before


def test_a_kind_is_removed_whole_and_no_other() -> None:
    assert len(cache.remove_kind("spectra")) == 2
    assert not [name for name in names() if name.startswith("spectra")]
    assert len(names()) == 4
    with pytest.raises(InputError, match="Unknown kind"):
        cache.remove_kind("..")


def test_the_verb_prints_the_kinds_the_entries_of_one_and_what_it_removed(capsys: pytest.CaptureFixture) -> None:
    def printed(*arguments: str) -> str:
        assert main(["cache", *arguments]) == 0
        return capsys.readouterr().out

    lines = printed().splitlines()
    assert [line.split()[0] for line in lines] == [*cache.KINDS, "in"]
    assert any(line.startswith("converted") and "2 entries" in line and "today" in line for line in lines)
    assert "3 days ago" in printed("converted")
    assert [row["kind"] for row in json.loads(printed("spectra", "--json"))] == ["spectra"] * 2
    assert printed("--remove", "m1") == "Removed 1 entry, 170 bytes.\n".replace(
        "170", str(50 + len('{"name": "m1.gguf"}'))
    )
    assert len(json.loads(printed("--remove-all", "spectra", "--json"))) == 2
    assert main(["cache", "nothing"]) == 2


def test_listing_loads_neither_torch_nor_transformers() -> None:
    code = "import sys; from embfilter_core.cli import main; main(['cache'])\n"
    code += "print(sys.modules.keys() & {'torch', 'transformers'})"
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert run.stdout.splitlines()[-1] == "set()"
