"""Embeddings of the texts of a call, made once and read again by every filter that asks for the same texts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.backbones.prompt_encoder import clean_text
from embfilter_core.data.corpora import Corpus
from embfilter_core.embeddings.corpus_embeddings import embed_corpus

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.progress import Progress


@dataclass(frozen=True, eq=False)
class SharedPass:
    """A backbone, prompt and layer whose embeddings several filters share.

    The store of embeddings is bounded, and a benchmark may have more texts than it holds: going through them again,
    each would have left before it is asked for. So the embeddings of every call lie in a folder as well.

    Attributes:
        backbone: The backbone.
        prompt: The prompt.
        layer: As in `Backbone.embed`.
        folder: Where the embeddings of calls are kept, for as long as the folder is there; None keeps none.
        progress: Told of every forward pass.
    """

    backbone: Backbone
    prompt: Prompt
    layer: int | None
    folder: Path | None = None
    progress: Progress | None = None

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Embeddings of texts, (n, d) float32, unfiltered; zeros for a text without a character.

        Raises:
            InputError: A text cannot be encoded.
        """
        if self.folder is None:
            return self._embed(texts)
        name = hashlib.sha256(json.dumps(list(texts)).encode()).hexdigest()
        path = self.folder / f"{name}.npy"
        if not path.exists():
            np.save(path, self._embed(texts))
        embeddings: np.ndarray = np.load(path, mmap_mode="r")
        return embeddings

    def _embed(self, texts: Sequence[str]) -> np.ndarray:
        written = [i for i, text in enumerate(texts) if clean_text(text)]
        corpus = Corpus("call", "texts of a call", tuple(texts[i] for i in written), "mteb")
        embeddings = np.zeros((len(texts), self.backbone.d), dtype=np.float32)
        embeddings[written] = embed_corpus(self.backbone, corpus, self.prompt, self.progress, self.layer)
        return embeddings
