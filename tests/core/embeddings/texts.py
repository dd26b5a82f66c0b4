"""The texts that the tests of embeddings embed, and when two embeddings are the same."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from embfilter_core import Backbone
from embfilter_core.data.corpora import Corpus
from tests.tiny import WORDS

Tiny = Callable[..., Backbone]


CORPUS = Corpus("demo", "Demo", tuple(f"the {word} sat on one {word}" for word in WORDS), "made up")
LARGE = replace(CORPUS, texts=tuple(f"{text} {i}" for i in range(10) for text in CORPUS.texts))


def close(left: np.ndarray, right: np.ndarray) -> bool:
    """Whether two computations of the same embeddings agree; in another batch they are rounded otherwise."""
    return bool(np.abs(left - right).max() <= 1e-4 * np.abs(right).max())
