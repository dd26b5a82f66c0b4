"""What is told of a backbone before it is loaded is what it turns out to be, and nothing large is read for it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from transformers import AutoModelForCausalLM, AutoTokenizer

from embfilter_core import Backbone, load_backbone, preflight
from embfilter_core.backbones import machine_memory
from embfilter_core.backbones.catalogue import CATALOGUE
from embfilter_core.backbones.device_names import DTYPES
from embfilter_core.backbones.preflight.facts import facts_of_config, facts_of_entry
from embfilter_core.backbones.preflight.files import fetched_by_a_load
from embfilter_core.backbones.preflight.memory import memory_need
from embfilter_core.errors import BackboneError
from tests.tiny import FAMILY_CONFIGS
from tests.tiny_gguf import save_gguf


@pytest.fixture
def nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for reader in (AutoModelForCausalLM, AutoTokenizer):
        monkeypatch.setattr(reader, "from_pretrained", None)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("family", ["llama", "gpt2", "opt_projected", "gemma3"])
def test_a_folder_is_told_as_it_turns_out(
    saved: Callable[..., Path], tiny: Callable[..., Backbone], request: pytest.FixtureRequest, family: str, tied: bool
) -> None:
    backbone = tiny(family, tied)
    request.getfixturevalue("nothing_is_read")
    told = preflight(str(saved(family, tied)))
    assert (told.facts.d, told.facts.vocab_size) == (backbone.d, backbone.vocab_size)
    assert (told.facts.layers, told.facts.tied) == (backbone.architecture.layers, tied)
    assert (told.facts.parameters, told.facts.active) == (backbone.weights.parameters, backbone.weights.active)
    assert told.facts.family == backbone.architecture.model.config.model_type
    assert (told.kind, told.fetch_bytes, told.obstacle) == ("folder", 0, "")
    assert told.stored_bytes == (saved(family, tied) / "model.safetensors").stat().st_size
    assert told.place().fits
    assert told.advice() == ""
    assert min(told.time.spectrum, told.time.texts) > 0


@pytest.mark.usefixtures("nothing_is_read")
def test_every_dtype_has_a_place_and_what_is_told_to_fit_is_what_a_load_takes(
    saved: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(saved("llama"))
    needed = preflight(folder).place().needed
    assert {place.dtype for place in preflight(folder).places} == set(DTYPES)

    def free(count: int) -> None:
        memory = machine_memory.MachineMemory(total=10**9, available=count)
        monkeypatch.setattr("embfilter_core.backbones.devices.machine_memory", lambda: memory)

    free(needed - 1)
    assert not preflight(folder).place().fits
    with pytest.raises(BackboneError, match="of memory in float32"):
        load_backbone(folder)
    free(needed)
    assert preflight(folder).place().fits


def test_one_of_the_catalogue_that_cannot_be_reached_is_told_from_the_catalogue() -> None:
    entry = CATALOGUE["qwen2.5-0.5b"]
    told = preflight(entry.hub_id)
    assert (told.facts.d, told.facts.vocab_size, told.facts.layers) == (entry.d, entry.vocab_size, entry.layers)
    assert (told.fetch_bytes, told.licence, told.revision) == (entry.fetch_bytes, entry.licence, entry.revision)
    assert "cannot be reached" in told.obstacle


def test_what_is_no_backbone_is_refused_as_a_load_refuses_it(saved: Callable[..., Path], tmp_path: Path) -> None:
    quantised = shutil.copytree(saved("llama"), tmp_path / "quantised")
    config = json.loads((quantised / "config.json").read_text())
    (quantised / "config.json").write_text(json.dumps(config | {"quantization_config": {"quant_method": "awq"}}))
    for spec in ("no-such-backbone", "owner/name", str(tmp_path), str(quantised)):
        with pytest.raises(BackboneError) as one:
            preflight(spec)
        with pytest.raises(BackboneError) as other:
            load_backbone(spec)
        assert str(one.value) == str(other.value)


def test_the_memory_of_a_dtype_halves_and_every_term_grows_with_the_model() -> None:
    facts = facts_of_config(FAMILY_CONFIGS["llama"]())
    whole, half = memory_need(facts, "float32"), memory_need(facts, "bfloat16")
    assert whole.weights == pytest.approx(2 * half.weights, abs=1)
    assert 4 * facts.parameters < whole.weights < whole.stays < whole.peak
    small, large = (memory_need(facts_of_entry(CATALOGUE[name]), "bfloat16") for name in ("gpt2", "qwen3-8b"))
    for term in ("weights", "tokenizer", "check", "spectrum", "batch"):
        assert getattr(small, term) < getattr(large, term)


@pytest.mark.parametrize(
    ("names", "fetched"),
    [
        (["config.json", "model.safetensors", "consolidated.safetensors"], ["model.safetensors", "config.json"]),
        (
            ["a/model.safetensors", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "x.bin"],
            ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"],
        ),
        (["model.safetensors", "model-00001-of-00002.safetensors"], ["model.safetensors"]),
        (["tokenizer.model", "merges.txt", "README.md", "onnx/config.json"], ["merges.txt", "tokenizer.model"]),
    ],
)
def test_only_the_weights_of_the_model_and_small_files_are_fetched(names: list[str], fetched: list[str]) -> None:
    assert fetched_by_a_load(names) == fetched


@pytest.mark.usefixtures("nothing_is_read")
def test_a_gguf_file_is_told_by_its_header(tmp_path: Path) -> None:
    file = save_gguf(tmp_path / "m.gguf", "llama", "Q8_0", True)
    told, facts = preflight(str(file)), facts_of_config(FAMILY_CONFIGS["llama"](tie_word_embeddings=True))
    assert told.kind == "gguf"
    assert (told.facts.d, told.facts.vocab_size, told.facts.layers) == (facts.d, facts.vocab_size, facts.layers)
    assert (told.facts.parameters, told.facts.tied) == (facts.parameters, True)
    assert told.stored_bytes == file.stat().st_size
