"""Form `chat`: the prompt as a chat template, for programs that put a template around every text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from embfilter_core.backbones.prompts import SLOT
from embfilter_core.export.plain_tokenizer import without_eos
from embfilter_core.export.reasons import NotThisForm

if TYPE_CHECKING:
    from embfilter_core.backbones.hugging_face import PreTrainedTokenizerBase
    from embfilter_core.backbones.prompts import Prompt


def chat_pipeline(tokenizer: PreTrainedTokenizerBase) -> dict[str, Any]:
    """Return `tokenizer.json` of the tokenizer as it is, but for an EOS that it would close a text with.

    Raises:
        NotThisForm: It has none.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise NotThisForm("This tokenizer has no tokenizer.json.", "Use the script.")
    pipeline: dict[str, Any] = json.loads(backend.to_str())
    pipeline["post_processor"] = without_eos(pipeline.get("post_processor"), tokenizer.eos_token)
    pipeline["padding"] = pipeline["truncation"] = None
    return pipeline


def chat_template(tokenizer: PreTrainedTokenizerBase, prompt: Prompt, space: bool = False) -> str:
    """Return the template: what the tokenizer begins a text with, the prompt, and the last message's text in it.

    A template writes special tokens itself: none are added to what it gives.

    Args:
        tokenizer: The tokenizer.
        prompt: The prompt.
        space: Write a space before the prompt, which some tokenizers put there themselves at the start of a text.

    Raises:
        NotThisForm: The prompt holds the text more than once.
    """
    if prompt.template.count(SLOT) != 1:
        raise NotThisForm("The prompt holds the text more than once.", "Use the script.")
    before, _, after = prompt.template.partition(SLOT)
    begin = "".join(_begins_with(tokenizer))
    before = f"{begin}{' ' * space}{before}"
    message = r"messages[-1]['content'] | replace('\x00', '') | trim"
    return "".join((_written(before), "{{ ", message, " }}", _written(after)))


def _begins_with(tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """The special tokens that the tokenizer puts before a text."""
    bare = tokenizer("a", add_special_tokens=False)["input_ids"]
    whole: list[int] = tokenizer("a")["input_ids"]
    begins = whole[: whole.index(bare[0])] if bare and bare[0] in whole else []
    return [str(tokenizer.convert_ids_to_tokens(one)) for one in begins]


def _written(text: str) -> str:
    """A text that a template gives to the letter, whatever signs of its own language stand in it."""
    return f"{{{{ {json.dumps(text, ensure_ascii=False)} }}}}" if text else ""
