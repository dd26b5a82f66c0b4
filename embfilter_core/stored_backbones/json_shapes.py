"""The shape of what a browser is sent as JSON: lists of tokens and neighbours, presets, evidence."""

from __future__ import annotations

from embfilter_core.instrument.lengths import NEAREST, TOP_TOKENS
from embfilter_core.stored_backbones.limits import MAX_CORPUS, MAX_D
from embfilter_core.stored_backbones.shapes import exactly, fields, flag, items, maybe, number, table, whole, words

LONGEST_TOKEN = 400
MOST_VOCABULARY = 10_000_000
_PLACE = whole(0, MOST_VOCABULARY)
_RUNS = items(exactly(2, whole(0, MAX_D)), MAX_D)
_TOKEN = fields(
    {
        "token": words(LONGEST_TOKEN),
        "logit": number(),
        "rate": number(),
        "frequent": flag,
        "seen": flag,
        "ranks": table(_PLACE, 3),
    }
)
_TOKENS = items(_TOKEN, TOP_TOKENS)
_RANKED = fields({"cosine": number(-1.01, 1.01), "rank": _PLACE})
_NEIGHBOUR = fields(
    {"text": words(200), "position": _PLACE, "copies": _PLACE, "unfiltered": _RANKED, "filtered": _RANKED}
)
_NEIGHBOURS = items(_NEIGHBOUR, NEAREST)

LISTS = fields({"unfiltered": _TOKENS, "removed": _TOKENS, "kept": _TOKENS})
COMMITTED = fields(
    {
        "preset": words(40),
        "ratio": whole(1, MAX_D),
        "k": whole(0, MAX_D),
        "runs": _RUNS,
        "draggable": flag,
        "lists": LISTS,
        "near": maybe(fields({"unfiltered": _NEIGHBOURS, "filtered": _NEIGHBOURS})),
    }
)
_READING = fields(
    {"label": words(200), "told": words(200)},
    {"counts": items(whole(0, 100), MAX_CORPUS), "means": items(number(0, 100), 100)},
)
EVIDENCE = fields(
    {
        "top": whole(1, 100),
        "readings": items(_READING, 8),
        "typical": whole(0, MAX_CORPUS),
        "chance": words(40),
        "sentence": words(1_000),
    }
)
"""Without its texts, which all evidence of a backbone shares."""
DIRECTIONS = fields(
    {
        "d": whole(1, MAX_D),
        "edges": items(whole(0, MAX_D), 400, 2),
        "values": items(number(0), MAX_D, 1),
        "ends": fields({"tokens": items(words(LONGEST_TOKEN), 400_000), "count": whole(0, 20)}),
        "presets": table(lambda value, where: _preset(value, where), 20),
        "taus": items(whole(1, MAX_D), 20),
    }
)
"""Without the places of the tokens at the ends, which are an array."""
_ENDS = exactly(3, number())
CURVE = fields(
    {
        **dict.fromkeys(("name", "measure", "unit", "date"), words(200)),
        "source": words(1_000),
        "units": whole(0, 100_000_000),
        "ks": items(whole(1, MAX_D), MAX_D, 1),
        "scores": items(_ENDS, MAX_D, 1),
        "gains": items(_ENDS, MAX_D, 1),
    }
)


def _preset(value: object, where: str) -> None:
    if isinstance(value, dict) and "keeps" in value:
        words(200)(value["keeps"], where)
        value = {name: runs for name, runs in value.items() if name != "keeps"}
    table(_RUNS, 20)(value, where)
