"""Weights that are not the model's numbers are refused by what they are; what changes no number is left alone."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from embfilter_core import load_backbone
from embfilter_core.backbones.proofs.weights import require_finite
from embfilter_core.errors import BackboneError
from tests.core.backbones.refused import refused
from tests.each import for_each
from tests.tiny import save_tiny

Change = Callable[[dict[str, Tensor]], None]
PROJECTION = "model.layers.1.mlp.up_proj"
FP8 = torch.float8_e4m3fn


@pytest.fixture(scope="module")
def untied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untied tiny Llama; each test writes a changed copy of its weights beside its other files."""
    return save_tiny(tmp_path_factory.mktemp("untied") / "untied", tied=False)


@pytest.fixture
def changed(untied: Path, tmp_path: Path) -> Callable[..., Path]:
    """Writes a folder whose weights, and entries of whose configuration, differ from those of `untied`."""

    def write(change: Change, **entries: object) -> Path:
        folder = tmp_path / "changed"
        folder.mkdir(exist_ok=True)
        for name in ("tokenizer.json", "tokenizer_config.json"):
            (folder / name).write_bytes((untied / name).read_bytes())
        config = json.loads((untied / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(config | entries))
        weights = load_file(untied / "model.safetensors")
        change(weights)
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        return folder

    return write


def add(**tensors: Tensor) -> Change:
    return lambda weights: weights.update(tensors)


def scaled_to_fp8(weights: dict[str, Tensor]) -> None:
    """Store the projections of the layers in FP8, each block of 16 x 16 with its scale."""
    for name in [name for name in weights if name.endswith("proj.weight")]:
        rows, columns = weights[name].shape
        blocks = weights[name].view(rows // 16, 16, columns // 16, 16)
        scales = blocks.abs().amax((1, 3)) / torch.finfo(FP8).max
        weights[name] = (blocks / scales[:, None, :, None]).view(rows, columns).to(FP8)
        weights[f"{name}_scale_inv"] = scales


def refusal(folder: Path) -> BackboneError:
    return refused(load_backbone, str(folder))


NOT_THE_MODEL = {
    f"{PROJECTION}.weight_scale": "FP8",
    f"{PROJECTION}.input_scale": "FP8",
    f"{PROJECTION}.weight_scale_2": "NVFP4",
    f"{PROJECTION}.qweight": "GPTQ, AWQ",
    f"{PROJECTION}.qzeros": "GPTQ, AWQ",
    f"{PROJECTION}.scales": "in groups",
    f"{PROJECTION}.weight_packed": "compressed-tensors",
    f"{PROJECTION}.weight.absmax": "bitsandbytes",
    f"{PROJECTION}.weight.quant_state.bitsandbytes__nf4": "bitsandbytes",
    f"{PROJECTION}.SCB": "bitsandbytes",
    f"{PROJECTION}.Qidxs": "QuIP",
    f"{PROJECTION}.lora_A.weight": "adapter",
    f"base_model.model.{PROJECTION}.lora_B.default.weight": "adapter",
    f"{PROJECTION}.some_scale_of_its_own": "does not read",
    f"{PROJECTION}.bias": "does not read",
    "model.layers.0.self_attn.q_norm.weight": "does not read",
}
NOT_ABOUT_THE_TEXT = (
    "model.layers.0.self_attn.rotary_emb.inv_freq",
    "model.layers.0.self_attn.causal_mask",
    "model.layers.0.attn.bias",
    "model.layers.0.attn.masked_bias",
    "model.layers.0.self_attn.k_scale",
    "model.layers.2.self_attn.q_proj.weight",  # a layer after the last: it predicts a second token
    "mtp.layers.0.mlp.up_proj.weight",
    "vision_tower.encoder.layers.0.mlp.fc1.bias",
    "model.visual.blocks.0.attn.qkv.weight_scale",
    "model.Qformer.bert.encoder.layer.0.output.dense.weight",
    "model.vqmodel.encoder.down.0.block.0.norm1.weight",
    "multi_modal_projector.linear.weight",
    "v_head.summary.weight",
    "score.weight",
)


@for_each(name=NOT_THE_MODEL)
def test_tensors_that_nothing_reads_are_refused_by_what_they_say(changed: Callable[..., Path], name: str) -> None:
    error = refusal(changed(add(**{name: torch.ones(2)})))
    assert NOT_THE_MODEL[name] in error.what
    assert name in error.what


def test_tensors_beside_the_text_and_buffers_do_no_harm(changed: Callable[..., Path]) -> None:
    beside = {name: torch.ones(2) for name in NOT_ABOUT_THE_TEXT}
    assert load_backbone(str(changed(add(**beside)))).notices == ()


def test_fp8_whose_scales_nothing_applies_is_refused(changed: Callable[..., Path]) -> None:
    assert "quantised to FP8" in refusal(changed(scaled_to_fp8)).what


def test_fp8_whose_scales_are_applied_gives_the_numbers_that_it_stands_for(changed: Callable[..., Path]) -> None:
    stored = {"quant_method": "fp8", "activation_scheme": "dynamic", "weight_block_size": [16, 16]}
    folder = changed(scaled_to_fp8, quantization_config=stored)
    loaded = load_backbone(str(folder)).architecture.model.state_dict()
    file = load_file(folder / "model.safetensors")
    assert not any("scale" in name for name in loaded)
    for name in [name for name in loaded if name.endswith("proj.weight")]:
        scales = file[f"{name}_scale_inv"].repeat_interleave(16, 0).repeat_interleave(16, 1)
        assert torch.allclose(loaded[name], file[name].float() * scales, rtol=1e-6)


def test_quantised_weights_in_several_files_are_known_by_their_index(changed: Callable[..., Path]) -> None:
    folder = changed(add(**{f"{PROJECTION}.qweight": torch.ones(2)}))
    names = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").rename(folder / "model-00001-of-00001.safetensors")
    index = {"metadata": {}, "weight_map": dict.fromkeys(names, "model-00001-of-00001.safetensors")}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert "GPTQ, AWQ" in refusal(folder).what


BROKEN = {
    "lm_head.weight": (-1, 0),  # a row that no token has
    "model.embed_tokens.weight": (-1, 0),
    f"{PROJECTION}.weight": (0, 0),
    "model.norm.weight": (3,),
}


@for_each(name=BROKEN, value=(float("nan"), float("inf")))
def test_numbers_that_are_none_or_infinite_are_refused(changed: Callable[..., Path], name: str, value: float) -> None:
    def damage(weights: dict[str, Tensor]) -> None:
        weights[name][BROKEN[name]] = value

    error = refusal(changed(damage))
    assert "are not all numbers" in error.what
    assert "damaged" in error.advice


def test_large_numbers_whose_sum_is_infinite_are_numbers() -> None:
    large = torch.full((4, 4), 1e38)
    assert not large.sum().isfinite()
    require_finite(large, "numbers")
