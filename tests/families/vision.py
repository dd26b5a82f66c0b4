"""Wrappers of a language model that also see: their language model is read, for text alone."""

from tests.families.sizes import DELTA, EXPERTS, GROUPED, HEADS, MIXED, ROWS, VISION, MakeConfig, of

_SIGLIP = {"model_type": "siglip_vision_model", **VISION}
_CLIP = {"model_type": "clip_vision_model", **VISION, "projection_dim": 16}
_FEW_PATCHES = {name: size for name, size in VISION.items() if name != "image_size"} | {"num_patches": 4}
_QWEN_EYES = {"depth": 1, "embed_dim": 16, "hidden_size": 32, "num_heads": 2, "patch_size": 4}
_TOWER = {
    "depth": 1,
    "hidden_size": 16,
    "intermediate_size": 16,
    "num_heads": 2,
    "patch_size": 4,
    "out_hidden_size": 32,
}
_IMAGE = {"image_token_id": ROWS - 1, "video_token_id": ROWS - 2}
_SECTIONS = {"rope_type": "default", "rope_theta": 10_000.0, "mrope_section": [1, 1, 2]}

VISION_LANGUAGE: dict[str, MakeConfig] = {
    "aya_vision": of(
        "aya_vision", text_config={"model_type": "cohere2", **GROUPED, "logit_scale": 0.25}, vision_config=_SIGLIP
    ),
    "idefics3": of("idefics3", text_config={"model_type": "llama", **GROUPED}, vision_config=VISION, **_IMAGE),
    "internvl": of(
        "internvl",
        text_config={"model_type": "qwen2", **GROUPED},
        vision_config={**VISION, "image_size": [28, 28], "patch_size": [14, 14]},
        image_token_id=ROWS - 1,
    ),
    "llava": of(
        "llava", text_config={"model_type": "llama", **GROUPED}, vision_config=_CLIP, image_token_index=ROWS - 1
    ),
    "mistral3": of(
        "mistral3",
        text_config={"model_type": "mistral", **HEADS},
        vision_config={"model_type": "pixtral", **VISION, "head_dim": 8},
        image_token_index=ROWS - 1,
    ),
    "paligemma": of(
        "paligemma",
        text_config={"model_type": "gemma2", **HEADS, "final_logit_softcapping": 5.0},
        vision_config={**_SIGLIP, "projection_dim": 32},
        image_token_index=ROWS - 1,
        vocab_size=ROWS,
    ),
    "qwen2_vl": of(
        "qwen2_vl",
        text_config={"model_type": "qwen2_vl_text", **GROUPED, "rope_parameters": _SECTIONS},
        vision_config=_QWEN_EYES,
        **_IMAGE,
    ),
    "qwen2_5_vl": of(
        "qwen2_5_vl",
        text_config={"model_type": "qwen2_5_vl_text", **GROUPED, "rope_parameters": _SECTIONS},
        vision_config=_TOWER,
        **_IMAGE,
    ),
    "qwen3_5": of(
        "qwen3_5",
        text_config={
            "model_type": "qwen3_5_text",
            **HEADS,
            **DELTA,
            "layer_types": MIXED,
        },
        vision_config={**_TOWER, "num_position_embeddings": 16},
    ),
    "qwen3_vl": of(
        "qwen3_vl",
        text_config={"model_type": "qwen3_vl_text", **HEADS, "rope_parameters": _SECTIONS},
        vision_config={**_TOWER, "deepstack_visual_indexes": [0], "num_position_embeddings": 16},
        **_IMAGE,
    ),
    "smolvlm": of("smolvlm", text_config={"model_type": "llama", **GROUPED}, vision_config=VISION, **_IMAGE),
    "cohere2_vision": of(
        "cohere2_vision", text_config={"model_type": "cohere2", **GROUPED, "sliding_window": 8}, vision_config=_SIGLIP
    ),
    "gemma4": of(
        "gemma4",
        text_config={
            "model_type": "gemma4_text",
            **HEADS,
            "vocab_size_per_layer_input": ROWS,
            "hidden_size_per_layer_input": 8,
            "layer_types": ["sliding_attention", "full_attention"],
            "sliding_window": 8,
            "final_logit_softcapping": 5.0,
        },
        vision_config={**VISION, "head_dim": 8, "num_key_value_heads": 2},
    ),
    "glm4v": of(
        "glm4v",
        text_config={"model_type": "glm4v_text", **GROUPED, "rope_parameters": _SECTIONS},
        vision_config=_TOWER,
        **_IMAGE,
    ),
    "lfm2_vl": of(
        "lfm2_vl",
        text_config={"model_type": "lfm2", **GROUPED, "layer_types": ["conv", "full_attention"]},
        vision_config={"model_type": "siglip2_vision_model", **_FEW_PATCHES},
        image_token_id=ROWS - 1,
    ),
    "llama4": of(
        "llama4",
        text_config={"model_type": "llama4_text", **HEADS, "num_local_experts": 4, "intermediate_size_mlp": 48},
        vision_config={**VISION, "vision_output_dim": 32, "projector_input_dim": 16, "projector_output_dim": 32},
    ),
    "llava_next": of(
        "llava_next", text_config={"model_type": "mistral", **HEADS}, vision_config=_CLIP, image_token_index=ROWS - 1
    ),
    "llava_onevision": of(
        "llava_onevision", text_config={"model_type": "qwen2", **GROUPED}, vision_config=_SIGLIP, **_IMAGE
    ),
    "mllama": of(
        "mllama",
        text_config={"model_type": "mllama_text_model", **GROUPED, "cross_attention_layers": [1]},
        vision_config={
            **VISION,
            "attention_heads": 2,
            "vision_output_dim": 32,
            "num_global_layers": 1,
            "intermediate_layers_indices": [0],
        },
    ),
    "qwen3_vl_moe": of(
        "qwen3_vl_moe",
        text_config={"model_type": "qwen3_vl_moe_text", **HEADS, **EXPERTS, "rope_parameters": _SECTIONS},
        vision_config={**_TOWER, "deepstack_visual_indexes": [0], "num_position_embeddings": 16},
        **_IMAGE,
    ),
}
