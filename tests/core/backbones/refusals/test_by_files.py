"""What a folder holds is told by the names of its files, each kind by its own reason."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from embfilter_core import load_backbone
from embfilter_core.backbones.checkpoint import find_checkpoint
from embfilter_core.errors import BackboneError
from tests.core.backbones.refused import refused

WHOLE = ("config.json", "model.safetensors", "tokenizer.json")
OTHERS = {
    "ONNX": ("config.json", "tokenizer.json", "onnx/model.onnx"),
    "CTranslate2": ("config.json", "model.bin", "vocabulary.json"),
    "TensorRT": ("config.json", "rank0.engine"),
    "OpenVINO": ("config.json", "openvino_model.xml", "openvino_model.bin"),
    "MLX's older": ("config.json", "weights.npz"),
    "Core ML": ("config.json", "model.mlpackage/Manifest.json"),
    "Flax": ("config.json", "flax_model.msgpack"),
    "TensorFlow": ("config.json", "tf_model.h5"),
    "its maker's own": ("params.json", "consolidated.00.pth", "tokenizer.model"),
}


@pytest.fixture
def folder_of(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder with files by their names, of a content or none."""

    def make(*names: str, **contents: object) -> Path:
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("{}")
        for name, content in contents.items():
            (tmp_path / f"{name}.json").write_text(json.dumps(content))
        return tmp_path

    return make


def refusal(folder: Path) -> BackboneError:
    return refused(find_checkpoint, str(folder))


@pytest.mark.parametrize("kind", OTHERS)
def test_weights_in_another_format_alone_are_refused_by_its_name(folder_of: Callable[..., Path], kind: str) -> None:
    assert f"only weights in {kind} format" in refusal(folder_of(*OTHERS[kind])).what


@pytest.mark.parametrize("kind", OTHERS)
def test_another_format_beside_the_weights_does_no_harm(folder_of: Callable[..., Path], kind: str) -> None:
    assert find_checkpoint(str(folder_of(*WHOLE, *OTHERS[kind]))).notices == ()


@pytest.mark.parametrize("weights", ["adapter_model.safetensors", "adapter_model.bin"])
@pytest.mark.parametrize("more", [(), ("config.json",)], ids=["alone", "with its base's configuration"])
def test_an_adapter_alone_names_its_base_and_what_to_do(
    folder_of: Callable[..., Path], weights: str, more: tuple[str, ...]
) -> None:
    about = {"base_model_name_or_path": "owner/base", "peft_type": "LORA"}
    error = refusal(folder_of(weights, "tokenizer.json", "training_args.bin", *more, adapter_config=about))
    assert "is an adapter for owner/base, not a whole model" in error.what
    assert "Merge it into its base" in error.advice


def test_an_adapter_whose_configuration_is_damaged_is_still_an_adapter(folder_of: Callable[..., Path]) -> None:
    folder = folder_of("adapter_model.safetensors")
    (folder / "adapter_config.json").write_bytes(b"\xff{")
    assert "is an adapter, not a whole model" in refusal(folder).what


def test_an_adapter_beside_a_whole_model_is_said_to_be_left_out(folder_of: Callable[..., Path]) -> None:
    folder = folder_of(*WHOLE, "adapter_config.json", "adapter_model.safetensors")
    (notice,) = find_checkpoint(str(folder)).notices
    assert "An adapter lies beside the weights" in notice


def test_a_folder_whose_model_lies_in_a_folder_of_it_names_that(folder_of: Callable[..., Path]) -> None:
    inner = [f"0_Transformer/{name}" for name in WHOLE]
    error = refusal(folder_of("modules.json", "config_sentence_transformers.json", *inner))
    assert "lies in its folder 0_Transformer" in error.what


def test_a_pipeline_of_pictures_is_refused_as_one(folder_of: Callable[..., Path]) -> None:
    error = refusal(folder_of("model_index.json", "text_encoder/config.json", "text_encoder/model.safetensors"))
    assert "pipeline that makes pictures" in error.what


def test_leftovers_of_training_are_no_pickled_weights(folder_of: Callable[..., Path]) -> None:
    error = refusal(folder_of("config.json", "training_args.bin", "optimizer.pt", "rng_state.pth"))
    assert "no .safetensors weights" in error.what


def test_weights_that_modelopt_quantised_are_refused_by_the_file_beside_them(folder_of: Callable[..., Path]) -> None:
    folder = folder_of(*WHOLE, hf_quant_config={"quantization": {"quant_algo": "NVFP4"}})
    assert "quantised by ModelOpt (NVFP4)" in refusal(folder).what


def test_a_cache_that_a_server_rounds_is_no_quantisation_of_the_weights(folder_of: Callable[..., Path]) -> None:
    about = {"quantization": {"quant_algo": None, "kv_cache_quant_algo": "FP8"}}
    assert find_checkpoint(str(folder_of(*WHOLE, hf_quant_config=about))).notices == ()


def test_the_tokenizer_is_missed_before_a_weight_is_read(folder_of: Callable[..., Path]) -> None:
    with pytest.raises(BackboneError, match="has no tokenizer files"):
        load_backbone(str(folder_of("config.json", "model.safetensors")))
