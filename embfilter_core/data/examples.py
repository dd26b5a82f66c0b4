"""Texts to begin with, each to show something else; written for this project, but for the typical one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """A text to try: its `name`, the `text`, and what it is there to show (`about`)."""

    name: str
    text: str
    about: str


EXAMPLES = (
    Example("negation", "I did not like the film.", "Compare it with the same sentence without *not*."),
    Example("without it", "I liked the film.", "The same sentence as under *negation*, turned round."),
    Example("bank (river)", "He sat on the bank of the river.", "One sense of *bank*."),
    Example("bank (money)", "He put the money in the bank.", "The other sense: which neighbours do the two share?"),
    Example("question", "What is the capital of Australia?", "A model that continues texts may answer it."),
    Example("code", "def add(a, b):\n    return a + b", "White space and signs are tokens as well as words are."),
    Example(
        "German", "Der Zug nach Hamburg hat heute Verspätung.", "Frequent tokens are counted in English news here."
    ),
    Example("one word", "Rain.", "There is little to summarise, and most of the state is the prompt's."),
)
