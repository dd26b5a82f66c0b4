"""The lists of the directions that are kept now, exactly as every other page computes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from embfilter_core.data.folding import fold_corpus
from embfilter_core.instrument.data import Json, ReferenceCorpus, short
from embfilter_core.instrument.lengths import NEAREST, TOP_TOKENS
from embfilter_core.ranking.cosines import cosines, ranks
from embfilter_core.spectral.embed_filter import EmbedFilter
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.vocabulary.token_frequency import log_rate

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.lens.token_rates import TokenRates

LISTS = ("unfiltered", "removed", "kept")


def committed_data(
    backbone: Backbone,
    state: np.ndarray,
    kept: KeptDirections,
    rates: TokenRates,
    reference: ReferenceCorpus | None,
    preset: str,
    ratio: int,
) -> Json:
    """Return what the instrument shows of the directions that are kept.

    Args:
        backbone: The backbone.
        state: The text's embedding, (d,), centred or not.
        kept: The kept directions.
        rates: How frequent each token is.
        reference: An embedded corpus, or None.
        preset: Id of the preset that was chosen, or `custom`.
        ratio: Its tau.
    """
    return committed_choice(kept, preset, ratio) | {
        "lists": token_lists(backbone, state, kept, rates),
        "near": None if reference is None else _neighbours(backbone, state, kept, reference),
    }


def committed_choice(kept: KeptDirections, preset: str, ratio: int) -> Json:
    """Return which directions are kept, and by which preset."""
    return {
        "preset": preset,
        "ratio": ratio,
        "k": len(kept),
        "runs": kept.runs,
        "draggable": kept.bounds is not None,
    }


@torch.inference_mode()
def token_lists(
    backbone: Backbone, state: np.ndarray, kept: KeptDirections, rates: TokenRates, top: int = TOP_TOKENS
) -> dict[str, list[Json]]:
    """Return the top tokens unfiltered, of what is removed and of what is kept, each with its ranks in all three."""
    projected = EmbedFilter(backbone.spectrum, kept).project(state[None])[0]
    states = {"unfiltered": state, "removed": state - projected, "kept": projected}
    if kept.is_unfiltered:
        del states["removed"]
    head = backbone.architecture.head
    hidden = torch.tensor(np.stack(list(states.values())), dtype=torch.float32, device=head.weight.device)
    logits = head.lens_logits(hidden).cpu()
    order = torch.argsort(-logits, dim=1, stable=True)
    places = torch.empty_like(order)
    places.scatter_(1, order, torch.arange(1, logits.shape[1] + 1).expand_as(order))
    lists: dict[str, list[Json]] = {name: [] for name in LISTS}
    for row, name in enumerate(states):
        for token in order[row, :top].tolist():
            lists[name].append(
                {
                    "token": backbone.token_texts.readable(token),
                    "logit": float(logits[row, token]),
                    "rate": float(log_rate(rates.per_million[token])),
                    "frequent": bool(rates.frequent[token]),
                    "seen": bool(rates.seen[token]),
                    "ranks": {other: int(places[i, token]) for i, other in enumerate(states)},
                }
            )
    return lists


def _neighbours(backbone: Backbone, state: np.ndarray, kept: KeptDirections, reference: ReferenceCorpus) -> Json:
    """The nearest texts unfiltered and filtered; of equal texts the first stands for all."""
    query = backbone.spectrum.coefficients(state[None])[0]
    folded = fold_corpus(reference.corpus)
    places, copies, rows = folded.first, folded.copies, reference.coefficients[folded.first]
    sides = {
        "unfiltered": cosines(query, rows, KeptDirections.unfiltered(backbone.d)),
        "filtered": cosines(query, rows, kept),
    }
    ranked = {side: ranks(similarities) for side, similarities in sides.items()}

    def entry(place: int) -> dict[str, Any]:
        return {
            "text": short(reference.corpus.texts[places[place]]),
            "position": int(places[place]),
            "copies": int(copies[place]),
            **{side: {"cosine": float(sides[side][place]), "rank": int(ranked[side][place])} for side in sides},
        }

    return {side: [entry(int(place)) for place in np.argsort(ranked[side])[:NEAREST]] for side in sides}
