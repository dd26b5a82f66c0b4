"""Families with a state that is carried along: Mamba, linear attention, convolutions, alone or among attention."""

from tests.families.sizes import DELTA, EXPERTS, GROUPED, HEADS, IDS, LOCAL_EXPERTS, MAMBA, PLAIN, ROWS, MakeConfig, of

_SMALL = {"vocab_size": ROWS, "hidden_size": 32, "num_hidden_layers": 2, "initializer_range": 0.3, **IDS}
_MIXED = ["linear_attention", "full_attention"]

RECURRENT: dict[str, MakeConfig] = {
    "bamba": of("bamba", GROUPED, MAMBA, attn_layer_indices=[1]),
    "falcon_h1": of("falcon_h1", HEADS, MAMBA, mamba_d_ssm=64, lm_head_multiplier=0.25),
    "falcon_mamba": of("falcon_mamba", _SMALL, state_size=8),
    "granitemoehybrid": of(
        "granitemoehybrid",
        GROUPED,
        LOCAL_EXPERTS,
        MAMBA,
        shared_intermediate_size=48,
        logits_scaling=4.0,
        layer_types=["mamba", "attention"],
    ),
    "jamba": of(
        "jamba",
        GROUPED,
        num_experts=2,
        attn_layer_period=2,
        attn_layer_offset=1,
        mamba_d_state=8,
        use_mamba_kernels=False,
    ),
    "lfm2": of("lfm2", GROUPED, layer_types=["conv", "full_attention"]),
    "mamba": of("mamba", _SMALL, state_size=8),
    "mamba2": of("mamba2", _SMALL, num_heads=4, head_dim=16, state_size=8, n_groups=2, chunk_size=16),
    "nemotron_h": of(
        "nemotron_h",
        {name: size for name, size in HEADS.items() if name != "num_hidden_layers"},
        layers_block_type=["mamba", "attention", "mlp"],
        mamba_num_heads=4,
        mamba_head_dim=16,
        ssm_state_size=8,
        n_groups=2,
        chunk_size=16,
        use_mamba_kernels=False,
    ),
    "olmo_hybrid": of("olmo_hybrid", GROUPED, DELTA, layer_types=_MIXED),
    "qwen3_5_text": of("qwen3_5_text", HEADS, DELTA, layer_types=_MIXED),
    "qwen3_next": of("qwen3_next", HEADS, DELTA, EXPERTS, shared_expert_intermediate_size=24, layer_types=_MIXED),
    "recurrent_gemma": of(
        "recurrent_gemma",
        PLAIN,
        num_key_value_heads=1,
        lru_width=32,
        attention_window_size=8,
        logits_soft_cap=5.0,
        block_types=["recurrent", "attention"],
    ),
    "rwkv": of("rwkv", IDS, vocab_size=ROWS, hidden_size=32, num_hidden_layers=2, intermediate_size=48),
    "xlstm": of("xlstm", _SMALL, num_heads=4, chunk_size=16, output_logit_soft_cap=5.0),
    "zamba2": of(
        "zamba2",
        PLAIN,
        num_hidden_layers=3,
        layers_block_type=["mamba", "hybrid", "mamba"],
        mamba_d_state=8,
        n_mamba_heads=4,
        use_mamba_kernels=False,
    ),
}
