"""Embedder, LoadedView: what every cache is keyed by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import ref

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.cached import backbones

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.claims import Reading
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.instrument.data import ReferenceCorpus
    from embfilter_core.spectral.selection import KeptDirections


class Embedder:
    """What turns a text into an embedding.

    It keeps no backbone in memory: a page that stands open holds on to it, and others may need the memory.

    Args:
        backbone: The loaded backbone.
        prompt: The prompt.
        layer: The layer whose states are pooled, or None for the last.
    """

    def __init__(self, backbone: Backbone, prompt: Prompt, layer: int | None = None) -> None:
        self.prompt, self.layer = prompt, layer
        self.key: tuple = (*backbone.key, prompt, layer)
        """What an embedding depends on besides the text, for caches."""
        self._backbone = ref(backbone)
        self._asked: tuple[str, Any, Any] = (backbone.spec, backbone.dtype, backbone.device)

    @property
    def backbone(self) -> Backbone:
        """The backbone; where it has left the memory, a page begins anew and waits for it, and a job loads it."""
        found = self._backbone()
        if found is None:
            if get_script_run_ctx() is not None:
                st.rerun()
            found = backbones.backbone(*self._asked)
            self._backbone = ref(found)
        return found


@dataclass(frozen=True, eq=False)
class LoadedView:
    """A view made real.

    Attributes:
        embedder: Backbone, prompt and layer.
        kept: The kept directions.
        corpus: The reference corpus.
        counted: The corpus in which tokens are counted; `key` does not tell it apart.
        mean: Its mean embedding (d,) for this backbone and prompt, or None where it was not embedded.
        corpus_coefficients: Its coefficients (n, d), centred where centring is on, or None where it was not embedded.
        centre: The mean where centring is on and can be done, else None.
    """

    embedder: Embedder
    kept: KeptDirections
    corpus: Corpus
    counted: Corpus
    mean: np.ndarray | None
    corpus_coefficients: np.ndarray | None
    centre: np.ndarray | None

    @property
    def reference(self) -> ReferenceCorpus | None:
        """The reference corpus with its coefficients, or None where it was not embedded."""
        from embfilter_core.instrument.data import ReferenceCorpus

        return None if self.corpus_coefficients is None else ReferenceCorpus(self.corpus, self.corpus_coefficients)

    @property
    def reading(self) -> Reading:
        """How its embeddings are made and read, as far as sentences about them depend on it."""
        from embfilter_core.claims import Reading

        depth = self.backbone.architecture.layers
        return Reading(self.prompt, self.embedder.layer, depth, self.centre is not None, self.kept)

    @property
    def backbone(self) -> Backbone:
        """The loaded backbone."""
        return self.embedder.backbone

    @property
    def prompt(self) -> Prompt:
        """The prompt."""
        return self.embedder.prompt

    @property
    def key(self) -> tuple:
        """What every embedding on the page depends on besides its text, for caches."""
        return *self.embedder.key, self.centre is not None

    def centred(self, embeddings: np.ndarray) -> np.ndarray:
        """Embeddings (n, d), the mean of the reference corpus subtracted where centring is on."""
        return embeddings if self.centre is None else embeddings - self.centre
