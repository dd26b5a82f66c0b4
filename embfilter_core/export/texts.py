"""The ten texts whose vectors an export carries: what other programs are known to treat in their own way."""

from __future__ import annotations

from dataclasses import dataclass

WHO = ("The committee", "A night train", "My grandmother", "The river", "An old compiler", "The orchestra", "Nobody")
DID = ("crossed", "forgot", "measured", "repaired", "praised", "lost", "painted", "counted", "described")
WHAT = ("a bridge", "seven letters", "the harvest", "an empty room", "the last theorem", "two keys", "a map of Norway")
WHEN = ("in spring", "before noon", "without a word", "twice", "for the third time", "by mistake", "under the stars")
SENTENCES = 50
"""Of the long text: more than 512 tokens in any tokenizer that has words, and no two alike."""


@dataclass(frozen=True)
class ConformanceText:
    """A text, and the short name that is printed for it."""

    name: str
    text: str


def _long() -> str:
    lists = (WHO, DID, WHAT, WHEN)
    picked = (
        [words[(i * step) % len(words)] for words, step in zip(lists, (1, 2, 3, 5), strict=True)] for i in _NUMBERS
    )
    return " ".join(f"{' '.join(words)}, as note {i} says." for i, words in zip(_NUMBERS, picked, strict=True))


_NUMBERS = range(1, SENTENCES + 1)
TEXTS = (
    ConformanceText("plain", "The central bank raised interest rates again to fight inflation."),
    ConformanceText("word", "Rain"),
    ConformanceText("newline", "First line of a note.\nSecond line, after a line break.\n\nThird, after an empty one."),
    ConformanceText("quotes", 'She said "not today", and he wrote \'maybe\' under "tomorrow".'),
    ConformanceText("braces", 'Write {text} or {{ name }} and {% raw %} into the form: {"key": [1, 2]}.'),
    ConformanceText("spaces", "   \t Two spaces  inside, and white space at both ends. \n "),
    ConformanceText("script", "東京では桜が咲いています。 القطار يصل في الساعة الثامنة."),
    ConformanceText("marks", "Crème brûlée, nai\u0308ve coöperation, 👩\u200d🔬 and a cat 🐈."),
    ConformanceText("code", r"if x >= 10: print('C:\new\1', $0, x ** 2)  # \z \n 3.14 50% <b>&amp;</b>"),
    ConformanceText("long", _long()),
)
