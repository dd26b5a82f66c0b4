"""A load says what it does, in steps that grow, and stops wherever it is told to, leaving nothing in memory."""

import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, MixtralConfig, PreTrainedModel
from transformers.utils import logging as transformers_logging

from embfilter_core import load_backbone
from embfilter_core.backbones import loading
from embfilter_core.backbones.held import DECOMPOSING, HeldBackbones
from embfilter_core.backbones.loading import CHECKING, HASHING
from embfilter_core.backbones.told_reading import tensor_bytes, told_by_layer, told_by_tensor
from embfilter_core.errors import Cancelled
from tests.tiny import byte_level_tokenizer, tiny_model

Told = tuple[str, int, int]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list["weakref.ref[PreTrainedModel]"]:
    """Grows by every model whose weights were read."""
    models: list[weakref.ref[PreTrainedModel]] = []
    describe = loading.describe

    def noted(model: PreTrainedModel, *more: object) -> object:
        models.append(weakref.ref(model))
        return describe(model, *more)

    monkeypatch.setattr(loading, "describe", noted)
    return models


def test_every_stage_is_told_and_its_steps_grow(saved: Callable[..., Path]) -> None:
    seen: list[Told] = []
    HeldBackbones().get(str(saved("llama", False)), "float32", "cpu", lambda *told: seen.append(told))
    stages = list(dict.fromkeys(stage for stage, *_ in seen))
    assert stages[0].startswith("reading ")
    assert stages[1:] == [CHECKING, HASHING, DECOMPOSING]
    for stage in stages:
        steps = [(done, total) for one, done, total in seen if one == stage]
        assert steps == sorted(steps)
        assert len({total for _, total in steps}) == 1
        assert all(0 <= done <= total for done, total in steps)
    reading = [(done, total) for stage, done, total in seen if stage == stages[0]]
    assert reading[0][0] == 0
    assert reading[-1] == (sum(tensor_bytes(saved("llama", False) / "model.safetensors").values()),) * 2


@pytest.mark.parametrize("stage", ["reading", CHECKING, HASHING, DECOMPOSING])
def test_a_load_stopped_in_any_stage_leaves_nothing_in_memory(
    saved: Callable[..., Path], read: list["weakref.ref[PreTrainedModel]"], stage: str
) -> None:
    spec, asked = str(saved("llama", False)), []

    def stop_there(told: str, *_: int) -> bool:
        asked.append(told)
        return not told.startswith(stage)

    held = HeldBackbones()
    with pytest.raises(Cancelled) as caught:
        held.get(spec, "float32", "cpu", stop_there)
    assert asked[-1].startswith(stage)
    assert len([told for told in asked if told.startswith(stage)]) == 1  # nothing was done after it
    assert held.loaded() == {}
    assert held.state(spec, "float32", "cpu") == "absent"
    gc.collect()
    assert [model() for model in read] == [None] * len(read)  # though the error is still there
    assert caught.value
    assert held.get(spec, "float32", "cpu").d == 32


def test_a_load_is_stopped_in_the_middle_of_its_weights(saved: Callable[..., Path]) -> None:
    read: list[int] = []

    def stop_half_way(stage: str, done: int, total: int) -> bool:
        read.append(done)
        return not (stage.startswith("reading") and done > total / 2)

    with pytest.raises(Cancelled, match="bytes"):
        load_backbone(str(saved("llama", False)), progress=stop_half_way)
    assert read[-1] == max(read)


def test_what_is_read_elsewhere_in_the_process_is_not_told(saved: Callable[..., Path]) -> None:
    loads: list[int] = []
    with told_by_tensor([], lambda done, total: loads.append(done)):
        pass
    tiny_model("llama")
    AutoModelForCausalLM.from_pretrained(saved("llama"), dtype=torch.float32)
    assert loads == []


def test_tensors_that_are_made_of_several_are_counted_too(tmp_path: Path) -> None:
    sizes = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = MixtralConfig(vocab_size=360, num_key_value_heads=2, num_local_experts=4, **sizes)
    AutoModelForCausalLM.from_config(config).save_pretrained(tmp_path)
    byte_level_tokenizer().save_pretrained(tmp_path)
    files, seen = [tmp_path / "model.safetensors"], []
    with told_by_tensor(files, lambda *told: seen.append(told)):
        AutoModelForCausalLM.from_pretrained(tmp_path)
    total = sum(tensor_bytes(files[0]).values())
    assert seen == sorted(seen)
    assert 0.95 * total <= seen[-1][0] <= total  # shares of the experts are rounded down


@pytest.mark.parametrize("content", [b"", b"\xff" * 40, b"\x02" + b"\x00" * 7 + b"[]", b"\x02" + b"\x00" * 7 + b"{}"])
def test_of_damaged_weights_no_bytes_are_known(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.safetensors").write_bytes(content)
    assert tensor_bytes(tmp_path / "model.safetensors") == {}


@pytest.fixture(autouse=True)
def without_hook() -> None:
    transformers_logging.set_tqdm_hook(None)


def test_passes_are_stopped_between_layers_and_the_model_is_left_as_it_was() -> None:
    model, seen = tiny_model("llama"), []

    def stop_at_the_second(done: int, most: int) -> bool:
        seen.append((done, most))
        return done < 1

    with pytest.raises(Cancelled), torch.no_grad(), told_by_layer(model, stop_at_the_second, 10):
        model(torch.arange(4)[None])
    assert seen == [(0, 10), (1, 10)]
    with torch.no_grad():
        model(torch.arange(4)[None])
    assert len(seen) == 2
