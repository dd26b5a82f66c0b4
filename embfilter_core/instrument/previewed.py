"""The lists of directions that are kept, from what a browser is sent: what is stored of a text needs no model.

A band of the grid gives the same tokens and texts as the model does; of a rank in the
whole vocabulary, only the unfiltered one is known beyond the end of a list.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from embfilter_core.instrument.lengths import NEAREST, TOP_TOKENS
from embfilter_core.instrument.packing import unpacked
from embfilter_core.spectral.selection import KeptDirections

Json = dict[str, Any]


def committed_choice(kept: KeptDirections, preset: str, ratio: int) -> Json:
    """Return which directions are kept, and by which preset."""
    return {
        "preset": preset,
        "ratio": ratio,
        "k": len(kept),
        "runs": kept.runs,
        "draggable": kept.bounds is not None,
    }


def on_grid(kept: KeptDirections, edges: np.ndarray) -> KeptDirections:
    """Return kept directions with both ends of every run at the nearest edges of a grid, a step of it at least.

    Args:
        kept: The kept directions.
        edges: (b + 1,) of the grid, ascending from 0 to d.
    """
    places = [[int(np.abs(edges - end).argmin()) for end in run] for run in kept.runs]
    for run, place in zip(kept.runs, places, strict=True):
        if place[0] == place[1]:
            place[0] = int(np.searchsorted(edges, run[0], "right")) - 1
            place[1] = place[0] + 1
    indices = np.unique(np.concatenate([np.arange(edges[start], edges[stop]) for start, stop in places]))
    return kept if np.array_equal(indices, kept.indices) else KeptDirections(kept.d, indices, kept.name)


def previewed_lists(data: Json, kept: KeptDirections, top: int = TOP_TOKENS) -> dict[str, list[Json]]:
    """Return the top tokens unfiltered, of what is removed and of what is kept, as `token_lists` of `committed` does.

    A rank among the removed or the kept is None where all that is known is that it lies beyond the list.

    Args:
        data: As `text_data` and `backbone_data` make it.
        kept: Kept directions whose runs begin and end at edges of the grid.
        top: Length of a list, at most that of the lists that the data were made for.
    """
    tokens = data["tokens"]
    texts, facts = tokens["texts"], {name: unpacked(tokens[name]) for name in ("ranks", "rates", "frequent", "seen")}
    logits = _logits(data, kept)
    if kept.is_unfiltered:
        del logits["removed"]
    orders = {name: np.argsort(-values, kind="stable")[:top] for name, values in logits.items()}
    places = {name: {int(row): place for place, row in enumerate(order, 1)} for name, order in orders.items()}

    def entry(row: int, logit: float) -> Json:
        known = {name: places[name].get(row) for name in logits} | {"unfiltered": int(facts["ranks"][row])}
        return {
            "token": texts[row],
            "logit": logit,
            "rate": float(facts["rates"][row]),
            "frequent": bool(facts["frequent"][row]),
            "seen": bool(facts["seen"][row]),
            "ranks": known,
        }

    return {
        name: [entry(int(row), float(logits[name][row])) for row in orders.get(name, ())]
        for name in ("unfiltered", "removed", "kept")
    }


def previewed_neighbours(data: Json, kept: KeptDirections, nearest: int = NEAREST) -> Json | None:
    """Return the nearest texts unfiltered and filtered, as `committed_data` does; None where the data have none."""
    near = data["near"]
    if near is None:
        return None
    edges = np.array(data["edges"])
    cosines = {"unfiltered": _cosines(near, [(0, len(edges) - 1)]), "filtered": _cosines(near, _steps(edges, kept))}
    orders = {side: np.argsort(-values, kind="stable") for side, values in cosines.items()}
    ranks = {side: np.argsort(order) + 1 for side, order in orders.items()}

    def entry(row: int) -> Json:
        sides = {side: {"cosine": float(cosines[side][row]), "rank": int(ranks[side][row])} for side in cosines}
        facts = {"text": near["texts"][row], "position": near["positions"][row], "copies": near["copies"][row]}
        return facts | sides

    return {side: [entry(int(row)) for row in order[:nearest]] for side, order in orders.items()}


def _logits(data: Json, kept: KeptDirections) -> dict[str, np.ndarray]:
    """Logits of the tokens that some band brings into a list, (m,), of each list."""
    edges, tokens = np.array(data["edges"]), data["tokens"]
    offsets = unpacked(tokens["offsets"]).astype(np.float64)
    prefix = unpacked(tokens["levels"]).reshape(len(offsets), len(edges)).astype(np.float64)
    prefix *= unpacked(tokens["steps"]).reshape(-1, 1)
    whole = prefix[:, -1] - prefix[:, 0]
    of_kept = sum((prefix[:, stop] - prefix[:, start] for start, stop in _steps(edges, kept)), np.zeros_like(whole))
    parts = {"unfiltered": whole, "removed": whole - of_kept, "kept": of_kept}
    return {name: offsets + part for name, part in parts.items()}


def _cosines(near: Json, steps: list[tuple[int, int]]) -> np.ndarray:
    """Cosines of the texts that can come near, (m,), over the steps of the grid between some edges."""
    query = unpacked(near["query"]).astype(np.float64)
    dots, squares = (unpacked(near[name]).reshape(-1, len(query)).astype(np.float64) for name in ("dots", "squares"))
    here = np.concatenate([np.arange(start, stop) for start, stop in steps])
    lengths = squares[:, here].sum(axis=1) * query[here].sum()
    products = dots[:, here].sum(axis=1)
    cosines: np.ndarray = np.divide(products, np.sqrt(lengths), out=np.zeros_like(products), where=lengths > 0)
    return cosines


def _steps(edges: np.ndarray, kept: KeptDirections) -> list[tuple[int, int]]:
    """The runs of kept directions as numbers of edges."""
    if not np.isin(kept.runs, edges).all():
        raise ValueError("These directions do not begin and end at edges of the grid.")
    ends = np.searchsorted(edges, kept.runs)
    return [(int(start), int(stop)) for start, stop in ends]
