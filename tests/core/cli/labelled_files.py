"""Labelled data of every kind as tables, small enough for a tiny backbone."""

from pathlib import Path

import numpy as np
import pandas as pd

from tests.tiny import WORDS

RANDOM = np.random.default_rng(0)
SENTENCES = [" ".join(RANDOM.choice(WORDS, size=4, replace=False)) + f" {i}" for i in range(24)]
PAIRS = pd.DataFrame({"text1": SENTENCES[:12], "text2": SENTENCES[12:], "score": np.arange(12) / 2})
LABELLED = pd.DataFrame({"text": SENTENCES, "label": [("wet", "dry")[i % 2] for i in range(24)]})
QUERIES = pd.DataFrame({"_id": [f"q{i}" for i in range(10)], "text": SENTENCES[:10]})
DOCUMENTS = pd.DataFrame({"_id": [f"d{i}" for i in range(14)], "text": SENTENCES[10:]})
RELEVANCE = pd.DataFrame(
    {
        "query-id": [f"q{i % 10}" for i in range(14)],
        "corpus-id": [f"d{i}" for i in range(14)],
        "score": [1 + i % 2 for i in range(14)],
    }
)


def retrieval_options(places: dict[str, Path]) -> list[object]:
    return [part for name in ("queries", "documents", "relevance") for part in (f"--{name}", places[name])]
