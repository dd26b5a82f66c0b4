"""How a verb reads texts: prompt, layer, and the mean that is subtracted."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from embfilter_core.cli.options import print_progress
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.data.tasks import Task
    from embfilter_core.quality.measuring import Vectors


@dataclass(frozen=True, eq=False)
class TextReader:
    """What turns texts into embeddings as the options say.

    Attributes:
        backbone: The backbone.
        prompt: The prompt.
        layer: The layer whose states are pooled, or None for the last.
        mean: (d,) what is subtracted from every embedding, or None.
    """

    backbone: "Backbone"
    prompt: "Prompt"
    layer: int | None
    mean: "np.ndarray | None"

    def texts(self, texts: Sequence[str]) -> "np.ndarray":
        """Return the embeddings of a few texts, (n, d)."""
        return self._centred(self.backbone.embed(texts, self.prompt, layer=self.layer))

    def corpus(self, corpus: "Corpus") -> "np.ndarray":
        """Return the embeddings of a corpus, (n, d), which are kept on disk; counts where somebody watches."""
        from embfilter_core.embeddings.corpus_embeddings import embed_corpus

        return self._centred(embed_corpus(self.backbone, corpus, self.prompt, print_progress, self.layer))

    def task(self, task: "Task") -> "Vectors":
        """Return the embeddings of the corpora of labelled data, or the vectors that it brings as they are."""
        from embfilter_core.embeddings.task_embeddings import own_embeddings
        from embfilter_core.quality.measuring import corpora_of

        if task.vectors is not None:
            return own_embeddings(self.backbone, task)
        return tuple(map(self.corpus, corpora_of(task)))

    def reference_mean(self) -> "np.ndarray":
        """Return the mean embedding of the reference corpus, (d,), before any centring.

        Raises:
            AssetError: The reference corpus is not installed.
        """
        from embfilter_core.data.corpora import lee_background

        mean: np.ndarray = self.without_centring().corpus(lee_background()).mean(axis=0)
        return mean

    def without_centring(self) -> "TextReader":
        """Return what reads texts in the same way and subtracts nothing."""
        return replace(self, mean=None)

    def _centred(self, embeddings: "np.ndarray") -> "np.ndarray":
        return embeddings if self.mean is None else embeddings - self.mean


def text_reader(options: argparse.Namespace, backbone: "Backbone") -> TextReader:
    """Return what reads texts by a backbone as `--prompt`, `--pooling`, `--layer` and `--centre` say.

    Raises:
        InputError: The prompt is unknown or has a pooling of its own, or there is no such layer.
        AssetError: The reference corpus is not installed.
    """
    from embfilter_core.backbones.prompts import PROMPTS, as_prompt

    named = options.prompt or backbone.default_prompt
    if options.pooling is not None and named in PROMPTS:
        raise InputError(f"The prompt {named} has a pooling of its own.", "Use --pooling with a template alone.")
    prompt = as_prompt(named, options.pooling or "last")
    number = backbone.layer_number(options.layer)
    layer = None if number == backbone.layer_number(None) else number
    reader = TextReader(backbone, prompt, layer, None)
    return replace(reader, mean=reader.reference_mean()) if options.centre else reader
