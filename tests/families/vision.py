"""Wrappers of a language model that also see: their language model is read, for text alone."""

from tests.families.sizes import DELTA, GROUPED, HEADS, MIXED, ROWS, VISION, MakeConfig, of

_SIGLIP = {"model_type": "siglip_vision_model", **VISION}
_CLIP = {"model_type": "clip_vision_model", **VISION, "projection_dim": 16}
_QWEN_EYES = {"depth": 1, "embed_dim": 16, "hidden_size": 32, "num_heads": 2, "patch_size": 4}
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
        vision_config={
            "depth": 1,
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_heads": 2,
            "patch_size": 4,
            "out_hidden_size": 32,
        },
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
        vision_config={
            "depth": 1,
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_heads": 2,
            "patch_size": 4,
            "out_hidden_size": 32,
            "num_position_embeddings": 16,
        },
    ),
    "qwen3_vl": of(
        "qwen3_vl",
        text_config={"model_type": "qwen3_vl_text", **HEADS, "rope_parameters": _SECTIONS},
        vision_config={
            "depth": 1,
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_heads": 2,
            "patch_size": 4,
            "out_hidden_size": 32,
            "deepstack_visual_indexes": [0],
            "num_position_embeddings": 16,
        },
        **_IMAGE,
    ),
    "smolvlm": of("smolvlm", text_config={"model_type": "llama", **GROUPED}, vision_config=VISION, **_IMAGE),
}
