"""What one backbone adds to a page: how it reads the texts, and what it finds, ready for the browser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.handout.scores import Scores
from embfilter_core.instrument.committed import committed_data
from embfilter_core.instrument.data import Json, ReferenceCorpus, backbone_data, identified, text_data
from embfilter_core.instrument.sentences import notice
from embfilter_core.progress import Progress, report
from embfilter_core.spectral.families import TAUS
from embfilter_core.spectral.presets import PRESETS, choose_directions
from embfilter_core.spectral.selection import KeptDirections

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.lens.token_rates import TokenRates

CUSTOM = "custom"
SIGNIFICANT = 7
"""Digits of a number that the library computed in 32 bits."""


@dataclass(frozen=True, eq=False)
class Part:
    """How one backbone reads the texts of a page, and what is kept at first.

    Attributes:
        backbone: The backbone.
        prompt: The prompt.
        layer: The layer whose states are pooled, or None for the last.
        kept: The directions that are kept when the page is opened.
        preset: The preset that chose them, or `custom`.
        ratio: Its tau.
        seed: Of the preset `random`.
        rates: How frequent each token is.
        reference: An embedded corpus to find neighbours in, centred where the texts are, or None.
        centre: (d,) the mean that is subtracted from every embedding, or None.
        spectroscopy_scores: (d,) what the preset `quiet` needs, or None where it is left out.
        scores: What was measured of this backbone, read in this way.
    """

    backbone: Backbone
    prompt: Prompt
    layer: int | None
    kept: KeptDirections
    preset: str
    ratio: int
    seed: int
    rates: TokenRates
    reference: ReferenceCorpus | None
    centre: np.ndarray | None
    spectroscopy_scores: np.ndarray | None
    scores: Sequence[Scores] = ()

    def choices(self) -> Iterator[tuple[str, str, int, KeptDirections]]:
        """Yield name, preset, tau and directions of everything that can be pressed, and of what is kept at first."""
        d, scores = self.backbone.d, self.spectroscopy_scores
        yield CUSTOM, CUSTOM, self.ratio, self.kept
        for preset in PRESETS.values():
            if preset.needs == "scores" and scores is None:
                continue
            for tau in (tau for tau in TAUS if tau > 1 and d // tau):
                kept = choose_directions(preset.id, d, tau, None, self.seed, self.backbone.bulk_start, scores)
                yield f"{preset.id} {tau}", preset.id, tau, kept


def part_data(part: Part, texts: Sequence[str], progress: Progress | None = None) -> Json:
    """Return what the browser needs of a part: `name`, `same` for all texts, `first`, `scores`, and a view a text.

    Args:
        part: The part.
        texts: The texts.
        progress: Told after each text.

    Raises:
        InputError: A text is empty.
        Cancelled: `progress` returned False.
    """
    states = part.backbone.embed(texts, part.prompt, layer=part.layer)
    states = states if part.centre is None else states - part.centre
    views = []
    for number, state in enumerate(states):
        report(progress, number, len(texts), "texts")
        views.append(_view(part, state))
    report(progress, len(texts), len(texts), "texts")
    same = backbone_data(part.backbone)
    pressed = {preset for _, preset, _, _ in part.choices()}
    same["presets"] = {name: runs for name, runs in same["presets"].items() if name in pressed}
    return {
        "name": part.backbone.name,
        "same": same,
        "first": {"preset": part.preset, "ratio": part.ratio},
        "scores": [vars(scores) for scores in part.scores],
        "views": views,
    }


def _view(part: Part, state: np.ndarray) -> Json:
    """What the instrument shows of a text, and exactly what the library says of everything that can be pressed."""
    chosen = {}
    for name, preset, ratio, kept in part.choices():
        found = committed_data(part.backbone, state, kept, part.rates, part.reference, preset, ratio)
        chosen[name] = _rounded(found) | {"notice": notice(found)}
    return identified(text_data(part.backbone, state, part.rates, part.reference)) | {"chosen": chosen}


def _rounded(fact: Json) -> Json:
    """JSON with its numbers as short as 32 bits allow."""

    def shorter(value: object) -> object:
        match value:
            case float():
                return float(f"{value:.{SIGNIFICANT}g}")
            case dict():
                return {name: shorter(one) for name, one in value.items()}
            case list():
                return [shorter(one) for one in value]
        return value

    return {name: shorter(one) for name, one in fact.items()}
