"""A checkpoint that cannot be used is one clear line; one that can is loaded as asked."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoModelForCausalLM, BertConfig, T5Config, T5ForConditionalGeneration

from embfilter_core import Backbone, load_backbone
from embfilter_core.backbones import devices
from embfilter_core.errors import BackboneError
from tests.core.backbones.refused import refused
from tests.tiny import FAMILY_CONFIGS, byte_level_tokenizer, save_tiny, tiny_model

SIZES = {"vocab_size": 360, "hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An untied tiny Llama that a test may damage."""
    return save_tiny(tmp_path / "damaged", tied=False)


def refusal(spec: Path | str, **arguments: str) -> BackboneError:
    return refused(load_backbone, str(spec), **arguments)


def change_config(folder: Path, **changes: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changes))


def test_an_encoder_is_refused(tmp_path: Path) -> None:
    AutoModel.from_config(BertConfig(**SIZES, intermediate_size=32)).save_pretrained(tmp_path)
    byte_level_tokenizer().save_pretrained(tmp_path)
    assert "is an encoder model (bert)" in refusal(tmp_path).what


def test_an_encoder_decoder_is_refused(tmp_path: Path) -> None:
    config = T5Config(vocab_size=360, d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
    T5ForConditionalGeneration(config).save_pretrained(tmp_path)
    byte_level_tokenizer().save_pretrained(tmp_path)
    assert "is an encoder-decoder model (t5)" in refusal(tmp_path).what


def test_a_model_of_images_is_refused(folder: Path) -> None:
    change_config(folder, model_type="vit")
    assert "not a causal language model (type 'vit')" in refusal(folder).what


@pytest.mark.parametrize("damage", ["truncated", "garbage", "empty", "huge header"])
def test_damaged_weights_are_refused(folder: Path, damage: str) -> None:
    weights = folder / "model.safetensors"
    raw = weights.read_bytes()
    contents = {
        "truncated": raw[: len(raw) // 2],
        "garbage": b"\x00garbage" * 500,
        "empty": b"",
        "huge header": b"\xff" * 8 + raw[8:],
    }
    weights.write_bytes(contents[damage])
    assert "cannot be read" in refusal(folder).what


def test_missing_shards_are_refused(folder: Path) -> None:
    index = {"metadata": {}, "weight_map": {"lm_head.weight": "model-00001-of-00002.safetensors"}}
    (folder / "model.safetensors").rename(folder / "model-00002-of-00002.safetensors")
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert "cannot be read" in refusal(folder).what


def test_a_base_model_saved_without_its_head_is_refused(tmp_path: Path) -> None:
    tiny_model("llama", tied=False).base_model.save_pretrained(tmp_path)
    byte_level_tokenizer().save_pretrained(tmp_path)
    error = refusal(tmp_path)
    assert "lacks weights" in error.what
    assert "LlamaModel" in error.what


def test_a_base_model_whose_head_is_tied_needs_none(tmp_path: Path, llama: Backbone) -> None:
    tiny_model("llama", tied=True).base_model.save_pretrained(tmp_path)
    byte_level_tokenizer().save_pretrained(tmp_path)
    loaded = load_backbone(str(tmp_path))
    assert np.array_equal(loaded.embed(["the cat"]), llama.embed(["the cat"]))


def test_a_missing_inner_weight_is_refused_by_its_name(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    del weights["model.layers.1.mlp.up_proj.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    assert "model.layers.1.mlp.up_proj.weight" in refusal(folder).what


def test_a_weight_of_another_shape_is_refused(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    weights["lm_head.weight"] = weights["lm_head.weight"][:-5].clone()
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    refusal(folder)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "{}", '{"model_type": "never-heard-of"}', "\x00\x01"])
def test_a_configuration_that_cannot_be_used_is_refused(folder: Path, content: str) -> None:
    (folder / "config.json").write_text(content)
    assert "The configuration of damaged cannot be used" in refusal(folder).what


def test_a_configuration_with_impossible_sizes_is_refused(folder: Path) -> None:
    change_config(folder, hidden_size=-4)
    refusal(folder)


@pytest.mark.parametrize("content", [None, "", "{", "{}", "\x00"])
def test_a_tokenizer_that_cannot_be_read_is_refused(folder: Path, content: str | None) -> None:
    if content is None:
        (folder / "tokenizer.json").unlink()
    else:
        (folder / "tokenizer.json").write_text(content)
    assert "cannot be read" in refusal(folder).what


def remote_code(folder: Path, model_type: str) -> Path:
    """Make a checkpoint bring code of its own that leaves a trace when it runs; return the trace."""
    trace = folder / "it-ran"
    code = (
        f"open({str(trace)!r}, 'w').close()\nfrom transformers import LlamaConfig as Own, LlamaForCausalLM as OwnLM\n"
    )
    (folder / "own.py").write_text(code)
    change_config(
        folder, model_type=model_type, auto_map={"AutoConfig": "own.Own", "AutoModelForCausalLM": "own.OwnLM"}
    )
    return trace


def test_a_checkpoint_that_needs_its_own_code_is_refused_and_the_code_does_not_run(folder: Path) -> None:
    trace = remote_code(folder, "own")
    assert "code of its own" in refusal(folder).what
    assert not trace.exists()


def test_own_code_of_a_known_family_is_left_alone(folder: Path) -> None:
    trace = remote_code(folder, "llama")
    assert load_backbone(str(folder)).d == 32
    assert not trace.exists()


@pytest.mark.parametrize("tail", [b"", b"\x03\x00\x00\x00", b"\x03\x00\x00\x00" + b"\xff" * 200, b"\x00" * 64])
def test_a_damaged_gguf_file_is_refused(tmp_path: Path, tail: bytes) -> None:
    (tmp_path / "m.gguf").write_bytes(b"GGUF" + tail)
    refusal(tmp_path / "m.gguf")


def test_too_little_memory_is_told_before_anything_is_read(
    saved: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=20_000, available=10_000))
    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained", None)
    error = refusal(saved("llama"))
    assert re.search(r"needs \d+ MB of memory in float32; 0 MB are free", error.what)


@pytest.mark.parametrize("dtype", ["float8", "int8", "", "Float32"])
def test_an_unknown_dtype_is_refused(saved: Callable[..., Path], dtype: str) -> None:
    assert f"Unknown dtype {dtype!r}" in refusal(saved("llama"), dtype=dtype).what


def test_bfloat16_is_refused_where_it_is_not_native(
    saved: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "has_native_bfloat16", lambda: False)
    error = refusal(saved("llama"), dtype="bfloat16")
    assert "no native bfloat16" in error.what
    assert "float32" in error.advice


@pytest.mark.parametrize("family", FAMILY_CONFIGS)
def test_bfloat16_embeddings_point_where_float32_ones_do(
    saved: Callable[..., Path], tiny: Callable[..., Backbone], monkeypatch: pytest.MonkeyPatch, family: str
) -> None:
    monkeypatch.setattr(devices, "has_native_bfloat16", lambda: True)  # emulated elsewhere, to the same numbers
    half = load_backbone(str(saved(family)), dtype="bfloat16")
    assert half.dtype == "bfloat16"
    texts = ["the cat sat", "a dog", "one word in the sentence"]
    one, other = half.embed(texts, "plain-last"), tiny(family).embed(texts, "plain-last")
    cosines = (one * other).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    assert one.dtype == np.float32
    assert cosines.min() > 0.99
    assert half.fingerprint != tiny(family).fingerprint


def test_a_checkpoint_in_bfloat16_is_read_as_float32_unless_asked(tmp_path: Path) -> None:
    tiny_model("llama").to(torch.bfloat16).save_pretrained(tmp_path)
    byte_level_tokenizer().save_pretrained(tmp_path)
    assert load_backbone(str(tmp_path)).dtype == "float32"


def test_a_loaded_model_is_ready_for_inference_only(llama: Backbone) -> None:
    model = llama.architecture.model
    assert not model.training
    assert not any(parameter.requires_grad for parameter in model.parameters())


def test_a_backbone_remembers_what_it_was_loaded_by(saved: Callable[..., Path], llama: Backbone) -> None:
    assert llama.spec == str(saved("llama"))
    assert llama.name == saved("llama").name
    assert llama.entry is None
