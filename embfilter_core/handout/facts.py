"""What is written below the instrument: which backbone made a page, how and when, and what it rests on."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from embfilter_core import __version__
from embfilter_core.glossary import GLOSSARY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from embfilter_core.handout.part import Part

APP = "EmbedFilter Explorer"
PAPER = "EmbedFilter: Your UnEmbedding Matrix is Secretly a Feature Lens for Text Embeddings, arXiv 2606.07502, 2026"


def facts(part: Part) -> list[tuple[str, str]]:
    """Return the statement of what made a part of a page, as names and values."""
    backbone, prompt = part.backbone, part.prompt
    last = backbone.layer_number(None)
    layer = last if part.layer is None else part.layer
    return [
        ("Backbone", backbone.name + (f", {backbone.entry.licence}" if backbone.entry else "")),
        ("Revision", _revision(part)),
        ("Prompt", f"{prompt.name}: {prompt.template} ({'second copy, ' * prompt.echo}{prompt.pooling})"),
        ("Layer", f"{layer}, the last" if layer == last else f"{layer} of {last}, behind the final norm"),
        ("Computed in", f"{backbone.dtype} on {backbone.device_name}"),
        ("Centred", "no" if part.centre is None else "the mean of the reference corpus is subtracted"),
        ("Kept at first", f"{part.preset}: {part.kept.describe()}"),
        ("Tokens counted in", part.rates.source),
        ("Neighbours from", "no corpus" if part.reference is None else part.reference.corpus.name),
        ("Made", f"{date.today().isoformat()}, {APP} {__version__}"),
    ]


def sources(parts: Iterable[Part]) -> list[str]:
    """Return what the parts of a page rest on, each once."""
    corpora = [part.reference.corpus for part in parts if part.reference is not None]
    found = [PAPER, *(f"{corpus.name}: {corpus.source}" for corpus in corpora)]
    return list(dict.fromkeys(found))


def words(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return terms of the glossary with their meanings."""
    return [(name, GLOSSARY[name].meaning) for name in names]


def _revision(part: Part) -> str:
    files = part.backbone.files
    commit = f"{files.hub_id}, commit {files.revision}; " if files is not None and files.revision else ""
    return f"{commit}fingerprint {part.backbone.fingerprint}"
