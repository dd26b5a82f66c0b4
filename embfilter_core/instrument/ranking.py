"""The instrument with a ranking in front: every text that can come near, its rank unfiltered, and where it flips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embfilter_core.instrument.data import Json, ReferenceCorpus, near_data, short
from embfilter_core.instrument.lengths import RANKED
from embfilter_core.ranking.cosines import cosines, ranks
from embfilter_core.spectral.direction_grid import grid_edges
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.tables.rankings import format_flips

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.data.folding import FoldedCorpus
    from embfilter_core.ranking.search import Ranking, Sweep


def ranking_data(
    backbone: Backbone, query: np.ndarray, folded: FoldedCorpus, coefficients: np.ndarray, sweep: Sweep
) -> Json:
    """Return what ranks a corpus for a query, coefficients (d,), whatever directions are kept.

    Args:
        backbone: The backbone.
        query: Of the query, centred or not.
        folded: The corpus, its equal texts folded.
        coefficients: Of its n different texts, (n, d), centred where the query is.
        sweep: The ranking over every k of a family.
    """
    reference = ReferenceCorpus(folded.corpus, coefficients)
    edges = grid_edges(backbone.d, backbone.bulk_start)
    near = near_data(query, reference, edges, RANKED)
    unfiltered = cosines(query, coefficients, KeptDirections.unfiltered(backbone.d))
    places = ranks(unfiltered)
    facts = [_facts(folded, i, places, unfiltered, sweep) for i in near["positions"]]
    return {"near": near | {"facts": facts}}


def ranked_data(folded: FoldedCorpus, ranking: Ranking, sweep: Sweep) -> list[Json]:
    """Return the nearest texts of the directions that are kept; one more than is shown, to compare the last with."""
    return [
        {"text": short(folded.corpus.texts[i]), "cosine": float(ranking.cosines_filtered[i])}
        | _facts(folded, i, ranking.ranks_unfiltered, ranking.cosines_unfiltered, sweep)
        for i in ranking.order[: RANKED + 1].tolist()
    ]


def _facts(folded: FoldedCorpus, position: int, places: np.ndarray, unfiltered: np.ndarray, sweep: Sweep) -> Json:
    """What is known of a text whatever band is kept."""
    return {
        "position": position,
        "copies": len(folded.places[position]),
        "origin": folded.corpus.origin(position),
        "rankUnfiltered": int(places[position]),
        "cosineUnfiltered": float(unfiltered[position]),
        "flips": format_flips(sweep.flips[position]),
    }
