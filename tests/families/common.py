"""The families that every test of families runs through: those whose layers may be computed in faster ways."""

from __future__ import annotations

import transformers as hf
from transformers import PreTrainedConfig

from tests.families.sizes import GROUPED, HEADS, PLAIN, POSITIONS, ROWS, VISION, MakeConfig, of

_GEMMA = {**HEADS, "query_pre_attn_scalar": 8, "final_logit_softcapping": 5.0, "sliding_window": 8}
_OPT = {name: value for name, value in PLAIN.items() if name not in ("intermediate_size", "initializer_range")}


def _gemma3(**tie: bool) -> PreTrainedConfig:
    text = hf.Gemma3TextConfig(**_GEMMA, **tie)
    more = {"vision_config": dict(VISION), "image_token_index": ROWS - 1, "initializer_range": 0.3}
    return hf.Gemma3Config(text_config=text, **more, **tie)


FAMILY_CONFIGS: dict[str, MakeConfig] = {
    "llama": of("llama", HEADS),
    "qwen2": of("qwen2", GROUPED),
    "qwen3": of("qwen3", HEADS),
    "mistral": of("mistral", HEADS, sliding_window=8),
    "gemma2": of("gemma2", _GEMMA),
    "gemma3_text": of("gemma3_text", _GEMMA),
    "gemma3": _gemma3,
    "gpt2": of(
        "gpt2",
        vocab_size=ROWS,
        n_embd=32,
        n_layer=2,
        n_head=4,
        n_positions=POSITIONS,
        initializer_range=0.3,
        bos_token_id=0,
        eos_token_id=1,
    ),
    "gpt_neox": of("gpt_neox", PLAIN),
    "opt": of("opt", _OPT, ffn_dim=48, init_std=0.3),
    # Like OPT-350m: the embedding is narrower than the layers, and there is no final norm.
    "opt_projected": of("opt", _OPT, ffn_dim=48, init_std=0.3, word_embed_proj_dim=16, do_layer_norm_before=False),
    "phi": of("phi", GROUPED),
    "phi3": of("phi3", GROUPED),
    "cohere": of("cohere", GROUPED, logit_scale=0.25),
    "granite": of("granite", GROUPED, logits_scaling=4.0),
}
