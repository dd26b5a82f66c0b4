"""A GGUF file is converted once, by its content; copies are whole or not there, and their number is bounded."""

import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from embfilter_core.backbones.gguf import digests, kept, room
from embfilter_core.backbones.gguf.copies import RECORD, is_whole, kept_copies
from embfilter_core.backbones.gguf.digests import file_digest
from embfilter_core.backbones.gguf.kept import kept_copy
from embfilter_core.errors import BackboneError, Cancelled
from tests.tiny_gguf import save_gguf

Conversions = list[Path]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return save_gguf(tmp_path / "m.gguf")


@pytest.fixture
def conversions(monkeypatch: pytest.MonkeyPatch) -> Conversions:
    """The files that were converted; a conversion takes a moment here, and writes one file."""
    done: Conversions = []

    def convert(path: Path, target: Path, progress: object = None) -> str:
        done.append(path)
        time.sleep(0.1)
        (target / "model.safetensors").write_bytes(path.read_bytes()[:100])
        return ""

    monkeypatch.setattr(kept, "convert", convert)
    return done


def left_over() -> set[str]:
    return {path.name for path in kept_copies().iterdir() if path.name.startswith(".")}


def test_a_file_is_converted_once_whatever_it_is_called(source: Path, conversions: Conversions) -> None:
    folder = kept_copy(source)
    assert is_whole(folder)
    elsewhere = source.rename(source.with_name("renamed.GGUF"))
    assert kept_copy(elsewhere) == folder
    assert len(conversions) == 1


def test_another_content_under_the_same_name_is_another_copy(source: Path, conversions: Conversions) -> None:
    first = kept_copy(source)
    save_gguf(source, seed=1)
    assert kept_copy(source) != first
    assert len(conversions) == 2


def test_the_record_says_what_a_copy_was_made_of(source: Path, conversions: Conversions) -> None:
    record = json.loads((kept_copy(source) / RECORD).read_text())
    assert (record["name"], record["bytes"], record["sha256"]) == ("m.gguf", source.stat().st_size, file_digest(source))
    assert record["transformers"]
    assert record["gguf"]


def test_what_another_version_of_the_reader_made_is_not_taken(
    source: Path, conversions: Conversions, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = kept_copy(source)
    monkeypatch.setattr(kept, "version", lambda _: "99.0")
    assert kept_copy(source) != first
    assert is_whole(first)  # for those who still read with the other version


@pytest.mark.parametrize("damage", ["missing", "shortened", "no record"])
def test_a_damaged_copy_is_made_again(source: Path, conversions: Conversions, damage: str) -> None:
    folder = kept_copy(source)
    weights = folder / "model.safetensors"
    if damage == "shortened":
        weights.write_bytes(b"half")
    else:
        (folder / RECORD if damage == "no record" else weights).unlink()
    assert kept_copy(source) == folder
    assert is_whole(folder)
    assert left_over() == set()
    assert len(conversions) == 2


def test_those_who_want_the_same_file_at_once_share_one_conversion(source: Path, conversions: Conversions) -> None:
    found: list[Path] = []
    threads = [threading.Thread(target=lambda: found.append(kept_copy(source))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert len(set(found)) == 1
    assert len(conversions) == 1


def test_who_waits_for_another_conversion_can_be_stopped(source: Path, conversions: Conversions) -> None:
    (kept_copies() / "locks").mkdir(parents=True)
    name = kept._name(file_digest(source))
    with kept._turn(name, None), pytest.raises(Cancelled):
        kept_copy(source, lambda *_: False)
    assert conversions == []


def test_what_a_killed_conversion_left_is_removed_by_the_next(source: Path, conversions: Conversions) -> None:
    name = kept._name(file_digest(source))
    (kept_copies() / f".{name}.abc").mkdir(parents=True)
    kept_copy(source)
    assert left_over() == set()


@pytest.mark.parametrize("complaint", ["ValueError: It lacks weights.", "it ended with exit status -9"])
def test_a_conversion_that_fails_leaves_nothing_and_says_why(
    source: Path, monkeypatch: pytest.MonkeyPatch, complaint: str
) -> None:
    monkeypatch.setattr(kept, "convert", lambda *_: complaint)
    with pytest.raises(BackboneError, match=r"^m\.gguf cannot be read: [Ii]t .*\.") as caught:
        kept_copy(source)
    assert "Error" not in caught.value.what
    assert [path.name for path in kept_copies().iterdir()] == ["locks"]


@pytest.mark.slow
def test_a_stopped_conversion_has_ended_and_leaves_nothing(source: Path) -> None:
    seen: list[str] = []

    def stop_once_it_runs(stage: str, *_: int) -> bool:
        seen.append(stage)
        return not stage.startswith(kept.CONVERTING)

    began = time.monotonic()
    with pytest.raises(Cancelled):
        kept_copy(source, stop_once_it_runs)
    assert seen[-1].startswith(kept.CONVERTING)
    assert time.monotonic() - began < 20
    assert [path.name for path in kept_copies().iterdir()] == ["locks"]


def test_too_little_memory_is_told_before_anything_is_converted(
    source: Path, conversions: Conversions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "free_memory", lambda _: 1_000_000)
    with pytest.raises(BackboneError, match=r"To read m\.gguf once takes about 1\.0 GB of memory; 0\.0 GB are free"):
        kept_copy(source)
    assert conversions == []


def copies(number: int, size: int) -> list[Path]:
    """Folders as copies are, the first one used longest ago."""
    made = []
    for i in range(number):
        folder = kept_copies() / f"{i:032x}"
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(b"x" * size)
        os.utime(folder / "model.safetensors", (1000 * i, 1000 * i))
        made.append(folder)
    return made


@pytest.mark.parametrize(("bound", "stay"), [(1000, 3), (410, 3), (399, 2), (250, 1), (50, 0)])
def test_the_copies_used_longest_ago_leave_until_one_more_is_within_the_bound(
    monkeypatch: pytest.MonkeyPatch, bound: int, stay: int
) -> None:
    monkeypatch.setenv(room.BYTES_VARIABLE, str(bound))
    made = copies(3, 100)
    room.make_room(kept_copies(), 100, "m.gguf")
    assert [folder for folder in made if folder.exists()] == made[3 - stay :]
    assert left_over() == set()


def test_a_disk_without_room_is_told_with_its_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    made = copies(2, 100)
    monkeypatch.setattr(room, "_free", lambda _: 5_000_000)
    with pytest.raises(BackboneError, match=r"takes up to 2\.00 GB; 5 MB are free") as caught:
        room.make_room(kept_copies(), 2_000_000_000, "m.gguf")
    assert "EMBFILTER_HOME" in caught.value.advice
    assert all(folder.exists() for folder in made)  # removing them would not help


def test_a_file_is_hashed_once_until_it_changes(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[Path] = []
    real: Callable[..., str] = digests._hash
    monkeypatch.setattr(digests, "_hash", lambda path, progress: hashed.append(path) or real(path, progress))
    first = file_digest(source)
    assert file_digest(source) == first
    assert len(hashed) == 1
    save_gguf(source, seed=1)
    assert file_digest(source) != first
    assert len(hashed) == 2


def test_a_file_that_changes_while_it_is_hashed_is_refused(source: Path) -> None:
    with pytest.raises(BackboneError, match="changed while it was read"):
        file_digest(source, lambda *_: os.utime(source, (1000, 1000)))


@pytest.mark.parametrize("content", ["", "[]", "{", '{"x": 1}'])
def test_a_damaged_memory_of_digests_is_written_anew(source: Path, content: str) -> None:
    first = file_digest(source)
    digests._file().write_text(content)
    assert file_digest(source) == first
    assert str(source) in json.loads(digests._file().read_text())
