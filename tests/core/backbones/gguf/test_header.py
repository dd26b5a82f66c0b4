"""What a GGUF file says of itself is read in no time, and a file that is not whole is refused at once."""

import time
from pathlib import Path

import gguf
import numpy as np
import pytest

from embfilter_core.backbones.gguf.header import is_gguf, read_header
from embfilter_core.errors import BackboneError
from tests.core.backbones.refused import refused
from tests.tiny import ROWS, tiny_model
from tests.tiny_gguf import save_gguf


def refusal(path: Path) -> BackboneError:
    return refused(read_header, path)


@pytest.mark.parametrize(("family", "stored"), [("llama", "F16"), ("qwen2", "Q8_0")])
@pytest.mark.parametrize("tied", [True, False])
def test_sizes_are_those_of_the_model_that_was_written(tmp_path: Path, family: str, stored: str, tied: bool) -> None:
    path = save_gguf(tmp_path / "m.gguf", family, stored, tied)
    model, header = tiny_model(family, tied), read_header(path)
    assert header.parameters == sum(parameter.numel() for parameter in model.parameters())
    assert (header.architecture, header.name, header.tied) == (family, f"tiny {family}", tied)
    assert (header.d, header.layers, header.vocab_size) == (32, 2, ROWS)
    assert header.bytes == path.stat().st_size
    assert header.quantisation == header.formats[0] == stored
    assert (header.part, header.parts) == (1, 1)


def test_a_file_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    whole = save_gguf(tmp_path / "m.gguf").read_bytes()
    cut = tmp_path / "cut.gguf"
    for length in {*np.linspace(4, len(whole) - 1, 60, dtype=int).tolist(), len(whole) - 1}:
        cut.write_bytes(whole[:length])
        assert "cut off" in refusal(cut).what
    cut.write_bytes(whole)
    assert read_header(cut) == read_header(tmp_path / "m.gguf")


@pytest.mark.parametrize(
    "tail", [b"\x03\x00\x00\x00" + b"\xff" * 200, b"\x03\x00\x00\x00" + b"\x00" * 8 + b"\xff" * 99]
)
def test_counts_that_no_file_can_hold_are_refused_at_once(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"GGUF\x03\x00\x00\x00" + tail)
    began = time.perf_counter()
    assert "cut off or damaged" in refusal(path).what
    assert time.perf_counter() - began < 1


def test_a_version_that_is_not_known_is_named(tmp_path: Path) -> None:
    path = save_gguf(tmp_path / "m.gguf")
    path.write_bytes(b"GGUF\x09" + path.read_bytes()[5:])
    assert "is of GGUF version 9; 2 and 3 are read" in refusal(path).what


def test_one_of_several_files_says_which_it_is(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "m.gguf", "llama")
    writer.add_uint16("split.no", 1)
    writer.add_uint16("split.count", 3)
    writer.add_tensor("token_embd.weight", np.zeros((4, 32), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    header = read_header(tmp_path / "m.gguf")
    assert (header.part, header.parts) == (2, 3)


def test_a_file_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    path = save_gguf(tmp_path / "blob")
    assert is_gguf(path)
    path.write_bytes(b"<html>")
    assert not is_gguf(path)
    assert not is_gguf(tmp_path)
    assert not is_gguf(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("facts", "scaling"),
    [
        ({}, ""),
        ({"rope.scaling.type": "linear", "rope.scaling.factor": 8.0}, "linear"),
        ({"rope.scaling.type": "yarn", "rope.scaling.factor": 4.0}, "yarn"),
        ({"rope.scale_linear": 2.0}, "linear"),
        ({"rope.scaling.type": "none", "rope.scaling.factor": 8.0}, ""),
        ({"rope.scaling.type": "linear", "rope.scaling.factor": 1.0}, ""),
    ],
)
def test_scaled_positions_are_noticed(tmp_path: Path, facts: dict[str, object], scaling: str) -> None:
    writer = gguf.GGUFWriter(tmp_path / "m.gguf", "gemma3")
    for name, value in facts.items():
        add = writer.add_string if isinstance(value, str) else writer.add_float32
        add(f"gemma3.{name}", value)
    writer.add_tensor("token_embd.weight", np.zeros((4, 32), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    assert read_header(tmp_path / "m.gguf").scaling == scaling


def test_factors_of_every_frequency_are_noticed_unless_they_are_read(tmp_path: Path) -> None:
    long = save_gguf(tmp_path / "m.gguf", "llama", more={"rope_factors_long.weight": np.ones(4, np.float32)})
    assert read_header(long).scaling == "longrope"
    read = save_gguf(tmp_path / "m.gguf", "llama", more={"rope_freqs.weight": np.ones(4, np.float32)})
    assert read_header(read).scaling == ""
    assert read_header(read).parameters == read_header(long).parameters
