"""Prompts: how a text becomes token ids, and which positions are pooled into its embedding.

The three named templates and their truncation are those of the EmbedFilter paper
(arXiv 2606.07502) and its code. PromptEOL is due to arXiv 2307.16645, Echo to
arXiv 2402.15449.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from embfilter_core.errors import InputError

Pooling = Literal["last", "mean"]
SLOT, CUSTOM = "{text}", "custom"
"""Where the text goes in a template, and the id of a prompt that is one's own template."""


@dataclass(frozen=True)
class Prompt:
    """A template around the text and the pooling of the final hidden states.

    Attributes:
        id: Short name, accepted wherever a prompt is asked for and in links.
        name: Name as written for people.
        template: Text with the placeholder `{text}`.
        pooling: `last` takes the last position, `mean` the average.
        echo: The template holds the text twice, and only the second copy and the closing EOS are averaged.
    """

    id: str
    name: str
    template: str
    pooling: Pooling
    echo: bool = False

    def __post_init__(self) -> None:
        if SLOT not in self.template:
            raise InputError(
                f"The template {self.template[:80]!r} has no {SLOT}.", f"Write {SLOT} where the text goes."
            )
        if self.pooling not in ("last", "mean"):
            raise InputError(f"Unknown pooling {self.pooling!r}.", "Use 'last' or 'mean'.")


PROMPTS: dict[str, Prompt] = {
    prompt.id: prompt
    for prompt in (
        # The closing quotation mark belongs to the template: the next token would be the word itself.
        Prompt("prompteol", "PromptEOL", 'Summarize the sentence: "{text}" in one word:"', "last"),
        Prompt("prompteol-mask", "PromptEOL-mask", 'This sentence: "{text}" means [MASK]', "last"),
        Prompt(
            "echo",
            "Echo",
            "Rewrite the following paragraph: {text}. The rewritten paragraph: {text}",
            "mean",
            echo=True,
        ),
        Prompt("plain-mean", "Plain, mean", SLOT, "mean"),
        Prompt("plain-last", "Plain, last token", SLOT, "last"),
    )
}


def as_prompt(prompt: str | Prompt, pooling: Pooling = "last") -> Prompt:
    """A prompt from its id, or a custom one from a template with `{text}` in it.

    Raises:
        InputError: `prompt` is neither a known id nor a template.
    """
    if isinstance(prompt, Prompt):
        return prompt
    if prompt in PROMPTS:
        return PROMPTS[prompt]
    if SLOT in prompt:
        return Prompt(CUSTOM, "Custom", prompt, pooling)
    raise InputError(f"Unknown prompt {prompt[:80]!r}.", f"Use one of {', '.join(PROMPTS)}, or a template with {SLOT}.")
