"""A folder that sentence-transformers reads without code of its own: Transformer, Pooling, Dense, Normalize.

Module types and the pooling are written in the older schema: newer libraries still read it, while servers that do not
know the newer one would leave the filter out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from embfilter_core.backbones.hugging_face import AutoTokenizer
from embfilter_core.export.chat_tokenizer import chat_pipeline, chat_template
from embfilter_core.export.fits import check_fits, exported_config
from embfilter_core.export.plain_tokenizer import plain_pipeline
from embfilter_core.export.reasons import NotThisForm

if TYPE_CHECKING:
    from embfilter_core.export.chosen import ChosenFilter
    from embfilter_core.export.conformance import Conformance

MODULES = "sentence_transformers.models"
POOLINGS = ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens", "lasttoken")
IDENTITY = "torch.nn.modules.linear.Identity"
TOKENIZER_FACTS = ("bos_token", "eos_token", "unk_token", "pad_token")


def write_plain(folder: Path, chosen: ChosenFilter, proof: Conformance) -> None:
    """Write form `plain`: texts are given as they are, the tokenizer puts the prompt around them.

    Raises:
        NotThisForm: It would not give the same vectors.
    """
    check_fits(chosen)
    _write(folder, chosen, proof, plain_pipeline(chosen.backbone.tokenizer, chosen.prompt), {})
    _prove(folder, chosen, proof)


def write_chat(folder: Path, chosen: ChosenFilter, proof: Conformance) -> None:
    """Write form `chat`: the prompt is the chat template, and every text a message.

    Raises:
        NotThisForm: It would not give the same vectors.
    """
    check_fits(chosen)
    tokenizer = chosen.backbone.tokenizer
    forward = {"method": "forward", "method_output_name": "last_hidden_state"}
    modalities = {"text": forward, "message": {**forward, "format": "flat"}}
    more = {"modality_config": modalities, "module_output_name": "token_embeddings"}
    _write(folder, chosen, proof, chat_pipeline(tokenizer), more)
    try:
        _prove_template(folder, chosen, proof, space=False)
    except NotThisForm:
        _prove_template(folder, chosen, proof, space=True)  # some tokenizers begin a text with a space of their own


def _prove_template(folder: Path, chosen: ChosenFilter, proof: Conformance, space: bool) -> None:
    template = chat_template(chosen.backbone.tokenizer, chosen.prompt, space)
    (folder / "chat_template.jinja").write_text(template, "utf-8")
    _prove(folder, chosen, proof, wraps=True)


def _write(
    folder: Path, chosen: ChosenFilter, proof: Conformance, pipeline: dict[str, Any], transformer: dict[str, Any]
) -> None:
    folder.mkdir()
    d, k = chosen.backbone.d, len(chosen.kept)
    steps = ["Transformer", "Pooling", *(["Dense"] if chosen.weight is not None else []), "Normalize"]
    paths = ["" if i == 0 else f"{i}_{step}" for i, step in enumerate(steps)]
    for path in paths[1:]:
        (folder / path).mkdir()
    _json(folder / "modules.json", [
        {"idx": i, "name": str(i), "path": path, "type": f"{MODULES}.{step}"}
        for i, (step, path) in enumerate(zip(steps, paths, strict=True))
    ])  # fmt: skip
    longest = chosen.backbone.architecture.max_positions
    _json(folder / "sentence_bert_config.json", {"max_seq_length": longest, "do_lower_case": False, **transformer})
    _json(folder / "config_sentence_transformers.json", {"prompts": {}, "similarity_fn_name": "cosine"})
    _json(folder / "config.json", exported_config(chosen, proof))
    _json(folder / "tokenizer.json", pipeline)
    _json(folder / "tokenizer_config.json", _tokenizer_facts(chosen, longest))
    pooled = "lasttoken" if chosen.prompt.pooling == "last" else "mean_tokens"
    pooling = {f"pooling_mode_{name}": name == pooled for name in POOLINGS}
    _json(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": d, **pooling, "include_prompt": True})
    if chosen.weight is not None:
        dense = {"in_features": d, "out_features": k, "bias": chosen.bias is not None}
        _json(folder / "2_Dense" / "config.json", {**dense, "activation_function": IDENTITY})
        _save_dense(folder / "2_Dense" / "model.safetensors", chosen.weight, chosen.bias)


def _save_dense(path: Path, weight: np.ndarray, bias: np.ndarray | None) -> None:
    named = {"linear.weight": np.ascontiguousarray(weight)} | ({} if bias is None else {"linear.bias": bias})
    save_file(named, path, metadata={"format": "pt"})


def _tokenizer_facts(chosen: ChosenFilter, longest: int) -> dict[str, Any]:
    """What a tokenizer needs to know beside its file: padded at the end, positions need no more than counting."""
    tokenizer = chosen.backbone.tokenizer
    facts: dict[str, Any] = {
        name: str(getattr(tokenizer, name)) for name in TOKENIZER_FACTS if getattr(tokenizer, name)
    }
    facts.setdefault("pad_token", facts.get("eos_token") or tokenizer.convert_ids_to_tokens(0))
    return {
        **facts,
        "tokenizer_class": "PreTrainedTokenizerFast",
        "padding_side": "right",
        "truncation_side": "right",
        "model_max_length": longest,
        "clean_up_tokenization_spaces": False,
    }


def _prove(folder: Path, chosen: ChosenFilter, proof: Conformance, wraps: bool = False) -> None:
    """Raise NotThisForm unless the written tokenizer makes the same ids of every text that is not cut."""
    pieces: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), local_files_only=True) if wraps else None
    for text, encoded in zip(proof.texts, proof.encoded, strict=True):
        if encoded.truncated_tokens:
            continue
        if wraps:
            message = [{"role": "user", "content": text.text}]
            ids = tokenizer.apply_chat_template(message, tokenize=True, return_dict=True)["input_ids"]
        else:
            ids = pieces.encode(text.text).ids
        if list(ids) != encoded.token_ids:
            raise NotThisForm(
                f"The tokenizer of {chosen.backbone.name} makes other tokens of the text {text.name!r} that way.",
                "Use the script.",
            )


def is_read_as_written(folder: Path, proof: Conformance) -> bool:
    """Whether transformers reads the tokenizer of form `plain` as it is written.

    Of some families it takes the vocabulary alone and builds the rest anew, and the prompt is lost.
    """
    tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    return all(
        list(tokenizer([text.text])["input_ids"][0]) == encoded.token_ids
        for text, encoded in zip(proof.texts, proof.encoded, strict=True)
        if not encoded.truncated_tokens
    )


def special_tokens_differ(folder: Path, chosen: ChosenFilter) -> bool:
    """Whether a text that holds a special token as it is written becomes other tokens in form `plain`.

    A tokenizer looks for such tokens before it normalizes, and normalizes each piece between them by itself.
    """
    pieces: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
    text = " and ".join(["one", *map(str, chosen.backbone.tokenizer.all_special_tokens[:1]), "two"])
    (encoded,) = chosen.backbone.encode([text], chosen.prompt)
    return list(pieces.encode(text).ids) != encoded.token_ids


def _json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")
