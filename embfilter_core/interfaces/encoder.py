"""A backbone and its filter in the manner of sentence-transformers: texts in, vectors out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from tqdm.auto import tqdm

from embfilter_core.backbones.backbone import Backbone
from embfilter_core.backbones.forward_pass import embed_encoded
from embfilter_core.backbones.prompts import Prompt, as_prompt
from embfilter_core.errors import InputError
from embfilter_core.progress import Progress, report
from embfilter_core.quality.metrics import unit_rows
from embfilter_core.spectral.embed_filter import EmbedFilter

if TYPE_CHECKING:
    from embfilter_core.backbones.prompt_encoder import EncodedText

ROWS_AT_ONCE = 16_384
"""Rows that are filtered at once: the product is float64, twice the memory of the embeddings."""


@dataclass(frozen=True, eq=False)
class Encoder:
    """Backbone, prompt, layer, centring and filter as one thing that encodes texts.

    Attributes:
        backbone: The backbone.
        filter: What is kept; made from the spectrum of this backbone, or loaded.
        prompt: Id, template with `{text}`, or Prompt; the filter's own where it is None, then the backbone's.
        layer: As in `Backbone.embed`.
        mean: (d,), subtracted before the filter: the mean of a reference corpus; nothing where it is None.
        resolved: The prompt that is used.

    Raises:
        InputError: The filter belongs to another backbone or prompt, the mean has another width, or there is no such
            prompt or layer.
    """

    backbone: Backbone
    filter: EmbedFilter
    prompt: str | Prompt | None = None
    layer: int | None = None
    mean: np.ndarray | None = None
    resolved: Prompt = field(init=False, repr=False)

    def __post_init__(self) -> None:
        backbone, of = self.backbone, self.filter
        if of.kept.d != backbone.d or of.backbone not in ("", backbone.fingerprint):
            raise InputError(f"This filter was made for another backbone than {backbone.name}.", "Make it anew.")
        backbone.layer_number(self.layer)
        if self.mean is not None and self.mean.shape != (backbone.d,):
            raise InputError(f"A mean of shape {self.mean.shape} does not fit.", f"Pass ({backbone.d},).")
        resolved = as_prompt(self.prompt or of.prompt or backbone.default_prompt)
        if of.prompt and as_prompt(of.prompt).template != resolved.template:
            raise InputError(f"This filter was made for the prompt {of.prompt[:80]!r}.", "Use that, or make it anew.")
        object.__setattr__(self, "resolved", resolved)

    @property
    def dimensions(self) -> int:
        """Numbers of a vector, k."""
        return len(self.filter.kept)

    def encode(
        self,
        inputs: str | Sequence[str],
        batch_size: int | None = None,
        show_progress_bar: bool | None = None,
        convert_to_numpy: bool = True,
        convert_to_tensor: bool = False,
        normalize_embeddings: bool = False,
        truncate_dim: int | None = None,
    ) -> Any:  # noqa: ANN401 - an array, a tensor or a list, as sentence-transformers returns them
        """Vectors of texts: embedded, centred, filtered.

        Args:
            inputs: Texts, or one text.
            batch_size: Texts that go through the model at once; None takes as many tokens as was measured to be fast.
            show_progress_bar: Show a bar on standard error; None means no.
            convert_to_numpy: Return an array; False returns a list of tensors, one a text.
            convert_to_tensor: Return one tensor on the backbone's device, whatever `convert_to_numpy` says.
            normalize_embeddings: Divide each vector by its length.
            truncate_dim: Refused: the numbers of a vector are coordinates in singular directions, in the order of the
                spectrum, so the first of them are one edge of the kept band and no smaller filter.

        Returns:
            (n, k) float32 in the order of `inputs`, also where there are none; (k,) for one text.

        Raises:
            InputError: A text is empty, the batch size is below 1, or `truncate_dim` was given.
        """
        _check(batch_size, truncate_dim)
        texts = [inputs] if isinstance(inputs, str) else list(inputs)
        with _bar(len(texts), bool(show_progress_bar)) as progress:
            states = self.embed(texts, batch_size, progress)
        vectors = self.reduce(states, normalize_embeddings)
        if not convert_to_tensor and convert_to_numpy:
            return vectors[0] if isinstance(inputs, str) else vectors
        tensors = torch.from_numpy(vectors).to(self.backbone.architecture.device)
        if isinstance(inputs, str):
            return tensors[0]
        return tensors if convert_to_tensor else list(tensors)

    def embed(
        self, texts: Sequence[str], batch_size: int | None = None, progress: Progress | None = None
    ) -> np.ndarray:
        """Embeddings of texts as `Backbone.embed` gives them, (n, d) float32: neither centred nor filtered.

        Raises:
            InputError: A text is empty.
            Cancelled: `progress` returned False.
        """
        if batch_size is None:
            return self.backbone.embed(texts, self.resolved, progress, self.layer)
        encoded = self.backbone.encode(texts, self.resolved)
        return _embed_in_batches(self.backbone, encoded, batch_size, self.layer, progress)

    def similarity(self, embeddings1: Any, embeddings2: Any) -> torch.Tensor:  # noqa: ANN401 - arrays or tensors
        """Cosines of all rows of one with all rows of the other, (n, k) and (m, k) -> (n, m) float32."""
        return _units(embeddings1) @ _units(embeddings2).T

    def similarity_pairwise(self, embeddings1: Any, embeddings2: Any) -> torch.Tensor:  # noqa: ANN401 - as above
        """Cosine of each row of one with the same row of the other, (n, k) and (n, k) -> (n,) float32."""
        return (_units(embeddings1) * _units(embeddings2)).sum(dim=-1)

    def reduce(self, embeddings: np.ndarray, normalize: bool = False) -> np.ndarray:
        """Centre and filter embeddings, (n, d) -> (n, k) float32; `normalize` divides each row by its length."""
        vectors = np.empty((len(embeddings), self.dimensions), dtype=np.float32)
        for start in range(0, len(embeddings), ROWS_AT_ONCE):
            rows = np.asarray(embeddings[start : start + ROWS_AT_ONCE])
            rows = self.filter.reduce(rows if self.mean is None else rows - self.mean)
            vectors[start : start + ROWS_AT_ONCE] = unit_rows(rows) if normalize else rows
        return vectors


def _units(embeddings: Any) -> torch.Tensor:  # noqa: ANN401 - an array or a tensor
    """Rows of length 1; a row of zeros stays as it is."""
    rows = torch.atleast_2d(torch.as_tensor(embeddings, dtype=torch.float32))
    return torch.nn.functional.normalize(rows, dim=-1)


def _check(batch_size: int | None, truncate_dim: int | None) -> None:
    if truncate_dim is not None:
        raise InputError(
            f"truncate_dim={truncate_dim} would keep the first {truncate_dim} directions of the band alone, which is "
            "another filter.",
            "For shorter vectors, make a filter that keeps fewer directions: KeptDirections.bulk(d, keep=...).",
        )
    if batch_size is not None and batch_size < 1:
        raise InputError(f"A batch of {batch_size} texts cannot be.", "Use 1 or more, or None.")


def _embed_in_batches(
    backbone: Backbone, encoded: Sequence[EncodedText], batch_size: int, layer: int | None, progress: Progress | None
) -> np.ndarray:
    """Embeddings of encoded texts, so many at once, longest first."""
    embeddings = np.empty((len(encoded), backbone.d), dtype=np.float32)
    order = sorted(range(len(encoded)), key=lambda i: -len(encoded[i]))
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        texts = [encoded[i] for i in batch]
        tokens = len(texts) * len(texts[0])
        embeddings[batch] = embed_encoded(
            backbone.architecture, texts, backbone.lock, tokens_per_batch=tokens, layer=layer
        )
        report(progress, start + len(batch), len(order), "texts")
    return embeddings


@contextmanager
def _bar(texts: int, shown: bool) -> Iterator[Progress]:
    """The progress that draws a bar."""
    with tqdm(total=texts, unit="text", disable=not shown) as bar:

        def show(done: int, total: int) -> None:
            bar.update(done - bar.n)

        yield show
