"""Texts that come with the app: the Lee news corpus, with and without human similarity judgements."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from embfilter_core.data.assets import lee_file
from embfilter_core.errors import AssetError

LEE_SOURCE = "Lee, Pincombe & Welsh (2005), An empirical evaluation of models of text document similarity"


@dataclass(frozen=True)
class Corpus:
    """A named list of texts.

    Attributes:
        id: Short name, used for files kept on disk.
        name: Name for people.
        texts: The texts.
        source: Where they come from.
    """

    id: str
    name: str
    texts: tuple[str, ...]
    source: str

    def __len__(self) -> int:
        return len(self.texts)


@lru_cache(maxsize=1)
def lee_background() -> Corpus:
    """The 300 background documents of the Lee news corpus.

    Raises:
        AssetError: The offline assets are not installed.
    """
    return Corpus("lee-background", "Lee news, 300 documents", _lines("lee_background.cor", 300), LEE_SOURCE)


@lru_cache(maxsize=1)
def lee_50() -> Corpus:
    """The 50 documents of the Lee news corpus that people compared.

    Raises:
        AssetError: The offline assets are not installed.
    """
    return Corpus("lee-50", "Lee news, 50 judged documents", _lines("lee.cor", 50), LEE_SOURCE)


def lee_50_similarities() -> np.ndarray:
    """Human similarity of every pair of `lee_50`, (50, 50) float64 from 0 to 1, symmetric, ones on the diagonal.

    Raises:
        AssetError: The offline assets are not installed.
    """
    upper = np.triu(np.loadtxt(lee_file("similarities0-1.txt")), k=1)
    return upper + upper.T + np.eye(len(upper))


def _lines(name: str, expected: int) -> tuple[str, ...]:
    lines = tuple(line for line in lee_file(name).read_text("latin-1").split("\n") if line.strip())
    if len(lines) != expected:
        raise AssetError(
            f"{name} has {len(lines)} documents, not {expected}.", "Run `python -m embfilter_core assets`."
        )
    return lines
