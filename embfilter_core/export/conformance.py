"""The proof that travels with an export: texts, their vectors, and what every known mistake gives for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from embfilter_core.backbones.forward_pass import embed_encoded
from embfilter_core.errors import InputError
from embfilter_core.export.texts import TEXTS
from embfilter_core.export.ways import Way, ways_of
from embfilter_core.progress import Progress, report

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompt_encoder import EncodedText
    from embfilter_core.export.chosen import ChosenFilter
    from embfilter_core.export.texts import ConformanceText

TOLERANCES = {"float32": 1e-4, "float16": 1e-3, "bfloat16": 5e-3}
"""How far the cosine with the expected vector may be from 1, by the dtype of the backbone."""
OF_LENGTH = 1e-3
"""How far the length of a vector may be from 1."""
DIGITS = 8
"""Significant digits of the numbers of a vector."""


@dataclass(frozen=True, eq=False)
class Conformance:
    """Texts with their states, the right ones and those of known mistakes.

    Attributes:
        texts: The texts that this backbone takes.
        encoded: Their token ids, as they are right.
        states: By the id of a way, (m, d) float32, pooled, unfiltered and not scaled.
        ways: What each way is, and which texts it has states of, by their place.
    """

    texts: tuple[ConformanceText, ...]
    encoded: tuple[EncodedText, ...]
    states: dict[str, np.ndarray]
    ways: tuple[tuple[Way, tuple[int, ...]], ...]

    @property
    def right(self) -> np.ndarray:
        """(n, d) the states as they are right."""
        return self.states["right"]

    @property
    def cut(self) -> tuple[str, ...]:
        """Names of the texts that are longer than the backbone takes here."""
        return tuple(one.name for one, ids in zip(self.texts, self.encoded, strict=True) if ids.truncated_tokens)

    def facts(self, chosen: ChosenFilter) -> dict[str, Any]:
        """Return what `conformance.json` holds."""
        texts = [
            {"name": one.name, "text": one.text, "tokens": len(ids), "tokens_left_out": ids.truncated_tokens}
            for one, ids in zip(self.texts, self.encoded, strict=True)
        ]
        vectors = chosen.vectors(self.right)
        return {
            "kind": "embfilter-conformance",
            "format": 1,
            "texts": texts,
            "unfiltered": chosen.kept.is_unfiltered,
            "tolerance": {"cosine": TOLERANCES[chosen.backbone.dtype], "length": OF_LENGTH},
            "ways": [{"id": way.id, "says": way.says, "texts": list(places)} for way, places in self.ways],
            "expected": [[float(f"{number:.{DIGITS}g}") for number in vector] for vector in vectors],
        }


def conformance(chosen: ChosenFilter, progress: Progress | None = None) -> Conformance:
    """Compute the states of the texts, as they are right and as each known mistake makes them.

    Args:
        chosen: The view.
        progress: Called with (ways done, ways in all); returning False cancels.

    Raises:
        InputError: The backbone takes none of the texts.
        Cancelled: `progress` returned False.
    """
    backbone = chosen.backbone
    texts = tuple(text for text in TEXTS if _takes(chosen, text.text))
    if not texts:
        raise InputError(f"{backbone.name} takes none of the texts of the check.", "Use another prompt.")
    ways = ways_of(backbone, chosen.prompt)
    states: dict[str, np.ndarray] = {}
    kept: list[tuple[Way, tuple[int, ...]]] = []
    right = tuple(backbone.encode([text.text for text in texts], chosen.prompt))
    for done, way in enumerate(ways):
        tried = [i for i, encoded in enumerate(right) if way.of_long or not encoded.truncated_tokens]
        made = {i: _encoded(way, texts[i].text, backbone) for i in tried}
        there = {i: ids for i, ids in made.items() if ids is not None and (way.id == "right" or ids != right[i])}
        if there:
            given = list(there.values())
            states[way.id] = embed_encoded(backbone.architecture, given, backbone.lock, layer=chosen.layer)
            kept.append((way, tuple(there)))
        report(progress, done + 1, len(ways), "ways")
    return Conformance(texts, right, states, tuple(kept))


def _takes(chosen: ChosenFilter, text: str) -> bool:
    """Whether the backbone has an embedding for every token of a text."""
    try:
        chosen.backbone.encode([text], chosen.prompt)
    except InputError:
        return False
    return True


def _encoded(way: Way, text: str, backbone: Backbone) -> EncodedText | None:
    """The token ids of a text in a way; None where the model would have no embedding for one of them."""
    try:
        ids = way.encode(text)
    except InputError:
        return None
    rows = backbone.architecture.rows
    return (
        ids
        if ids is not None and len(ids) <= backbone.architecture.max_positions and max(ids.token_ids) < rows
        else None
    )
