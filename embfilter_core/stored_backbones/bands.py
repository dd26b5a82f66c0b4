"""The lists of any band of the grid from what is stored of a text, as a browser draws them while a band is dragged."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.instrument.lengths import NEAREST, TOP_TOKENS

if TYPE_CHECKING:
    from collections.abc import Sequence

Json = dict[str, Any]
Runs = list[list[int]]


def committed_for(instrument: Json, preset: str, ratio: int, runs: Runs | None = None) -> Json:
    """Return what the instrument shows of kept directions, as `committed_data` makes it, for a text that is stored.

    The lists of the bulk at tau 2 are stored as they were. Others are made of the stored sums: they hold the same
    tokens and texts, and the rank of a token in a list that it does not stand on is not known.

    Args:
        instrument: As `read_text` gives it.
        preset: Id of a preset, or `custom`.
        ratio: Its tau.
        runs: Kept directions as runs of [start, stop); those of the preset where they are None.

    Raises:
        InputError: Nothing is stored of such directions: the preset needs the model, or they do not lie on the grid.
    """
    kept = _preset_runs(instrument, preset, ratio) if runs is None else runs
    stored: Json = instrument["committed"]
    if kept == stored["runs"]:
        return stored | {"preset": preset, "ratio": ratio}
    edges = instrument["edges"]
    steps = np.zeros(len(edges) - 1, dtype=bool)
    for start, stop in kept:
        if start not in edges or stop not in edges or start >= stop:
            raise InputError(f"The band {start} .. {stop} is not on the grid.", "Move its ends to the nearest steps.")
        steps[edges.index(start) : edges.index(stop)] = True
    return {
        "preset": preset,
        "ratio": ratio,
        "k": sum(stop - start for start, stop in kept),
        "runs": kept,
        "draggable": len(kept) == 1,
        "lists": _lists(instrument["tokens"], steps),
        "near": _near(instrument["near"], steps),
    }


def _preset_runs(instrument: Json, preset: str, ratio: int) -> Runs:
    if preset == "unfiltered":
        return [[0, instrument["d"]]]
    runs: Runs | None = instrument["presets"].get(preset, {}).get(str(ratio))
    if runs is None:
        raise InputError(f"Nothing is stored of the preset {preset[:40]!r} at τ {ratio}.", "Load the backbone for it.")
    return runs


def _lists(tokens: Json, steps: np.ndarray) -> dict[str, list[Json]]:
    """The top tokens unfiltered, of what is removed and of what is kept."""
    width = len(steps) + 1
    prefix = _numbers(tokens["levels"]).reshape(-1, width).astype(np.float64) * _numbers(tokens["steps"])[:, None]
    parts, offsets = np.diff(prefix, axis=1), _numbers(tokens["offsets"]).astype(np.float64)
    logits = {
        "unfiltered": parts.sum(axis=1),
        "removed": parts[:, ~steps].sum(axis=1),
        "kept": parts[:, steps].sum(axis=1),
    }
    if steps.all():
        del logits["removed"]
    order = {name: np.argsort(-(of + offsets), kind="stable")[:TOP_TOKENS].tolist() for name, of in logits.items()}
    place = {name: {row: place + 1 for place, row in enumerate(rows)} for name, rows in order.items()}
    place["unfiltered"] = dict(enumerate(_numbers(tokens["ranks"]).tolist()))
    rates, frequent, seen = (_numbers(tokens[name]) for name in ("rates", "frequent", "seen"))

    def entry(name: str, row: int) -> Json:
        return {
            "token": tokens["texts"][row],
            "logit": float(logits[name][row] + offsets[row]),
            "rate": float(rates[row]),
            "frequent": bool(frequent[row]),
            "seen": bool(seen[row]),
            "ranks": {other: place[other][row] for other in order if row in place[other]},
        }

    return {name: [entry(name, row) for row in order.get(name, ())] for name in ("unfiltered", "removed", "kept")}


def _near(near: Json, steps: np.ndarray) -> Json:
    """The nearest texts unfiltered and filtered."""
    dots, squares = (_numbers(near[name]).reshape(-1, len(steps)).astype(np.float64) for name in ("dots", "squares"))
    query = _numbers(near["query"]).astype(np.float64)
    cosines = {
        "unfiltered": _cosines(dots, squares, query),
        "filtered": _cosines(dots[:, steps], squares[:, steps], query[steps]),
    }
    order = {side: np.argsort(-of, kind="stable") for side, of in cosines.items()}
    ranks = {side: np.argsort(rows, kind="stable") + 1 for side, rows in order.items()}

    def entry(row: int) -> Json:
        told = {name: near[name][row] for name in ("positions", "copies", "texts")}
        sides = {side: {"cosine": float(of[row]), "rank": int(ranks[side][row])} for side, of in cosines.items()}
        return {"text": told["texts"], "position": told["positions"], "copies": told["copies"], **sides}

    return {side: [entry(int(row)) for row in rows[:NEAREST]] for side, rows in order.items()}


def _cosines(dots: np.ndarray, squares: np.ndarray, query: np.ndarray) -> np.ndarray:
    product, lengths = dots.sum(axis=1), np.sqrt(squares.sum(axis=1) * query.sum())
    cosines: np.ndarray = np.divide(product, lengths, out=np.zeros_like(product), where=lengths > 0)
    return cosines


def _numbers(packed: str) -> np.ndarray:
    kind, _, data = packed.partition(":")
    return np.frombuffer(base64.b64decode(data), dtype=f"<{kind}")


def nearest_edges(edges: Sequence[int], start: int, stop: int) -> tuple[int, int]:
    """Return the band of the grid whose ends are nearest to those of a band, one step wide at least."""
    first = min(range(len(edges) - 1), key=lambda at: abs(edges[at] - start))
    last = min(range(first + 1, len(edges)), key=lambda at: abs(edges[at] - stop))
    return edges[first], edges[last]
