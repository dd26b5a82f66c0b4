"""What is shown of a stored text beside what the loaded backbone shows of it."""

import base64
from typing import Any

import numpy as np

from embfilter_core import Backbone, KeptDirections
from embfilter_core.instrument.committed import committed_data
from embfilter_core.instrument.data import backbone_data, text_data
from embfilter_core.stored_backbones.bands import committed_for
from embfilter_core.stored_backbones.reading import read_text
from embfilter_core.stored_backbones.source import Source
from embfilter_core.stored_backbones.stored_backbone import StoredBackbone

NUMBERS = {"f4": "<f4", "i4": "<i4", "u2": "<u2", "u1": "u1"}
EXACT = ("offsets", "ranks", "rates", "frequent", "seen", "texts")


def numbers(packed: str) -> np.ndarray:
    kind, _, data = packed.partition(":")
    return np.frombuffer(base64.b64decode(data), NUMBERS[kind]).astype(np.float64)


def prefix(data: dict[str, Any]) -> np.ndarray:
    """Logits up to each edge but for a constant of each token."""
    tokens = data["tokens"]
    return numbers(tokens["levels"]).reshape(-1, len(data["edges"])) * numbers(tokens["steps"])[:, None]


def assert_shown_as_live(stored: StoredBackbone, source: Source, backbone: Backbone, place: int) -> None:
    """The data of a stored text are those of the live one, but for the errors that the file states."""
    shown = read_text(stored, place).instrument
    state = source.embeddings[stored.texts[place].position]
    live = backbone_data(backbone) | text_data(backbone, state, source.rates, source.reference)
    assert {name: shown[name] for name in ("d", "edges", "values", "ends", "presets", "taus", "energy")} == {
        name: live[name] for name in ("d", "edges", "values", "ends", "presets", "taus", "energy")
    }
    assert {name: shown["tokens"][name] for name in EXACT} == {name: live["tokens"][name] for name in EXACT}
    off = prefix(shown) - prefix(live)
    rounding = 2 * numbers(live["tokens"]["steps"]).max()  # of the live data, and of the stored as it is read
    assert (off.max(axis=1) - off.min(axis=1)).max() <= stored.logit_error + rounding
    assert {name: fact for name, fact in shown["near"].items() if name != "dots"} == {
        name: fact for name, fact in live["near"].items() if name != "dots"
    }
    kept = source.kept
    assert shown["committed"] == committed_data(backbone, state, kept, source.rates, source.reference, "bulk", 2), (
        "the lists of the bulk are stored as they were"
    )


def assert_band_as_live(
    stored: StoredBackbone, source: Source, backbone: Backbone, place: int, band: tuple[int, int]
) -> None:
    """The lists of another band hold the same tokens and texts, and the same numbers to the error that is stated."""
    state = source.embeddings[stored.texts[place].position]
    kept = KeptDirections.band(backbone.d, *band)
    live = committed_data(backbone, state, kept, source.rates, source.reference, "custom", 2)
    shown = committed_for(read_text(stored, place).instrument, "custom", 2, [list(band)])
    assert {name: shown[name] for name in ("k", "runs", "draggable")} == {
        name: live[name] for name in ("k", "runs", "draggable")
    }
    allowed = stored.logit_error + 1e-4 * max(abs(token["logit"]) for token in live["lists"]["unfiltered"])
    for name, tokens in live["lists"].items():
        logits = [[token["logit"] for token in lists] for lists in (tokens, shown["lists"][name])]
        np.testing.assert_allclose(*logits, rtol=0, atol=allowed)
        clear = {token["token"] for token in tokens if token["logit"] > tokens[-1]["logit"] + 2 * allowed}
        assert clear <= {token["token"] for token in shown["lists"][name]}
    for side in ("unfiltered", "filtered"):
        cosines = [[text[side]["cosine"] for text in near[side]] for near in (live["near"], shown["near"])]
        np.testing.assert_allclose(*cosines, rtol=0, atol=stored.cosine_error + 1e-6)
