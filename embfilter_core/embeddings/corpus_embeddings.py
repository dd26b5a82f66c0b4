"""Embeddings of a whole corpus: every text is embedded once per backbone, prompt and layer, then read from disk."""

import time
from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from embfilter_core.backbones.backbone import Backbone
from embfilter_core.backbones.forward_pass import embed_batches
from embfilter_core.backbones.prompt_encoder import EncodedText
from embfilter_core.backbones.prompts import Prompt
from embfilter_core.data.corpora import Corpus
from embfilter_core.embeddings.cost import keep_speed, note_speed
from embfilter_core.embeddings.keys import places_of, text_keys
from embfilter_core.errors import InputError
from embfilter_core.progress import Progress, report
from embfilter_core.storage.embedding_store import embedding_store

TellTokens = Callable[[int, int], None]


def stored_embeddings(
    backbone: Backbone, corpus: Corpus, prompt: str | Prompt, layer: int | None = None
) -> np.ndarray | None:
    """Return embeddings of a corpus, (n, d) float32, where every text was embedded before, else None."""
    keys = text_keys(backbone, corpus.texts, prompt, layer)
    embeddings, found = embedding_store().get_many(keys, backbone.d)
    embeddings.setflags(write=False)
    return embeddings if found.all() else None


def missing_texts(backbone: Backbone, corpus: Corpus, prompt: str | Prompt, layer: int | None = None) -> int:
    """Number of texts of a corpus without a stored embedding; one that occurs twice counts twice, as in a progress."""
    keys = text_keys(backbone, corpus.texts, prompt, layer)
    return len(keys) - int(embedding_store().has_many(keys).sum())


def missing_layers(backbone: Backbone, corpus: Corpus, prompt: str | Prompt, layers: Sequence[int]) -> list[int]:
    """Return the layers at which a text of a corpus has no stored embedding."""
    return [layer for layer in layers if missing_texts(backbone, corpus, prompt, layer)]


def embed_corpus(
    backbone: Backbone,
    corpus: Corpus,
    prompt: str | Prompt,
    progress: Progress | None = None,
    layer: int | None = None,
    told_tokens: TellTokens | None = None,
) -> np.ndarray:
    """Return the embeddings of a corpus, (n, d) float32, read from disk where they are there, else computed and kept.

    Every batch is kept as soon as it is done, and a text that occurs twice is embedded once.

    Args:
        backbone: The backbone.
        corpus: The texts.
        prompt: Id, template with `{text}`, or Prompt.
        progress: Called with (texts done, texts in all) after every batch, those found included; False cancels.
        layer: As in `Backbone.embed`.
        told_tokens: Called with (tokens done, tokens in all), from 0 on: what takes the time, without those found.

    Raises:
        InputError: A text is empty, the prompt is unknown, or there is no such layer.
        Cancelled: `progress` returned False; what was done is kept.
    """
    layers = [backbone.layer_number(layer)]
    embeddings: np.ndarray = embed_corpus_layers(backbone, corpus, prompt, layers, progress, told_tokens)[0]
    return embeddings


def embed_corpus_layers(
    backbone: Backbone,
    corpus: Corpus,
    prompt: str | Prompt,
    layers: Sequence[int],
    progress: Progress | None = None,
    told_tokens: TellTokens | None = None,
) -> np.ndarray:
    """Return the embeddings of a corpus at one or more layers, (layers, n, d) float32, by one forward pass a batch.

    As `embed_corpus`, of which each layer gives the same; a text goes through the model where any layer lacks it.
    """
    store, keys = embedding_store(), [text_keys(backbone, corpus.texts, prompt, layer) for layer in layers]
    embeddings, found = _read_layers(keys, backbone.d)
    whole: np.ndarray = np.logical_and.reduce(found)  # (n,) texts that no layer lacks
    lacking = np.flatnonzero(~found.all(axis=1)).tolist()
    missing = list(places_of(keys[0], ~whole).values())
    encoded = _encode(backbone, corpus, missing, prompt)
    done = kept = int(whole.sum())
    keeping, spent = True, _Spent(backbone, encoded, told_tokens)
    asked = [layers[row] for row in lacking]
    faster = backbone.faster(encoded) if asked == [backbone.layer_number(None)] else None
    for batch, pooled in embed_batches(backbone.architecture, encoded, backbone.lock, layers=asked, faster=faster):
        new = {}
        for (row, i), embedding in zip(product(lacking, batch), pooled.reshape(-1, backbone.d), strict=True):
            if not found[row, missing[i][0]]:
                embeddings[row, missing[i]] = new[keys[row][missing[i][0]]] = embedding
        # A disk that refused once is not asked again: each refusal may take as long as waiting for a lock does.
        keeping = keeping and store.put_many(list(new), np.stack(list(new.values())))
        places = sum(len(missing[i]) for i in batch)
        done, kept = done + places, kept + places * keeping
        spent.on(batch)
        report(progress, done, len(corpus), "texts", kept=f"{kept} are kept")
    keep_speed(backbone)
    embeddings.setflags(write=False)
    return embeddings


class _Spent:
    """Tokens that went through the model and the time they took: told, and kept for later estimates."""

    def __init__(self, backbone: Backbone, encoded: list[EncodedText], told_tokens: TellTokens | None) -> None:
        self._backbone, self._lengths, self._tell = backbone, [len(text) for text in encoded], told_tokens
        self._tokens, self._start = 0, time.monotonic()
        self.on([])

    def on(self, batch: Sequence[int]) -> None:
        """Count a batch, by its indices into the texts."""
        self._tokens += sum(self._lengths[i] for i in batch)
        if self._tell is not None:
            self._tell(self._tokens, sum(self._lengths))
        if batch:
            note_speed(self._backbone, self._tokens, time.monotonic() - self._start)


def _read_layers(keys: list[list[bytes]], d: int) -> tuple[np.ndarray, np.ndarray]:
    """What is kept under keys, a list a layer: (layers, n, d) float32, and which were found, (layers, n) bool."""
    shape = len(keys), len(keys[0])
    embeddings, found = np.empty((*shape, d), dtype=np.float32), np.empty(shape, dtype=bool)
    for row, of_layer in enumerate(keys):
        embeddings[row], found[row] = embedding_store().get_many(of_layer, d)
    return embeddings, found


def _encode(backbone: Backbone, corpus: Corpus, missing: list[list[int]], prompt: str | Prompt) -> list[EncodedText]:
    try:
        return backbone.encode([corpus.texts[places[0]] for places in missing], prompt)
    except InputError:
        backbone.encode(corpus.texts, prompt)  # fails too, and counts the texts as the corpus does
        raise
