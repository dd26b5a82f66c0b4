"""Which pass texts take: the fastest that was seen to give what the plain one gives."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from embfilter_core.backbones.architecture import Architecture
from embfilter_core.backbones.batch_arrays import lengths_of
from embfilter_core.backbones.forward_pass import Faster, Pass, forward_batch
from embfilter_core.backbones.passes.budget import known_budget, measure_budget
from embfilter_core.backbones.passes.last_layer import LastLayer, split_last_layer
from embfilter_core.backbones.passes.packed import PackedPass
from embfilter_core.backbones.passes.padded import PaddedPass, shared_beginning
from embfilter_core.backbones.passes.policy import DevicePolicy
from embfilter_core.backbones.prompt_encoder import EncodedText
from embfilter_core.backbones.proofs.padding import ROUNDING, ordinary_ids

log = logging.getLogger(__name__)
AnyPass = TypeVar("AnyPass", bound=Pass)

FOR_MOST, FOR_ONE = 1.6, 10
"""How many times `ROUNDING` most of the texts may be off, and one of them: another kernel rounds otherwise, and of a
trained model rounding turns a few texts far more. On an H100, rows of the bundled backbone were .059 off in bfloat16
and .005 in float16, by the eight times that one rounds coarser."""
_BEGINNING = 3
"""Tokens with which all texts begin that a pass is checked on."""


@dataclass(frozen=True, eq=False)
class Passes:
    """The passes of one backbone that were checked.

    Attributes:
        architecture: The model.
        policy: What its device is good at.
        key: What sizes of batches are remembered by: fingerprint and dtype.
        packed: Its packed pass, where the device packs, else None.
        last_layer: Its last layer apart, or None.
        window: Most tokens of a text that the padded pass may be given, or None where any number is.
    """

    architecture: Architecture
    policy: DevicePolicy
    key: str
    packed: PackedPass | None = None
    last_layer: LastLayer | None = None
    window: int | None = None

    def faster(self, texts: Sequence[EncodedText]) -> Faster | None:
        """Return the pass that texts take with its size of a batch, or None for the plain one.

        Args:
            texts: The texts, of which a size that is unknown is measured where they are many.
        """
        run = self._for_texts(texts)
        if run is None:
            return None
        architecture, policy = self.architecture, self.policy
        known = known_budget(run, policy, architecture.device, self.key)
        if known is None and sum(map(len, texts)) >= policy.measured_from:
            known = measure_budget(run, policy, architecture, self.key)
        if known is not None:
            known.take_threads()
        return Faster(run, policy.usual_budget if known is None else known.tokens, policy.ahead)

    def _for_texts(self, texts: Sequence[EncodedText]) -> Pass | None:
        if self.packed is not None:
            return self.packed
        if self.window is not None and int(lengths_of(texts).max()) > self.window:
            return None
        return PaddedPass(self.architecture, self.last_layer, shared_beginning(texts))


def find_passes(architecture: Architecture, policy: DevicePolicy, key: str) -> Passes:
    """Find the fast passes of a model, checking each on a few texts; the caller holds the model's lock."""
    family = architecture.family
    if family is None or not (architecture.pads and architecture.causal) or architecture.is_spread:
        return Passes(architecture, policy, key, window=0)
    window = getattr(architecture.model.config.get_text_config(), "sliding_window", None) or None  # some say 0 for none
    if policy.packs and family.packs:
        packed = _checked(architecture, lambda: PackedPass(architecture, family.last_alone))
        if packed is not None:
            return Passes(architecture, policy, key, packed)
    parts = [split_last_layer(architecture.base_model), None] if family.last_alone else [None]
    for last_layer in parts:
        beginning = _texts_to_check(architecture)[0].token_ids[:_BEGINNING]
        if _checked(architecture, partial(PaddedPass, architecture, last_layer, beginning)) is not None:
            return Passes(architecture, policy, key, None, last_layer, window)
    return Passes(architecture, policy, key, window=0)


def _checked(architecture: Architecture, make: Callable[[], AnyPass]) -> AnyPass | None:
    """Return the pass, or None where it does not give what the plain pass gives."""
    texts = _texts_to_check(architecture)
    plain = forward_batch(architecture, texts, [architecture.layers])[0]
    candidate = make()
    differences = (candidate(texts) - plain).norm(dim=1) / plain.norm(dim=1)
    usual, most = float(differences.median()), float(differences.max())
    allowed = ROUNDING[architecture.head.weight.dtype]
    if usual <= FOR_MOST * allowed and most <= FOR_ONE * allowed:
        return candidate
    name = type(candidate).__name__
    log.warning("%s is %.1e from the plain pass, %.1e for one text, and is not used", name, usual, most)
    return None


def _texts_to_check(architecture: Architecture) -> list[EncodedText]:
    """Texts of a few tokens that begin alike, and whose last position is pooled."""
    vocabulary = architecture.head.weight.shape[0]
    beginning = ordinary_ids(vocabulary, 1, _BEGINNING)
    ids = [[*beginning, *ordinary_ids(vocabulary, 3 * length, length)] for length in (1, 2, 2, 3, 4)]
    return [EncodedText(of_text, (len(of_text) - 1, len(of_text)), 0) for of_text in ids]
