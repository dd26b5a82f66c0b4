"""The manifest of an export: all that its vectors depend on, what was decided, and what each form promises."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from embfilter_core import __version__
from embfilter_core.backbones.hugging_face import TRANSFORMERS_VERSION
from embfilter_core.backbones.prompt_encoder import MAX_TOKENS
from embfilter_core.export.backbone_files import backbone_facts, layer_facts, prompt_facts
from embfilter_core.progress import StagedProgress

if TYPE_CHECKING:
    from embfilter_core.export.chosen import ChosenFilter
    from embfilter_core.export.evidence import Evidence

FORMAT = 1
"""Raised whenever the files of an export mean something else than they did."""


def manifest(
    chosen: ChosenFilter, evidence: Evidence | None = None, progress: StagedProgress | None = None
) -> dict[str, Any]:
    """Return what `manifest.json` holds, but for the forms.

    Raises:
        BackboneError: The files of the backbone are not there any more.
        Cancelled: `progress` returned False.
    """
    return {
        "kind": "embfilter-export",
        "format": FORMAT,
        "version": __version__,
        "date": date.today().isoformat(),
        "transformers": TRANSFORMERS_VERSION,
        "backbone": backbone_facts(chosen, progress),
        **view_facts(chosen),
        "decision": None if evidence is None else evidence.facts(),
    }


def view_facts(chosen: ChosenFilter) -> dict[str, Any]:
    """Return what a manifest says of the view besides the backbone."""
    return {
        "prompt": prompt_facts(chosen),
        "layer": layer_facts(chosen),
        "filter": _filter_facts(chosen),
        "precision": chosen.precision,
        "longest_safe": longest_safe(chosen),
    }


def longest_safe(chosen: ChosenFilter) -> dict[str, int]:
    """Return how many tokens a text may have until other programs cut it otherwise, and those of the prompt alone."""
    backbone = chosen.backbone
    limit = min(MAX_TOKENS, backbone.architecture.max_positions)
    (word,) = backbone.encode(["a"], chosen.prompt)
    prompted = 0 if chosen.prompt.echo else len(word) - 1
    return {
        "tokens": limit,
        "of_the_prompt": prompted,
        "of_the_text": max(0, limit - prompted),
        "positions": backbone.architecture.max_positions,
    }


def _filter_facts(chosen: ChosenFilter) -> dict[str, Any]:
    values = chosen.backbone.spectrum.singular_values
    return {
        "preset": chosen.kept.name,
        "description": chosen.kept.describe(),
        "d": chosen.kept.d,
        "kept": len(chosen.kept),
        "indices": chosen.kept.indices.tolist(),
        "singular_values": [float(f"{value:.8g}") for value in values],
        "centred_on": None if chosen.centre is None else chosen.centre.corpus,
    }
