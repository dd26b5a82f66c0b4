"""What a folder or repository holds, by the names of its files, and why it cannot be used where it cannot."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from fnmatch import fnmatch
from typing import Any

from embfilter_core.errors import BackboneError

Read = Callable[[str], bytes]
"""Gives the content of a file by its name."""

ADAPTER, QUANTISER = "adapter_config.json", "hf_quant_config.json"

_OTHER_FORMATS = (
    ("*.onnx", "ONNX"),
    ("shared_vocabulary.*", "CTranslate2"),
    ("*.engine", "TensorRT"),
    ("*.plan", "TensorRT"),
    ("openvino_model.xml", "OpenVINO"),
    ("weights*.npz", "MLX's older"),
    ("*.mlpackage*", "Core ML"),
    ("*.mlmodelc*", "Core ML"),
    ("*.tflite", "TensorFlow Lite"),
    ("*.msgpack", "Flax"),
    ("tf_model.h5", "TensorFlow"),
    ("*.nemo", "NeMo"),
    ("*consolidated*.pth", "its maker's own"),
)
_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt")
_OF_TRAINING = ("training_args.bin", "optimizer.*", "scheduler.*", "rng_state*")
_TOKENIZERS = (
    *("tokenizer.json", "tokenizer_config.json", "tokenizer.model*", "tekken.json", "vocab.*", "merges.txt"),
    *("spiece.model", "sentencepiece*", "*.tiktoken"),
)


def refuse_files(names: Iterable[str], where: str, read: Read) -> tuple[str, ...]:
    """Return what is to be said of a checkpoint all the same, by its files.

    Args:
        names: Paths of its files inside the folder or repository, those of its folders too.
        where: The folder or repository, for messages.
        read: Gives the content of one of them.

    Raises:
        BackboneError: It is no checkpoint of a whole language model with weights in .safetensors and its tokenizer.
    """
    names = set(names)
    top = {name for name in names if "/" not in name}
    whole = {name for name in top if name.endswith(".safetensors") and not name.startswith("adapter_")}
    if "model_index.json" in top:
        raise BackboneError(f"{where} is a pipeline that makes pictures.", "Choose a language model.")
    if not whole:
        _explain_lack(names, top, where, read)
    if "config.json" not in top:
        raise BackboneError(f"{where} has no config.json.", "It is not a transformers checkpoint; choose another one.")
    if QUANTISER in top:
        _refuse_quantised(where, read)
    if not _any(top, _TOKENIZERS):
        raise BackboneError(
            f"{where} has no tokenizer files: no text can become its tokens.",
            "Put those of the model beside its weights, such as tokenizer.json and tokenizer_config.json.",
        )
    return _beside(top, where)


def _explain_lack(names: set[str], top: set[str], where: str, read: Read) -> None:
    """Raise BackboneError for files that hold no whole model in .safetensors."""
    pickled = {name for name in top if _any([name], _PICKLED) and not _any([name], _OF_TRAINING)}
    if ADAPTER in top and not pickled - {"adapter_model.bin"}:
        base = _entry(read, ADAPTER, "base_model_name_or_path")
        of = f" for {str(base)[:80]}" if base else ""
        raise BackboneError(
            f"{where} is an adapter{of}, not a whole model.",
            "Merge it into its base first (PEFT: merge_and_unload, then save_pretrained), and name that folder.",
        )
    inner = sorted(name.rpartition("/")[0] for name in names if name.endswith("/config.json"))
    held = [folder for folder in inner if _any(names, [f"{folder}/*.safetensors"])]
    if held and not pickled:
        raise BackboneError(
            f"The model of {where} lies in its folder {held[0]}.", "Name that folder; one on the hub is fetched first."
        )
    other = _other_format(names, top)
    if other is not None:
        raise BackboneError(
            f"{where} has only weights in {other} format.",
            "Choose the checkpoint that they were made from, with .safetensors files.",
        )
    if pickled:
        raise BackboneError(
            f"{where} has only pickled weights, which can run code when they are read.",
            "Choose a checkpoint with .safetensors files, or convert it.",
        )
    if "config.json" in top:
        raise BackboneError(
            f"{where} has no .safetensors weights.", "Save it with save_pretrained, or choose another one."
        )


def _other_format(names: set[str], top: set[str]) -> str | None:
    if {"model.bin", "config.json"} <= top and _any(top, ["vocabulary.*", "shared_vocabulary.*"]):
        return "CTranslate2"
    return next((kind for pattern, kind in _OTHER_FORMATS if _any(names, [pattern])), None)


def _refuse_quantised(where: str, read: Read) -> None:
    quantisation = _entry(read, QUANTISER, "quantization") or {}
    kind = quantisation.get("quant_algo") if isinstance(quantisation, dict) else None
    if kind:  # none where only a server's cache of keys and values is meant
        raise BackboneError(
            f"{where} is stored quantised by ModelOpt ({str(kind)[:20]}), which cannot be read here.",
            "Choose the checkpoint in full precision, or a .gguf file of it.",
        )


def _beside(top: set[str], where: str) -> tuple[str, ...]:
    if ADAPTER not in top and not _any(top, ["adapter_model.*"]):
        return ()
    return (f"An adapter lies beside the weights of {where}; it is left out.",)


def _entry(read: Read, file: str, key: str) -> Any:  # noqa: ANN401 (whatever JSON holds)
    """An entry of a JSON file, or None where there is none or the file is damaged."""
    try:
        content = json.loads(read(file))
    except ValueError:
        return None
    return content.get(key) if isinstance(content, dict) else None


def _any(names: Iterable[str], patterns: Iterable[str]) -> bool:
    return any(fnmatch(name, pattern) for name in names for pattern in patterns)
