"""The member of a stored backbone's file that holds for all its texts: directions, evidence, measured curves."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from embfilter_core.instrument.packing import packed as as_string
from embfilter_core.stored_backbones.arrays import pack, unpack
from embfilter_core.stored_backbones.json_shapes import CURVE, DIRECTIONS, EVIDENCE
from embfilter_core.stored_backbones.limits import MAX_CORPUS, MAX_CURVES
from embfilter_core.stored_backbones.parts import StoredCurve, StoredParts
from embfilter_core.stored_backbones.shapes import Malformed, fields, items, table, words

if TYPE_CHECKING:
    Json = dict[str, Any]

ENERGIES = ("the corpus", "the mean of the corpus")
_EVIDENCE = table(EVIDENCE, 40)
_FACTS = fields(
    {
        "directions": DIRECTIONS,
        "evidence": _EVIDENCE,
        "centred_evidence": _EVIDENCE,
        "texts": items(words(200), MAX_CORPUS),
        "measured": items(CURVE, MAX_CURVES),
    }
)


def pack_parts(parts: StoredParts, places: np.ndarray) -> bytes:
    """Return the member; `places` (d, 2, count) are those of the tokens at the ends of every direction."""
    ends = {name: fact for name, fact in parts.directions["ends"].items() if name != "places"}
    texts: list[str] = next(iter(parts.evidence.values()))["texts"] if parts.evidence else []
    facts = {
        "directions": parts.directions | {"ends": ends},
        "evidence": _without_texts(parts.evidence),
        "centred_evidence": _without_texts(parts.centred_evidence),
        "texts": texts,
        "measured": [asdict(curve) for curve in parts.measured],
    }
    arrays = {"places": places.astype("<i4"), "scores": np.array(parts.scores, dtype="<f4")}
    return pack(facts, arrays | {name: np.array(parts.energies[name], dtype="<f4") for name in ENERGIES})


def unpack_parts(packed: bytes) -> StoredParts:
    """Return what holds for all texts of a stored backbone.

    Raises:
        Malformed: The bytes are not such a member.
    """
    facts, arrays = unpack(packed)
    _FACTS(facts, "parts")
    directions = facts["directions"]
    d, ends = directions["d"], directions["ends"]
    _check_directions(directions)
    shapes = {"places": (d, 2, ends["count"]), "scores": (d,), **dict.fromkeys(ENERGIES, (d,))}
    if {name: array.shape for name, array in arrays.items()} != shapes:
        raise Malformed("its arrays do not fit one another")
    places = arrays["places"]
    if places.size and not 0 <= places.min() <= places.max() < len(ends["tokens"]):
        raise Malformed("tokens at the ends of directions are missing")
    return StoredParts(
        directions=directions | {"ends": ends | {"places": as_string(places, "i4")}},
        scores=tuple(arrays["scores"].tolist()),
        energies={name: tuple(arrays[name].tolist()) for name in ENERGIES},
        evidence=_with_texts(facts["evidence"], facts["texts"]),
        centred_evidence=_with_texts(facts["centred_evidence"], facts["texts"]),
        measured=tuple(_curve(one) for one in facts["measured"]),
    )


def _check_directions(directions: Json) -> None:
    d, edges, values = directions["d"], np.array(directions["edges"]), np.array(directions["values"])
    if edges[0] != 0 or edges[-1] != d or (np.diff(edges) <= 0).any():
        raise Malformed("its grid does not run over all directions")
    if len(values) != d or (np.diff(values) > 0).any():
        raise Malformed("its singular values do not descend")
    for preset in directions["presets"].values():
        for runs in (runs for name, runs in preset.items() if name != "keeps"):
            if any(not 0 <= start < stop <= d for start, stop in runs):
                raise Malformed("a preset keeps what there is not")


def _curve(written: Json) -> StoredCurve:
    ks = tuple(written.pop("ks"))
    scores, gains = (tuple(map(tuple, written.pop(name))) for name in ("scores", "gains"))
    if not len(ks) == len(scores) == len(gains):
        raise Malformed("a measured curve lacks points")
    return StoredCurve(**written, ks=ks, scores=scores, gains=gains)


def _without_texts(evidence: dict[str, Json]) -> dict[str, Json]:
    return {about: {name: fact for name, fact in one.items() if name != "texts"} for about, one in evidence.items()}


def _with_texts(evidence: dict[str, Json], texts: list[str]) -> dict[str, Json]:
    for one in evidence.values():
        counts = [len(reading["counts"]) for reading in one["readings"] if "counts" in reading]
        if any(count != len(texts) for count in counts) or one["typical"] >= len(texts):
            raise Malformed("evidence is not of its texts")
    return {about: one | {"texts": texts} for about, one in evidence.items()}
