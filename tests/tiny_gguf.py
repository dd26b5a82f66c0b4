"""Tiny GGUF files, written from the random tiny models as llama.cpp's converter writes those of trained ones."""

import json
from collections.abc import Mapping
from pathlib import Path

import gguf
import numpy as np
from transformers import PreTrainedModel

from tests.tiny import BOS, EOS, SPECIAL, byte_level_tokenizer, tiny_model

ARCHITECTURES = {"llama": gguf.MODEL_ARCH.LLAMA, "qwen2": gguf.MODEL_ARCH.QWEN2}
FORMATS = {
    "F32": gguf.GGMLQuantizationType.F32,
    "F16": gguf.GGMLQuantizationType.F16,
    "BF16": gguf.GGMLQuantizationType.BF16,
    "Q8_0": gguf.GGMLQuantizationType.Q8_0,
}


def save_gguf(
    path: Path,
    family: str = "qwen2",
    stored: str = "Q8_0",
    tied: bool = True,
    seed: int = 0,
    more: Mapping[str, np.ndarray] | None = None,
    without: str = "none",
) -> Path:
    """Write a tiny model as a GGUF file whose matrices are in the format `stored` and whose vectors are in F32.

    Args:
        path: Where to.
        family: One of `ARCHITECTURES`.
        stored: One of `FORMATS`.
        tied: Whether it has one matrix for both ends.
        seed: Of its numbers.
        more: Tensors that are written besides, by their names.
        without: Tensors whose name has this in it are left out.
    """
    model = tiny_model(family, tied, seed)
    writer = gguf.GGUFWriter(path, gguf.MODEL_ARCH_NAMES[ARCHITECTURES[family]])
    _write_facts(writer, model, stored)
    _write_tokenizer(writer, model.config.vocab_size)
    _write_tensors(writer, model, family, FORMATS[stored], without)
    for name, values in (more or {}).items():
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _write_facts(writer: gguf.GGUFWriter, model: PreTrainedModel, stored: str) -> None:
    config = model.config
    writer.add_name(f"tiny {config.model_type}")
    writer.add_file_type({"F32": 0, "F16": 1, "BF16": 32, "Q8_0": 7}[stored])
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_vocab_size(config.vocab_size)


def _write_tokenizer(writer: gguf.GGUFWriter, rows: int) -> None:
    """The byte-level tokenizer, and a filler for every row without a token, as llama.cpp's converter makes them."""
    tokenizer = byte_level_tokenizer()
    pieces = {i: piece for piece, i in tokenizer.get_vocab().items()}
    tokens = [pieces.get(i, f"[PAD{i}]") for i in range(rows)]
    types = [_type_of(token, i in pieces) for i, token in enumerate(tokens)]
    merges = [" ".join(pair) for pair in json.loads(tokenizer.backend_tokenizer.to_str())["model"]["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(tokens.index(BOS))
    writer.add_eos_token_id(tokens.index(EOS))
    writer.add_add_bos_token(True)


def _type_of(token: str, is_token: bool) -> gguf.TokenType:
    if not is_token:
        return gguf.TokenType.UNUSED
    return gguf.TokenType.CONTROL if token in SPECIAL else gguf.TokenType.NORMAL


def _write_tensors(
    writer: gguf.GGUFWriter, model: PreTrainedModel, family: str, stored: gguf.GGMLQuantizationType, without: str
) -> None:
    config = model.config
    names = gguf.get_tensor_name_map(ARCHITECTURES[family], config.num_hidden_layers)
    for name, parameter in model.named_parameters():
        values = parameter.detach().numpy()
        if family == "llama" and ".q_proj." in name:
            values = _interleaved(values, config.num_attention_heads)
        if family == "llama" and ".k_proj." in name:
            values = _interleaved(values, config.num_key_value_heads)
        kind = _format_of(values, stored)
        raw = values if kind == gguf.GGMLQuantizationType.F32 else gguf.quantize(values, kind)
        title = names.get_name(name, try_suffixes=(".weight", ".bias"))
        if without not in title:
            writer.add_tensor(title, np.ascontiguousarray(raw), raw_dtype=kind)


def _format_of(values: np.ndarray, stored: gguf.GGMLQuantizationType) -> gguf.GGMLQuantizationType:
    if values.ndim == 1:
        return gguf.GGMLQuantizationType.F32
    fits = values.shape[1] % gguf.GGML_QUANT_SIZES[stored][0] == 0
    return stored if fits else gguf.GGMLQuantizationType.F16


def _interleaved(weight: np.ndarray, heads: int) -> np.ndarray:
    """Rows of a head in the order of llama.cpp, which rotates neighbours and not halves."""
    halves = weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:])
    return halves.swapaxes(1, 2).reshape(weight.shape)
