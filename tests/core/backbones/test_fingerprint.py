"""A fingerprint names exactly these weights, configuration and tokenizer, and what was hashed once is remembered."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from embfilter_core import Backbone, load_backbone
from embfilter_core.backbones import weight_digests
from embfilter_core.backbones.fingerprint import fingerprint
from embfilter_core.storage.arrays import embfilter_home
from tests.tiny import byte_level_tokenizer, save_tiny, sentencepiece_tokenizer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tiny Llama whose files a test may change."""
    return save_tiny(tmp_path / "mine")


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by the number of tensors whenever weights are hashed."""
    numbers: list[int] = []
    real = weight_digests.hash_tensors
    monkeypatch.setattr(
        weight_digests, "hash_tensors", lambda names, *more: numbers.append(len(names)) or real(names, *more)
    )
    return numbers


def test_the_same_weights_in_another_folder_have_the_same_fingerprint(llama: Backbone, tmp_path: Path) -> None:
    assert load_backbone(str(save_tiny(tmp_path / "elsewhere"))).fingerprint == llama.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"tokenizer": sentencepiece_tokenizer()},
        {"tokenizer": byte_level_tokenizer(bos=False)},
        {"tied": False},
    ],
    ids=["weights", "vocabulary", "no BOS", "untied"],
)
def test_other_embeddings_mean_another_fingerprint(llama: Backbone, tmp_path: Path, change: dict) -> None:
    other = load_backbone(str(save_tiny(tmp_path / "other", **change)))
    assert not np.allclose(other.embed(["the cat"]), llama.embed(["the cat"]), atol=1e-3) or change == {"tied": False}
    assert other.fingerprint != llama.fingerprint


def test_a_setting_that_changes_the_numbers_changes_the_fingerprint(tmp_path: Path, llama: Backbone) -> None:
    folder = save_tiny(tmp_path / "eps")
    config = (folder / "config.json").read_text()
    assert '"rms_norm_eps": 1e-06' in config
    (folder / "config.json").write_text(config.replace('"rms_norm_eps": 1e-06', '"rms_norm_eps": 0.1'))
    assert load_backbone(str(folder)).fingerprint != llama.fingerprint


def test_a_single_changed_weight_changes_the_fingerprint(tiny: Callable[..., Backbone]) -> None:
    backbone = tiny("qwen2", tied=False)
    weight = backbone.architecture.model.model.layers[1].mlp.up_proj.weight
    kept = float(weight[3, 5])
    weight[3, 5] += 1e-3
    try:
        assert fingerprint(backbone.architecture.model, backbone.tokenizer) != backbone.fingerprint
    finally:
        weight[3, 5] = kept
    assert fingerprint(backbone.architecture.model, backbone.tokenizer) == backbone.fingerprint


def test_a_second_load_hashes_no_weight_and_has_the_same_fingerprint(folder: Path, hashed: list[int]) -> None:
    first = load_backbone(str(folder))
    assert len(hashed) == 1
    again = load_backbone(str(folder))
    assert len(hashed) == 1
    in_full = fingerprint(again.architecture.model, again.tokenizer)
    assert first.fingerprint == again.fingerprint == in_full


def test_changed_weights_under_the_same_path_are_noticed(folder: Path, hashed: list[int]) -> None:
    before, file = load_backbone(str(folder)).fingerprint, folder / "model.safetensors"
    times, size = file.stat(), file.stat().st_size
    weights = load_file(file)
    weights["model.norm.weight"] = weights["model.norm.weight"] + 1
    save_file(weights, file, metadata={"format": "pt"})
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))  # as a tool does that keeps the times of what it copies
    assert file.stat().st_size == size
    assert load_backbone(str(folder)).fingerprint != before
    assert len(hashed) == 2


def test_a_changed_configuration_is_noticed_though_the_weights_are_remembered(folder: Path, hashed: list[int]) -> None:
    before = load_backbone(str(folder)).fingerprint
    config = folder / "config.json"
    config.write_text(config.read_text().replace('"rms_norm_eps": 1e-06', '"rms_norm_eps": 0.1'))
    assert load_backbone(str(folder)).fingerprint != before
    assert len(hashed) == 1


@pytest.mark.parametrize("number", [1, 2, 3], ids=["size", "change of content", "change of anything"])
def test_what_is_remembered_of_files_in_another_state_is_not_trusted(
    llama: Backbone, folder: Path, hashed: list[int], number: int
) -> None:
    state, files = llama.architecture.model.state_dict(), weight_digests.file_states([folder / "model.safetensors"])
    true = weight_digests.weight_digests(state, files)
    files[0][number] += 1
    changed = {name: tensor + 1 for name, tensor in state.items()}
    assert weight_digests.weight_digests(changed, files) != true
    assert len(hashed) == 2


@pytest.mark.parametrize("damage", [b"", b"not safetensors"])
def test_a_damaged_memory_is_made_again(folder: Path, hashed: list[int], damage: bytes) -> None:
    before = load_backbone(str(folder)).fingerprint
    (memory,) = (embfilter_home() / "weights").iterdir()
    memory.write_bytes(damage)
    assert load_backbone(str(folder)).fingerprint == load_backbone(str(folder)).fingerprint == before
    assert len(hashed) == 2


def test_each_dtype_is_remembered_beside_the_other(llama: Backbone, folder: Path, hashed: list[int]) -> None:
    files = weight_digests.file_states([folder / "model.safetensors"])
    whole = llama.architecture.model.state_dict()
    half = {name: tensor.bfloat16() for name, tensor in whole.items()}
    one, other = (weight_digests.weight_digests(state, files) for state in (whole, half))
    assert one != other
    assert [weight_digests.weight_digests(state, files) for state in (whole, half)] == [one, other]
    assert len(hashed) == 2


def test_a_home_that_cannot_be_written_costs_only_time(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, llama: Backbone
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("EMBFILTER_HOME", str(tmp_path / "file"))
    assert load_backbone(str(folder)).fingerprint == llama.fingerprint
