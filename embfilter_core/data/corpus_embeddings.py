"""Embeddings of a whole corpus: computed once per backbone and prompt, then read from disk."""

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embfilter_core.backbones.backbone import Backbone
from embfilter_core.backbones.encoding import Progress
from embfilter_core.backbones.prompts import Prompt, as_prompt
from embfilter_core.data.datasets import Corpus
from embfilter_core.data.store import embfilter_home, load_arrays, save_arrays

WEIGHTS_TIMES_TOKENS_PER_SECOND = 1.5e11
"""Speed assumed before this machine has embedded a corpus: 1,100 tokens a second at 135 million weights."""


def stored_embeddings(backbone: Backbone, corpus: Corpus, prompt: str | Prompt) -> np.ndarray | None:
    """Embeddings of a corpus, (n, d) float32, where they were computed before, else None."""
    stored = load_arrays(embeddings_path(backbone, corpus, prompt))
    return None if stored is None else stored.arrays["embeddings"]


def embed_corpus(
    backbone: Backbone, corpus: Corpus, prompt: str | Prompt, progress: Progress | None = None
) -> np.ndarray:
    """Embeddings of a corpus, (n, d) float32, from disk or computed and kept there.

    Raises:
        EmbeddingCancelled: `progress` returned False; nothing is kept.
    """
    stored = stored_embeddings(backbone, corpus, prompt)
    if stored is not None:
        return stored
    prompt = as_prompt(prompt)
    start = time.monotonic()
    embeddings = backbone.embed(corpus.texts, prompt, progress)
    seconds = time.monotonic() - start
    work = _weights(backbone) * _tokens(backbone, corpus, prompt)
    facts = {"corpus": corpus.id, "prompt": prompt.template, "pooling": prompt.pooling, "seconds": seconds}
    save_arrays(embeddings_path(backbone, corpus, prompt), {"embeddings": embeddings}, facts)
    save_arrays(_speed_path(), {"work_per_second": np.array([work / seconds])}, {})
    return embeddings


@dataclass(frozen=True)
class Cost:
    """What embedding a corpus takes: `texts`, `tokens` in all, and `seconds` estimated for this machine."""

    texts: int
    tokens: int
    seconds: float


def embedding_cost(backbone: Backbone, corpus: Corpus, prompt: str | Prompt) -> Cost:
    """Estimate the time to embed a corpus from its tokens and the speed last measured on this machine."""
    tokens = _tokens(backbone, corpus, as_prompt(prompt))
    measured = load_arrays(_speed_path())
    speed = float(measured.arrays["work_per_second"][0]) if measured else WEIGHTS_TIMES_TOKENS_PER_SECOND
    return Cost(len(corpus), tokens, _weights(backbone) * tokens / speed)


def _tokens(backbone: Backbone, corpus: Corpus, prompt: Prompt) -> int:
    return sum(len(encoded) for encoded in backbone.encode(corpus.texts, prompt))


def _weights(backbone: Backbone) -> int:
    return backbone.architecture.model.num_parameters()


def embeddings_path(backbone: Backbone, corpus: Corpus, prompt: str | Prompt) -> Path:
    """Where the embeddings of a corpus are kept."""
    prompt = as_prompt(prompt)
    facts = [backbone.fingerprint, backbone.dtype, prompt.template, prompt.pooling, str(prompt.echo), *corpus.texts]
    key = hashlib.sha256("\x00".join(facts).encode("utf-8", "replace")).hexdigest()[:32]
    return embfilter_home() / "embeddings" / f"{corpus.id}-{key}.safetensors"


def _speed_path() -> Path:
    return embfilter_home() / "speed.safetensors"
