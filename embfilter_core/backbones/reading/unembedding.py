"""The unembedding head of a loaded model: of those that its configuration may mean, the one that gives its logits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from embfilter_core.backbones.hugging_face import PreTrainedModel
from embfilter_core.backbones.reading.language_model import LanguageModel
from embfilter_core.backbones.reading.logit_maps import logit_maps
from embfilter_core.backbones.reading.probe import asked_beside_text, own_logits
from embfilter_core.backbones.spread import weight_of
from embfilter_core.errors import BackboneError
from embfilter_core.vocabulary.head import UnembeddingHead

LOUD = 100.0
"""Logits are made this large where smaller ones would pass a soft-cap, in use at 5 to 50, nearly unchanged."""
PLAINLY = 4.0
"""What is this many times the error that rounding explains is seen."""


@dataclass(frozen=True, eq=False)
class Trial:
    """Products h W_U^T, and the model's own logits of the same h, (n, |V|) each."""

    products: Tensor
    own: Tensor

    def error(self, head: UnembeddingHead) -> float:
        """Largest absolute difference; a row of W_U beyond the model's own logits is no token."""
        ours = head.of_products(self.products)[:, : self.own.shape[1]].to(self.own.device)
        return float((ours - self.own.float())[self._said].abs().max())

    def allowed(self, weight: Tensor) -> float:
        """Error that rounding explains: of a logit a few times to the dtype of W_U, of its products in float32."""
        own, products = torch.finfo(weight.dtype).eps, torch.finfo(torch.float32).eps
        rounding: float = 4 * own + 8 * products * weight.shape[1] ** 0.5
        return max(rounding * float(self.own[self._said].abs().max()), 1e-30)

    def shows_caps(self, weight: Tensor, loosest: float) -> bool:
        """Whether a soft-cap c up to `loosest` would be seen in logits x of this size: by about x^3 / 3 c^2."""
        largest = float(self.own[self._said].abs().max())
        return largest >= loosest or largest**3 / (3 * loosest**2) > PLAINLY * self.allowed(weight)

    @property
    def _said(self) -> Tensor:
        """Logits other than those of tokens that the model forbids."""
        return ~(self.own <= torch.finfo(self.own.dtype).min)


@dataclass(frozen=True, eq=False)
class ReadHead:
    """A head that gives a model's own logits.

    Attributes:
        language_model: The part of the model that makes the hidden states that it is given.
        head: The head.
        error: Its largest absolute error on the probes.
    """

    language_model: LanguageModel
    head: UnembeddingHead
    error: float


@torch.inference_mode()
def read_head(model: PreTrainedModel, parts: Iterable[LanguageModel], ids: Tensor, name: str) -> ReadHead:
    """Find the head that gives the model's own logits, among those that its configuration may mean.

    Args:
        model: The model.
        parts: Those of its parts that may be its language model.
        ids: Token ids that they were tried on, (n, positions).
        name: Its name for messages.

    Raises:
        BackboneError: None of them gives the model's logits; the smallest disagreement is named.
    """
    plain, maps = _matrix(model, name), logit_maps(model.config)
    loudest = max(LOUD, *(2 * (given.soft_cap or 0.0) for given in maps))
    own, entered = _own_logits(model, ids)
    missed: list[tuple[float, float, float]] = []
    for part in parts:
        _require_numbers(own, part.states, name)
        if not all(_proportional(given, part.states) for given in entered):
            continue
        trials = [Trial(plain.products(part.states.to(plain.weight.device)), own)]
        if not trials[0].shows_caps(plain.weight, loudest):
            trials.append(_louder_trial(model, trials[0].products, ids, loudest))
        for given in maps:
            head = replace(plain, scale=given.scale, soft_cap=given.soft_cap)
            found = [(trial.error(head), trial.allowed(plain.weight)) for trial in trials]
            if all(error <= allowed for error, allowed in found):
                return ReadHead(part, head, found[0][0])
            missed.append(max((error / allowed, error, allowed) for error, allowed in found))
    raise _disagreement(missed, name)


def _disagreement(missed: list[tuple[float, float, float]], name: str) -> BackboneError:
    """Why no head was found, of the errors of those that were tried, relative, absolute and allowed."""
    if not missed:
        return BackboneError(
            f"{name} puts its last hidden state through another layer before its unembedding matrix.",
            "EmbedFilter reads hidden states that the unembedding matrix is given: choose another one.",
        )
    _, error, allowed = min(missed)
    return BackboneError(
        f"The logit lens disagrees with the logits of {name} by {error:.3g} (allowed {allowed:.3g}).",
        "It treats its logits in a way that neither its configuration nor this version tells: choose another one.",
    )


def _matrix(model: PreTrainedModel, name: str) -> UnembeddingHead:
    """The unembedding matrix and bias of a model that reads text alone, with neither scale nor soft-cap."""
    output: Any = model.get_output_embeddings()
    if output is None:
        raise BackboneError(
            f"{name} has no unembedding matrix, or several of them.",
            "EmbedFilter reads the one of a language model over a vocabulary of text: choose another one.",
        )
    beside = asked_beside_text(model)
    if beside:
        raise BackboneError(
            f"{name} does not read text alone: it asks for {' and '.join(beside)}.",
            "Choose the language model that it was built on.",
        )
    bias = getattr(output, "bias", None)
    return UnembeddingHead(weight_of(output).detach(), None if bias is None else bias.detach(), 1.0, None)


def _own_logits(model: PreTrainedModel, ids: Tensor) -> tuple[Tensor, list[Tensor]]:
    """The model's own logits at the last position, (n, |V|), and what entered its unembedding matrix there, (n, d)."""
    entered: list[Tensor] = []
    hook = model.get_output_embeddings().register_forward_pre_hook(lambda part, given: entered.append(given[0][:, -1]))
    try:
        return own_logits(model, ids), entered
    finally:
        hook.remove()


def _require_numbers(own: Tensor, states: Tensor, name: str) -> None:
    """Raise BackboneError where logits are infinite, which would pass any comparison, or none at all."""
    if bool((own.isnan() | (own == math.inf)).any()) or not bool(states.isfinite().all()):
        raise BackboneError(
            f"The logits of {name} are not all numbers.",
            "Its weights are damaged, or too large for this dtype: use float32.",
        )


def _louder_trial(model: PreTrainedModel, products: Tensor, ids: Tensor, loudest: float) -> Trial:
    """The model's logits once more with hidden states made larger, so that no soft-cap is missed."""
    doublings = max(0, math.ceil(math.log2(loudest / max(float(products.abs().max()), 1e-6))))
    with _louder(model.get_output_embeddings(), 2.0**doublings):  # a power of two, so that no hidden state is rounded
        return Trial(products * 2.0**doublings, own_logits(model, ids))


def _proportional(one: Tensor, other: Tensor) -> bool:
    """Whether states are the same but for their size, (n, d) each."""
    if one.shape != other.shape:
        return False
    cosines = nn.functional.cosine_similarity(one.float(), other.float().to(one.device))
    return bool((cosines > 0.99).all())


@contextmanager
def _louder(output: nn.Module, factor: float) -> Iterator[None]:
    """Multiply what enters the unembedding matrix."""
    hook = output.register_forward_pre_hook(lambda part, given: (given[0] * factor, *given[1:]))
    try:
        yield
    finally:
        hook.remove()
