"""Families with a mixture of experts."""

from tests.families.sizes import EXPERTS, GROUPED, HEADS, LATENT, LOCAL_EXPERTS, PLAIN, ROUTED, MakeConfig, of

MIXTURES: dict[str, MakeConfig] = {
    "deepseek_v2": of("deepseek_v2", PLAIN, LATENT, ROUTED),
    "deepseek_v3": of("deepseek_v3", PLAIN, LATENT, ROUTED),
    "deepseek_v4": of(
        "deepseek_v4",
        {name: size for name, size in PLAIN.items() if name != "intermediate_size"},
        head_dim=16,
        q_lora_rank=16,
        n_routed_experts=4,
        num_experts_per_tok=2,
        moe_intermediate_size=24,
        hc_mult=2,
        sliding_window=8,
        o_groups=2,
        o_lora_rank=8,
        index_n_heads=2,
        index_head_dim=8,
        index_topk=8,
    ),
    "dots1": of("dots1", HEADS, ROUTED),
    "ernie4_5_moe": of(
        "ernie4_5_moe", GROUPED, moe_intermediate_size=24, moe_k=2, moe_num_experts=4, moe_num_shared_experts=1
    ),
    "glm4_moe": of("glm4_moe", HEADS, ROUTED),
    "gpt_oss": of("gpt_oss", HEADS, LOCAL_EXPERTS, sliding_window=8),
    "granitemoe": of("granitemoe", GROUPED, LOCAL_EXPERTS, logits_scaling=4.0),
    "hunyuan_v1_moe": of("hunyuan_v1_moe", HEADS, num_experts=4, moe_topk=2),
    "jetmoe": of("jetmoe", {**PLAIN, "num_attention_heads": 4}, LOCAL_EXPERTS, num_key_value_heads=2, kv_channels=8),
    "lfm2_moe": of("lfm2_moe", GROUPED, EXPERTS, num_dense_layers=1, layer_types=["conv", "full_attention"]),
    "llama4_text": of("llama4_text", HEADS, num_local_experts=4, intermediate_size_mlp=48, attention_chunk_size=16),
    "minimax": of("minimax", HEADS, LOCAL_EXPERTS, block_size=16),
    "minimax_m2": of("minimax_m2", HEADS, LOCAL_EXPERTS),
    "mixtral": of("mixtral", HEADS, LOCAL_EXPERTS),
    "olmoe": of("olmoe", GROUPED, num_experts=4, num_experts_per_tok=2),
    "phimoe": of("phimoe", GROUPED, LOCAL_EXPERTS),
    "qwen2_moe": of("qwen2_moe", GROUPED, EXPERTS, shared_expert_intermediate_size=24),
    "qwen3_moe": of("qwen3_moe", HEADS, EXPERTS),
}
