"""A stored file is whole and true, or it is not there."""

import json
import logging
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from embfilter_core.storage.arrays import embfilter_home, load_arrays, read_arrays, save_arrays, write_atomic

ARRAYS = {
    "float": np.linspace(0, 1, 7),
    "int": np.arange(6, dtype=np.int64).reshape(2, 3),
    "half": np.ones((2, 2), dtype=np.float16),
    "bool": np.array([True, False]),
    "empty": np.empty((0, 5), dtype=np.float32),
    "number": np.array(3.5),
    "transposed": np.arange(12.0).reshape(3, 4).T,
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "stored.safetensors"


def test_arrays_and_facts_come_back_as_they_were(path: Path) -> None:
    facts = {"name": "Zürich 🐈", "numbers": [1, 2.5, None], "nested": {"yes": True}}
    save_arrays(path, ARRAYS, facts)
    stored = read_arrays(path)
    assert stored.facts == facts
    assert set(stored.arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert stored.arrays[name].dtype == array.dtype
        assert stored.arrays[name].shape == array.shape
        assert np.array_equal(stored.arrays[name], array)


def test_no_arrays_at_all_can_be_stored(path: Path) -> None:
    save_arrays(path, {}, {"n": 0})
    assert read_arrays(path).facts == {"n": 0}


def test_arrays_read_are_read_only(path: Path) -> None:
    save_arrays(path, ARRAYS, {})
    for array in read_arrays(path).arrays.values():
        assert not array.flags.writeable


def test_saving_replaces_what_was_there(path: Path) -> None:
    save_arrays(path, {"a": np.zeros(2)}, {"version": 1})
    save_arrays(path, {"b": np.ones(2)}, {"version": 2})
    assert set(read_arrays(path).arrays) == {"b"}
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_writer_that_raises_leaves_nothing(path: Path) -> None:
    def breaks(temporary: Path) -> None:
        temporary.write_text("half")
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        write_atomic(path, breaks)
    assert list(path.parent.iterdir()) == []


def test_a_writer_that_raises_leaves_the_old_file(path: Path) -> None:
    write_atomic(path, lambda temporary: temporary.write_text("old"))
    with pytest.raises(ZeroDivisionError):
        write_atomic(path, lambda temporary: temporary.write_text(str(1 / 0)))
    assert path.read_text() == "old"
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_the_file_is_not_there_before_it_is_whole(path: Path) -> None:
    def write(temporary: Path) -> None:
        temporary.write_text("half")
        assert not path.exists()
        temporary.write_text("whole")

    write_atomic(path, write)
    assert path.read_text() == "whole"


def test_an_absent_file_is_none_without_a_word(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert load_arrays(path) is None
    assert not caplog.text
    with pytest.raises(FileNotFoundError):
        read_arrays(path)


def damaged(path: Path, how: str) -> None:
    save_arrays(path, {"a": np.arange(50.0)}, {})
    raw = bytearray(path.read_bytes())
    if how == "one bit":
        raw[-9] ^= 1
    contents = {"empty": b"", "truncated": raw[:-8], "one bit": raw, "garbage": b"\xff" * 400, "short": b"abc"}
    path.write_bytes(contents[how])


@pytest.mark.parametrize("how", ["empty", "truncated", "one bit", "garbage", "short"])
def test_a_damaged_file_is_removed_with_a_log_line(path: Path, how: str, caplog: pytest.LogCaptureFixture) -> None:
    damaged(path, how)
    with pytest.raises(ValueError, match=r"stored\.safetensors"):
        read_arrays(path)
    assert path.exists()
    with caplog.at_level(logging.WARNING):
        assert load_arrays(path) is None
    assert str(path) in caplog.text
    assert not path.exists()


def test_a_safetensors_file_of_someone_else_is_not_trusted(path: Path) -> None:
    path.parent.mkdir()
    save_file({"a": np.ones(3)}, path, metadata={"facts": json.dumps({})})
    with pytest.raises(ValueError, match="checksum"):
        read_arrays(path)


@pytest.mark.parametrize(
    "changed",
    [
        {"b": np.arange(4.0)},
        {"a": np.arange(4.0).reshape(2, 2)},
        {"a": np.arange(4.0).view(np.int64)},
        {"a": np.arange(4.0) + 1e-15},
        {"a": np.arange(4.0), "b": np.empty(0)},
    ],
    ids=["name", "shape", "dtype", "value", "one more"],
)
def test_the_checksum_covers_names_shapes_dtypes_and_values(path: Path, changed: dict) -> None:
    save_arrays(path, {"a": np.arange(4.0)}, {})
    with safe_open(path, framework="numpy") as file:
        header = file.metadata()
    save_file(changed, path, metadata=header)
    assert set(load_file(path)) == set(changed)
    with pytest.raises(ValueError, match="checksum"):
        read_arrays(path)


def test_the_home_is_the_chosen_folder_or_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("EMBFILTER_HOME", "~/mine")
    assert embfilter_home() == tmp_path / "mine"
    for unset in ("", None):
        monkeypatch.delenv("EMBFILTER_HOME") if unset is None else monkeypatch.setenv("EMBFILTER_HOME", unset)
        assert embfilter_home() == tmp_path / ".cache" / "embfilter-explorer"
