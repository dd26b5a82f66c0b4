"""Tiny models of families that do not take padding as others do, or attend in both directions."""

from collections.abc import Callable
from pathlib import Path

import torch
import transformers as hf
from transformers import AutoModelForCausalLM, PreTrainedConfig

from tests.tiny import FAMILY_CONFIGS, ROWS, byte_level_tokenizer

_ENDS = {"bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 2}
_SIZES = {"vocab_size": ROWS, "hidden_size": 32, "num_hidden_layers": 2, "intermediate_size": 48, **_ENDS}
_ATTENTION = {**_SIZES, "num_attention_heads": 4, "initializer_range": 0.3, "max_position_embeddings": 160}


def _bart() -> PreTrainedConfig:
    sizes = {"d_model": 32, "decoder_layers": 2, "decoder_attention_heads": 4, "decoder_ffn_dim": 48, "init_std": 0.3}
    alone = {"is_decoder": True, "is_encoder_decoder": False, "max_position_embeddings": 160}
    return hf.BartConfig(vocab_size=ROWS, **sizes, **alone, **_ENDS)


def _deepseek_v4() -> PreTrainedConfig:
    heads = {"num_attention_heads": 4, "head_dim": 16, "q_lora_rank": 16, "o_lora_rank": 16, "o_groups": 2}
    experts = {"n_routed_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 16}
    index = {"index_n_heads": 2, "index_head_dim": 16, "index_topk": 64}
    rates = {"compressed_sparse_attention": 4, "heavily_compressed_attention": 16}
    more = {"sliding_window": 16, "compress_rates": rates, "initializer_range": 0.3, "max_position_embeddings": 160}
    return hf.DeepseekV4Config(
        vocab_size=ROWS, hidden_size=32, num_hidden_layers=2, **heads, **experts, **index, **more, **_ENDS
    )


UNPADDED: dict[str, Callable[[], PreTrainedConfig]] = {
    # It reads every position one after the other, padding too.
    "rwkv": lambda: hf.RwkvConfig(**_SIZES, context_length=160, attention_hidden_size=32),
    # It counts positions from the left, padding too, and takes no others.
    "bart": _bart,
    # It compresses every so many positions to one, counted from the left, padding too.
    "deepseek_v4": _deepseek_v4,
}
BOTH_WAYS = {
    "llama": lambda: hf.LlamaConfig(**_ATTENTION, is_causal=False),
    "gemma3_text": lambda: FAMILY_CONFIGS["gemma3_text"](use_bidirectional_attention=True),
}


def save_odd(folder: Path, config: PreTrainedConfig) -> Path:
    """Write a random model of a configuration with the byte-level tokenizer to a folder."""
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.3 * torch.randn_like(parameter))
    model.save_pretrained(folder)
    byte_level_tokenizer().save_pretrained(folder)
    return folder
