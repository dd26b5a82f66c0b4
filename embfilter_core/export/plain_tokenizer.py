r"""Form `plain`: a tokenizer that puts every text into the prompt by itself, for servers that take plain text.

Its normalizer does what the app does to a text, then writes the prompt around it. A regular expression for the end
must be `\z`: `$` also matches before a line break.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from embfilter_core.backbones.prompts import SLOT
from embfilter_core.export.reasons import NotThisForm

if TYPE_CHECKING:
    from embfilter_core.backbones.hugging_face import PreTrainedTokenizerBase
    from embfilter_core.backbones.prompts import Prompt

WHITE_SPACE = r"[\t-\r\x1c-\x1f \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+"
"""What Python strips, as Oniguruma writes it; its own `\\s` lacks four of them."""


def plain_pipeline(tokenizer: PreTrainedTokenizerBase, prompt: Prompt) -> dict[str, Any]:
    """Return `tokenizer.json` of a tokenizer that prompts, trims and adds the special tokens by itself.

    Raises:
        NotThisForm: There is no such file for this tokenizer or this prompt.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise NotThisForm(
            "This tokenizer has no tokenizer.json, which is where the prompt would go.", "Use the script."
        )
    if prompt.template.count(SLOT) != 1:
        raise NotThisForm("The prompt holds the text more than once.", "Use the script.")
    before, _, after = prompt.template.partition(SLOT)
    pipeline: dict[str, Any] = json.loads(backend.to_str())
    steps = [_replace("\x00", ""), _replace_pattern(rf"\A{WHITE_SPACE}", ""), _replace_pattern(rf"{WHITE_SPACE}\z", "")]
    if before:
        steps.append({"type": "Prepend", "prepend": before})
    if after:
        steps.append(_replace_pattern(r"\z", after))
    own = pipeline.get("normalizer")
    pipeline["normalizer"] = {"type": "Sequence", "normalizers": [*steps, *([own] if own else [])]}
    pipeline["post_processor"] = without_eos(pipeline.get("post_processor"), tokenizer.eos_token)
    pipeline["padding"] = pipeline["truncation"] = None
    return pipeline


def without_eos(post_processor: dict[str, Any] | None, eos: str | None) -> dict[str, Any] | None:
    """Return a post-processor that does not close a text with EOS, as it would become the pooled position."""
    if post_processor is None or eos is None:
        return post_processor
    if post_processor["type"] == "Sequence":
        parts = [without_eos(part, eos) for part in post_processor["processors"]]
        return {**post_processor, "processors": parts}
    if post_processor["type"] != "TemplateProcessing":
        return post_processor
    single = post_processor["single"]
    if single and single[-1].get("SpecialToken", {}).get("id") == eos:
        single = single[:-1]
    return {**post_processor, "single": single}


def _replace(what: str, by: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": {"String": what}, "content": by}


def _replace_pattern(pattern: str, by: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": {"Regex": pattern}, "content": by}
