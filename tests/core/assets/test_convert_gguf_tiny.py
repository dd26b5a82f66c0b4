"""What is written of a GGUF file is the model to the last bit, in the smallest dtype that holds each weight."""

from collections.abc import Callable, Iterator
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, PreTrainedTokenizerFast
from transformers.utils import logging as transformers_logging

from embfilter_core.assets import rope_factors
from embfilter_core.assets.convert_gguf import UNPACKING, WRITING, convert_gguf, smallest_lossless
from embfilter_core.assets.rope_factors import llama3_factors
from embfilter_core.backbones.fingerprint import fingerprint
from tests.tiny import tiny_model
from tests.tiny_gguf import save_gguf

Convert = Callable[..., Path]


@pytest.fixture
def convert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Convert]:
    """Converts a tiny file in this process, which has its libraries back afterwards."""
    for name in ("GGUFReader", "dequantize"):
        monkeypatch.setattr(gguf, name, getattr(gguf, name))
    monkeypatch.setenv("TQDM_DISABLE", "1")

    def to_folder(source: Path, tell: Callable[[str, int, int], None] = lambda *_: None) -> Path:
        convert_gguf(source, tmp_path / "folder", tell)
        return tmp_path / "folder"

    yield to_folder
    transformers_logging.set_tqdm_hook(None)


def read(folder: Path, **more: str) -> dict[str, torch.Tensor]:
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True, **more)
    return model.state_dict()


@pytest.mark.parametrize(("family", "stored"), [("llama", "F16"), ("qwen2", "BF16"), ("qwen2", "Q8_0")])
def test_a_copy_is_the_file_to_the_last_bit(tmp_path: Path, convert: Convert, family: str, stored: str) -> None:
    source = save_gguf(tmp_path / "m.gguf", family, stored, tied=family == "llama")
    place = {"gguf_file": source.name, "local_files_only": True}
    model = AutoModelForCausalLM.from_pretrained(tmp_path, dtype=torch.float32, **place)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path, **place)
    folder = convert(source)
    copy = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
    assert fingerprint(copy, PreTrainedTokenizerFast.from_pretrained(folder)) == fingerprint(model, tokenizer)


def test_a_text_is_split_as_the_file_says_and_not_as_its_family_does(tmp_path: Path, convert: Convert) -> None:
    source = save_gguf(tmp_path / "m.gguf", "qwen2")
    there = AutoTokenizer.from_pretrained(tmp_path, gguf_file=source.name, local_files_only=True)
    copy = PreTrainedTokenizerFast.from_pretrained(convert(source))
    texts = ["the cat sat", "e\u0301t\u00e9 12345  don't\n\n x", "<s> <pad> [PAD350]", ""]
    assert copy(texts).input_ids == there(texts).input_ids
    assert copy.special_tokens_map == there.special_tokens_map


@pytest.mark.parametrize(("stored", "expected"), [("F16", torch.float16), ("BF16", torch.bfloat16)])
def test_a_weight_takes_no_more_than_it_needs(
    tmp_path: Path, convert: Convert, stored: str, expected: torch.dtype
) -> None:
    folder = convert(save_gguf(tmp_path / "m.gguf", "qwen2", stored))
    kept = load_file(folder / "model.safetensors")
    assert {tensor.dtype for tensor in kept.values() if tensor.ndim > 1} <= {expected, torch.bfloat16}
    assert any(tensor.dtype == expected for tensor in kept.values())


def test_a_dtype_is_taken_only_where_it_holds_every_number() -> None:
    halves = torch.tensor([0.5, -2.0, 0.0])
    assert smallest_lossless(halves).dtype == torch.bfloat16
    assert smallest_lossless(torch.tensor([1 + 2**-10])).dtype == torch.float16
    for number in (1 + 2**-20, float("nan"), 1e30 * (1 + 2**-10)):
        kept = smallest_lossless(torch.tensor([0.5, number]))
        assert kept.dtype == torch.float32


def test_how_far_it_is_is_told_in_bytes_of_the_file(tmp_path: Path, convert: Convert) -> None:
    seen: list[tuple[str, int, int]] = []
    convert(save_gguf(tmp_path / "m.gguf"), lambda *far: seen.append(far))
    unpacked = [(done, total) for stage, done, total in seen if stage == UNPACKING]
    assert len(unpacked) > 10
    assert unpacked == sorted(unpacked)
    assert all(0 <= done < total for done, total in unpacked)
    assert any(stage == WRITING for stage, *_ in seen)


def test_the_header_is_read_once_and_its_vocabulary_not_at_all(
    tmp_path: Path, convert: Convert, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = save_gguf(tmp_path / "m.gguf")
    monkeypatch.setattr(gguf, "GGUFReader", lambda *_: pytest.fail("read anew"))
    convert(source)


def test_scaled_positions_are_those_of_the_model(
    tmp_path: Path, convert: Convert, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rope_factors, "TRAINED_POSITIONS", 1024)  # wavelengths of a tiny head are short
    rope = {"rope_type": "llama3", "rope_theta": 10_000.0, "factor": 8.0}
    rope |= {"low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 1024}
    factors = llama3_factors(10_000.0, 8, 8.0).astype(np.float32)
    assert factors[0] == 1
    assert factors[-1] == pytest.approx(8)
    folder = convert(save_gguf(tmp_path / "m.gguf", "llama", "F32", more={"rope_freqs.weight": factors}))
    copy = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    plain = tiny_model("llama")
    config = LlamaConfig.from_dict({**plain.config.to_dict(), "rope_parameters": rope})
    scaled = AutoModelForCausalLM.from_config(config).eval()
    scaled.load_state_dict(plain.state_dict())
    ids = torch.arange(120)[None]
    with torch.no_grad():
        ours, theirs, unscaled = (one(ids).logits for one in (copy, scaled, plain))
    assert torch.allclose(ours, theirs, atol=1e-4)
    assert not torch.allclose(ours, unscaled, atol=1e-2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"more": {"blk.1.attn_sinks.weight": np.ones(4, np.float32)}}, "4 weights that transformers has no place for"),
        ({"without": "blk.1.ffn_up"}, "lacks weights that a language model needs"),
        ({"more": {"rope_freqs.weight": np.full(4, 3, np.float32)}}, "scaled in a way that is not known"),
    ],
    ids=["a tensor of no use", "a tensor missing", "unknown scaling"],
)
def test_what_would_be_left_out_or_made_up_is_refused(
    tmp_path: Path, convert: Convert, change: dict, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        convert(save_gguf(tmp_path / "m.gguf", "llama", "F32", **change))


def test_a_block_that_predicts_further_tokens_is_left_out(tmp_path: Path, convert: Convert) -> None:
    more = {"blk.2.nextn.eh_proj.weight": np.ones((4, 32), np.float32)}
    folder = convert(save_gguf(tmp_path / "m.gguf", "llama", "F32", more=more))
    assert all(
        torch.equal(one, other)
        for one, other in zip(read(folder).values(), tiny_model("llama").state_dict().values(), strict=True)
    )
