"""What a configuration says of a checkpoint that cannot be used is its own reason; what can be used is said aloud."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from transformers import AutoConfig, AutoModelForSequenceClassification

from embfilter_core import Backbone, load_backbone
from embfilter_core.backbones.refusals.by_config import refuse_non_causal
from embfilter_core.errors import BackboneError
from tests.core.backbones.refused import refused
from tests.each import for_each
from tests.tiny import FAMILY_CONFIGS, byte_level_tokenizer, save_tiny, tiny_model

QUANTISED = {
    "GPTQ (4-bit)": {"quant_method": "gptq", "bits": 4},
    "AWQ (4-bit)": {"quant_method": "awq", "bits": 4},
    "bitsandbytes (4-bit)": {"quant_method": "bitsandbytes", "load_in_4bit": True},
    "bitsandbytes (8-bit)": {"load_in_8bit": True},
    "compressed-tensors": {"quant_method": "compressed-tensors", "config_groups": {}},
    "ExLlamaV2 (4.25-bit)": {"quant_method": "exl2", "bits": 4.25},
    "ModelOpt": {"quant_method": "modelopt", "quant_algo": "FP8"},
    "quark": {"quant_method": "quark"},
}


@pytest.fixture
def configured(saved: Callable[..., Path], tmp_path: Path) -> Callable[..., Path]:
    """A tiny Llama whose configuration has other entries; its weights are those of the untied one."""

    def write(**entries: Any) -> Path:
        folder = saved("llama", False)
        for file in folder.iterdir():
            (tmp_path / file.name).write_bytes(file.read_bytes())
        config = json.loads((folder / "config.json").read_text())
        (tmp_path / "config.json").write_text(json.dumps(config | entries))
        return tmp_path

    return write


def refusal(folder: Path) -> BackboneError:
    return refused(load_backbone, str(folder))


@for_each(name=QUANTISED)
def test_stored_quantised_is_refused_by_the_name_of_the_method(configured: Callable[..., Path], name: str) -> None:
    error = refusal(configured(quantization_config=QUANTISED[name]))
    assert f"is stored quantised by {name}, which" in error.what
    assert ".gguf" in error.advice


def test_quantised_by_mlx_is_refused_by_that_name(configured: Callable[..., Path]) -> None:
    assert "MLX (4-bit)" in refusal(configured(quantization={"group_size": 64, "bits": 4})).what


def test_a_quantisation_that_is_null_is_none(configured: Callable[..., Path]) -> None:
    assert load_backbone(str(configured(quantization_config=None))).notices == ()


def test_a_type_that_is_not_known_is_told_apart_from_code_of_its_own(configured: Callable[..., Path]) -> None:
    assert "has no 'never-heard-of'" in refusal(configured(model_type="never-heard-of")).what
    own = {"AutoConfig": "own.Own", "AutoModelForCausalLM": "own.OwnLM"}
    assert (
        "needs code of its own (type 'never-heard-of')"
        in refusal(configured(model_type="never-heard-of", auto_map=own)).what
    )


def test_code_of_its_own_that_is_not_run_is_said(configured: Callable[..., Path]) -> None:
    (notice,) = load_backbone(str(configured(auto_map={"AutoModelForCausalLM": "own.OwnLM"}))).notices
    assert notice == "It brings code of its own, which is not run: it is read as llama."


def test_a_part_of_a_pipeline_of_pictures_is_refused_as_one(configured: Callable[..., Path]) -> None:
    folder = configured()
    (folder / "config.json").write_text(json.dumps({"_class_name": "UNet2DConditionModel"}))
    assert "makes pictures (UNet2DConditionModel)" in refusal(folder).what


def classifier(folder: Path, tied: bool, labels: int) -> Path:
    """A tiny Llama that was trained to tell labels apart, or to give one score."""
    config = FAMILY_CONFIGS["llama"](tie_word_embeddings=tied)
    config.num_labels = labels
    model = AutoModelForSequenceClassification.from_config(config)
    model.model.load_state_dict(tiny_model("llama", tied).model.state_dict())
    model.save_pretrained(folder)
    byte_level_tokenizer().save_pretrained(folder)
    return folder


@for_each(labels=((1, "a reward model"), (3, "a classifier")))
def test_a_classifier_without_an_unembedding_matrix_is_refused_as_one(tmp_path: Path, labels: tuple[int, str]) -> None:
    number, kind = labels
    error = refusal(classifier(tmp_path / str(number), False, number))
    assert f"was saved as {kind} (LlamaForSequenceClassification)" in error.what


def test_a_classifier_whose_embedding_matrix_is_its_head_is_taken_and_said(tmp_path: Path, llama: Backbone) -> None:
    loaded = load_backbone(str(classifier(tmp_path, True, 3)))
    (notice,) = loaded.notices
    assert "It was saved as a classifier" in notice
    assert np.array_equal(loaded.embed(["the cat"]), llama.embed(["the cat"]))


def test_what_an_adapter_beside_the_model_would_change_is_left_out(tmp_path: Path, llama: Backbone) -> None:
    folder = save_tiny(tmp_path / "both")
    (folder / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": "owner/base"}))
    (folder / "adapter_model.safetensors").write_bytes(b"")
    loaded = load_backbone(str(folder))
    assert any("adapter" in notice for notice in loaded.notices)
    assert np.array_equal(loaded.embed(["the cat"]), llama.embed(["the cat"]))


@pytest.mark.parametrize("kind", ["qwen2_audio", "voxtral"])
def test_a_model_of_speech_is_refused_as_one(kind: str) -> None:
    with pytest.raises(BackboneError, match=rf"a model of speech \({kind}\).*that it was built on"):
        refuse_non_causal(AutoConfig.for_model(kind), "some")
