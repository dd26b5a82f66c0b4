"""The known mistakes in turning a text into a state, so that a vector made by one can be told by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError

from embfilter_core.backbones.prompt_encoder import EncodedText, PromptEncoder, clean_text
from embfilter_core.backbones.prompts import CUSTOM, SLOT, Prompt

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone

MOST_TOKENS_UNCUT = 4096
"""A longer text is not put through the model whole."""
NO_PROMPT = "the prompt is missing"
Ids = list[int]


@dataclass(frozen=True)
class Way:
    """A way of making token ids, and pooling, that somebody else's program may have.

    Attributes:
        id: Short name, by which its states are stored.
        says: What went wrong, within a sentence; empty for the right way.
        encode: Encodes a text; None where it does not differ or cannot be.
        of_long: Whether it is tried on texts that are cut, too, which take most of the time.
    """

    id: str
    says: str
    encode: Callable[[str], EncodedText | None]
    of_long: bool = False


def ways_of(backbone: Backbone, prompt: Prompt) -> list[Way]:
    """Return the right way first, then every known mistake that this prompt and tokenizer can meet."""

    def right(text: str) -> EncodedText:
        return backbone.encode([text], prompt)[0]

    before, _, after = prompt.template.partition(SLOT)
    ways = [Way("right", "", right, of_long=True)]
    if prompt.template != SLOT:
        plain = replace(prompt, id=CUSTOM, template=SLOT, echo=False)
        ways.append(Way("no-prompt", NO_PROMPT, lambda text: backbone.encode([text], plain)[0]))
        ways.append(Way("no-prompt-white-space", NO_PROMPT, lambda text: _with_white_space(backbone, plain, text)))
    if after and not prompt.echo:
        cut = replace(prompt, id=CUSTOM, template=before + SLOT)
        said = "what follows the text in the prompt is missing"
        ways.append(Way("no-suffix", said, lambda text: backbone.encode([text], cut)[0]))
    if prompt.echo:
        return ways
    return [*ways, *_of_pooling(right), *_of_tokens(backbone, prompt, right), *_of_templates(backbone, prompt)]


def _of_pooling(right: Callable[[str], EncodedText]) -> list[Way]:
    def pooled(start: int, stop: int | None) -> Callable[[str], EncodedText]:
        def encode(text: str) -> EncodedText:
            encoded = right(text)
            return replace(encoded, pooled=(len(encoded) - 1 if start < 0 else start, stop or len(encoded)))

        return encode

    return [
        Way("pooled-mean", "all positions are averaged", pooled(0, None)),
        Way("pooled-last", "the last position alone is pooled", pooled(-1, None)),
        Way("pooled-first", "the first position is pooled", pooled(0, 1)),
    ]


def _of_tokens(backbone: Backbone, prompt: Prompt, right: Callable[[str], EncodedText]) -> list[Way]:
    """Special tokens more or less, white space that stays, long texts cut otherwise."""
    tokenizer, last, longest = backbone.tokenizer, prompt.pooling == "last", backbone.architecture.max_positions
    uncut = PromptEncoder(tokenizer, prompt, longest)
    uncut.limit = min(MOST_TOKENS_UNCUT, longest)

    def made(ids: Ids) -> EncodedText:
        begins = int(len(ids) > 1 and ids[0] == tokenizer.bos_token_id)
        return EncodedText(ids, (len(ids) - 1 if last else begins, len(ids)), 0)

    def cut_at_the_end(text: str) -> EncodedText | None:
        encoded = right(text)
        return made(uncut(text).token_ids[: len(encoded)]) if encoded.truncated_tokens else None

    def not_cut(text: str) -> EncodedText | None:
        whole = uncut(text)
        return whole if right(text).truncated_tokens and not whole.truncated_tokens else None

    ways = [
        Way("white-space", "white space around the text was left in", partial(_with_white_space, backbone, prompt)),
        Way("cut-end", "the long text was cut at its end, and the end of the prompt with it", cut_at_the_end, True),
        Way("not-cut", "the long text was not cut", not_cut, True),
    ]
    if tokenizer.eos_token_id is not None:
        said = "an end-of-text token follows the prompt"
        ways.append(Way("eos", said, lambda text: made([*right(text).token_ids, tokenizer.eos_token_id])))
    if tokenizer.bos_token_id is not None:
        ways += _of_bos(tokenizer.bos_token_id, right, made)
    return ways


def _with_white_space(backbone: Backbone, prompt: Prompt, text: str) -> EncodedText | None:
    """The text with the white space at its ends, None where it has none; a prompt can hold it as if it were its own."""
    before, _, after = text.partition(clean_text(text))
    around = replace(prompt, template=prompt.template.replace(SLOT, f"{before}{SLOT}{after}"))
    return backbone.encode([text], around)[0] if before or after else None


def _of_bos(bos: int, right: Callable[[str], EncodedText], made: Callable[[Ids], EncodedText]) -> list[Way]:
    def without(text: str) -> EncodedText | None:
        ids = right(text).token_ids
        return made(ids[1:]) if len(ids) > 1 and ids[0] == bos else None

    def one_more(text: str) -> EncodedText:
        return made([bos, *right(text).token_ids])

    return [
        Way("no-bos", "the token that begins a text is missing", without),
        Way("more-bos", "there is one beginning-of-text token too many", one_more),
    ]


def _of_templates(backbone: Backbone, prompt: Prompt) -> list[Way]:
    """The chat template of the tokenizer around the text alone, or around the text in its prompt."""
    tokenizer: Any = backbone.tokenizer
    if not tokenizer.chat_template:
        return []

    def wrapped(prompted: bool, begins_answer: bool) -> Callable[[str], EncodedText | None]:
        def encode(text: str) -> EncodedText | None:
            content = prompt.template.replace(SLOT, clean_text(text)) if prompted else text
            ids = _template_ids(tokenizer, content, begins_answer)
            if not ids or len(ids) > min(backbone.architecture.max_positions, MOST_TOKENS_UNCUT):
                return None
            return EncodedText(ids, (len(ids) - 1 if prompt.pooling == "last" else 0, len(ids)), 0)

        return encode

    said = "the chat template of the tokenizer was put around the text"
    return [
        Way("chat", f"{said}, without the prompt", wrapped(False, False)),
        Way("chat-answer", f"{said} with the beginning of an answer, without the prompt", wrapped(False, True)),
        Way("chat-prompt", f"{said} in its prompt", wrapped(True, False)),
        Way("chat-prompt-answer", f"{said} in its prompt, with the beginning of an answer", wrapped(True, True)),
    ]


def _template_ids(tokenizer: Any, content: str, begins_answer: bool) -> Ids | None:  # noqa: ANN401
    """Token ids of a message in the tokenizer's own chat template; None where that takes no such message."""
    message = [{"role": "user", "content": content}]
    try:
        made = tokenizer.apply_chat_template(
            message, tokenize=True, return_dict=True, add_generation_prompt=begins_answer
        )
    except (TemplateError, TypeError, ValueError):  # it is a program of somebody else, and may refuse such a message
        return None
    return list(made["input_ids"])
