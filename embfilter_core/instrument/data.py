"""What the instrument is drawn from: constant for a backbone, constant for a text, and the committed directions' own.

All of it is plain JSON: the page hands it to the browser, and a stored example is a file of it. Texts are cut, and
reach the browser as data, never as markup.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from embfilter_core.instrument.lengths import END_TOKENS, LONGEST_TEXT, NEAREST
from embfilter_core.instrument.neighbour_preview import preview_neighbours
from embfilter_core.instrument.packing import TokensAbout, pack_energy, pack_near, pack_tokens, packed
from embfilter_core.instrument.token_preview import preview_tokens
from embfilter_core.spectral.direction_grid import grid_edges
from embfilter_core.spectral.families import TAUS
from embfilter_core.spectral.geometry import energy
from embfilter_core.spectral.presets import PRESETS, choose_directions
from embfilter_core.vocabulary.token_frequency import log_rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.lens.token_rates import TokenRates
    from embfilter_core.spectral.selection import KeptDirections

SIGNIFICANT = 5
Json = dict[str, Any]


@dataclass(frozen=True, eq=False)
class ReferenceCorpus:
    """An embedded corpus: its texts, and its coefficients (n, d), centred where the text is."""

    corpus: Corpus
    coefficients: np.ndarray


def backbone_data(backbone: Backbone) -> Json:
    """Return what the instrument shows of a backbone: singular values, the ends of its directions, its presets."""
    spectrum = backbone.spectrum
    ids = backbone.direction_tokens.ids[:, :, :END_TOKENS]
    different, places = np.unique(ids, return_inverse=True)
    return {
        "d": spectrum.d,
        "edges": grid_edges(spectrum.d, backbone.bulk_start).tolist(),
        "values": [float(f"{value:.{SIGNIFICANT}g}") for value in spectrum.singular_values],
        "ends": {
            "tokens": backbone.token_texts.readable_all(different),
            "places": packed(places, "i4"),
            "count": ids.shape[2],
        },
        "presets": _preset_runs(spectrum.d, backbone.bulk_start),
        "taus": [tau for tau in TAUS if tau > 1],
    }


def text_data(backbone: Backbone, state: np.ndarray, rates: TokenRates, reference: ReferenceCorpus | None) -> Json:
    """Return what the instrument shows of a text, whatever directions are kept.

    Args:
        backbone: The backbone.
        state: The text's embedding, (d,), centred or not.
        rates: How frequent each token is.
        reference: An embedded corpus to find neighbours in, or None.
    """
    edges = grid_edges(backbone.d, backbone.bulk_start)
    tokens = preview_tokens(backbone, state, edges)
    coefficients = backbone.spectrum.coefficients(state[None])
    about = TokensAbout(
        backbone.token_texts.readable_all(tokens.token_ids),
        tokens.offsets,
        log_rate(rates.per_million[tokens.token_ids]),
        rates.frequent[tokens.token_ids],
        rates.seen[tokens.token_ids],
    )
    return {
        "tokens": pack_tokens(about, tokens.prefix, tokens.ranks),
        "energy": pack_energy(energy(coefficients), None if reference is None else energy(reference.coefficients)),
        "near": None if reference is None else near_data(coefficients[0], reference, edges, NEAREST),
    }


def identified(*parts: Json) -> Json:
    """Return parts of data as one, with an `id` that changes whenever any of it does."""
    data = {name: fact for part in parts for name, fact in part.items()}
    written = json.dumps(data, ensure_ascii=False, sort_keys=True)
    return data | {"id": hashlib.sha256(written.encode("utf-8", "replace")).hexdigest()[:16]}


def short(text: str) -> str:
    """Return a text on one line, cut to what a row can hold."""
    return " ".join(text.split())[:LONGEST_TEXT]


def near_data(query: np.ndarray, reference: ReferenceCorpus, edges: np.ndarray, nearest: int) -> Json:
    """Return the texts that any band brings among the `nearest` of a query, coefficients (d,), with their cosines."""
    texts: Sequence[str] = reference.corpus.texts
    near = preview_neighbours(query, reference.coefficients, texts, edges, nearest)
    return pack_near([short(texts[place]) for place in near.positions], near)


def _preset_runs(d: int, bulk_start: int | None) -> Json:
    """Runs of kept directions of every preset that needs no more than d, by preset and tau."""
    runs: Json = {}
    for preset in PRESETS.values():
        known = preset.id not in ("random", "quiet")
        runs[preset.id] = {"keeps": preset.keeps} | {
            str(tau): kept_runs(choose_directions(preset.id, d, tau, bulk_start=bulk_start))
            for tau in TAUS
            if known and d // tau
        }
    return runs


def kept_runs(kept: KeptDirections) -> list[list[int]]:
    """Return kept directions as runs of [start, stop)."""
    breaks = np.flatnonzero(np.diff(kept.indices) > 1) + 1
    starts, stops = np.r_[0, breaks], np.r_[breaks, len(kept.indices)]
    return [[int(kept.indices[a]), int(kept.indices[b - 1]) + 1] for a, b in zip(starts, stops, strict=True)]
