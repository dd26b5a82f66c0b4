"""What a configuration says of a checkpoint, and why it cannot be used where it cannot."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from embfilter_core.backbones.hugging_face import (
    CONFIG_MAPPING,
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES,
    MODEL_FOR_MASKED_LM_MAPPING_NAMES,
    MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES,
    TRANSFORMERS_VERSION,
    PreTrainedConfig,
)
from embfilter_core.errors import BackboneError

DEQUANTISED = ("fp8", "mxfp4")
"""Quantisations that transformers undoes when it reads: FP8 in blocks with scales, and MXFP4."""

_NAMES = {
    "auto-round": "AutoRound",
    "awq": "AWQ",
    "bitsandbytes": "bitsandbytes",
    "exl2": "ExLlamaV2",
    "exl3": "ExLlamaV3",
    "gptq": "GPTQ",
    "hqq": "HQQ",
    "modelopt": "ModelOpt",
    "torchao": "torchao",
}
_CLASSIFIER = re.compile(r"For(Sequence|Token)Classification|ForQuestionAnswering|ForMultipleChoice|Reward|Classifier")
_WITHOUT_HEAD = re.compile(r"(?<!LMHead)(?<!DoubleHeads)Model$")
_HEAD = re.compile(r"(^|\.)(lm_head|embed_out|output|output_layer|head|proj_out)\.(weight|linear\.weight)$")


def refuse_unreadable(config: Mapping[str, Any], name: str) -> None:
    """Raise BackboneError for a configuration whose type is not known here, or whose weights are stored quantised.

    Args:
        config: What stands in `config.json`.
        name: Of the backbone, for messages.
    """
    kind = config.get("model_type")
    if isinstance(kind, str) and kind not in CONFIG_MAPPING:
        if config.get("auto_map"):
            raise BackboneError(
                f"{name} needs code of its own (type {kind[:40]!r}), which is not run here.",
                "Choose a checkpoint of a type that transformers knows, or a .gguf file of it.",
            )
        raise BackboneError(
            f"The configuration of {name} cannot be used: transformers {TRANSFORMERS_VERSION} has no {kind[:40]!r}.",
            "A newer version may know it; or choose another one.",
        )
    if kind is None and "_class_name" in config:
        part = str(config["_class_name"])[:40]
        raise BackboneError(f"{name} is a part of a pipeline that makes pictures ({part}).", "Choose a language model.")
    stored = _quantisation(config)
    if stored is not None:
        raise BackboneError(
            f"{name} is stored quantised by {stored}, which cannot be read here.",
            "Choose the checkpoint in full precision that it was made from, or a .gguf file of it.",
        )


def refuse_non_causal(config: PreTrainedConfig, name: str) -> None:
    """Raise BackboneError for a model that is not a causal language model with an unembedding matrix."""
    kind = config.model_type
    encoder = kind in MODEL_FOR_MASKED_LM_MAPPING_NAMES and not getattr(config, "is_decoder", False)
    if encoder or config.is_encoder_decoder:
        what = "an encoder-decoder model" if config.is_encoder_decoder else "an encoder model"
        raise BackboneError(
            f"{name} is {what} ({kind}), not a causal language model.",
            "EmbedFilter reads the unembedding matrix of a decoder: choose a Llama, Qwen, Mistral, Gemma, GPT-2, ...",
        )
    text = kind in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES or kind in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES
    if not text and kind in MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES:
        raise BackboneError(
            f"{name} is a model of speech ({kind}); the language model in it is not read here.",
            "Choose the language model that it was built on.",
        )
    if not text:
        raise BackboneError(
            f"{name} is not a causal language model (type {kind!r}).", "Choose a decoder with a language-model head."
        )


def notices_of(config: PreTrainedConfig, tensors: Collection[str], name: str) -> tuple[str, ...]:
    """Return what is to be said of a checkpoint that can be used all the same.

    Args:
        config: Its configuration.
        tensors: Names of its tensors, as far as they are known before it is fetched.
        name: Of the backbone, for messages.

    Raises:
        BackboneError: It was saved as a classifier or without a head, and its embedding matrix is no head either.
    """
    saved_as = next(iter(config.architectures or ()), "")
    notices = []
    if getattr(config, "auto_map", None):
        notices.append(f"It brings code of its own, which is not run: it is read as {config.model_type}.")
    if _CLASSIFIER.search(saved_as) or _WITHOUT_HEAD.search(saved_as):
        notices += _about_head(config, tensors, name, saved_as)
    return tuple(notices)


def _about_head(config: PreTrainedConfig, tensors: Collection[str], name: str, saved_as: str) -> list[str]:
    """What to say of a model saved as something else than a language model; nothing where it brings its head."""
    if any(map(_HEAD.search, tensors)):
        return []
    kind = "without a language-model head"
    if _CLASSIFIER.search(saved_as):
        kind = "as a reward model" if "Reward" in saved_as or config.num_labels == 1 else "as a classifier"
    if not config.get_text_config().tie_word_embeddings:
        raise BackboneError(
            f"{name} was saved {kind} ({saved_as}) and lacks weights: it has no unembedding matrix.",
            "Choose the causal language model that it was made from.",
        )
    return [f"It was saved {kind} ({saved_as}): its embedding matrix is taken for W_U, as its language model has it."]


def _quantisation(config: Mapping[str, Any]) -> str | None:
    """How weights are stored in a way that nothing here undoes, by its name; None where they are not."""
    said = config.get("quantization_config") or config.get("compression_config")
    if not isinstance(said, Mapping) or not said:
        said = config.get("quantization")
        return f"MLX ({_bits(said)})" if isinstance(said, Mapping) and "group_size" in said else None
    loaded = any(said.get(f"load_in_{bits}bit") for bits in (4, 8))
    method = str(said.get("quant_method") or ("bitsandbytes" if loaded else "a method without a name"))
    if method in DEQUANTISED:
        return None
    return f"{_NAMES.get(method, method[:40])}{f' ({_bits(said)})' if _bits(said) else ''}"


def _bits(said: Mapping[str, Any]) -> str:
    bits = said.get("bits") or said.get("w_bit") or next((b for b in (4, 8) if said.get(f"load_in_{b}bit")), None)
    return f"{bits}-bit" if isinstance(bits, int | float) else ""
