"""What a browser is sent of a text gives the lists of every band of the grid, without the model."""

import json

import numpy as np
import pytest

from embfilter_core import Backbone, Corpus, KeptDirections
from embfilter_core.instrument.committed import committed_data
from embfilter_core.instrument.data import ReferenceCorpus, backbone_data, text_data
from embfilter_core.instrument.previewed import on_grid, previewed_lists, previewed_neighbours
from embfilter_core.lens.token_counts import count_tokens
from embfilter_core.lens.token_rates import TokenRates, token_rates
from embfilter_core.spectral.direction_grid import grid_edges

TEXTS = ("the cat sat on the dog", "a dog", "a mat and a cat", "a dog", "the hat", "on and on", "cat", "the the the")
CLOSE = 1e-3
KEPT = {
    "bulk": KeptDirections.bulk(32),
    "edges": KeptDirections.edges(32),
    "a band": KeptDirections.band(32, 3, 8),
    "unfiltered": KeptDirections.unfiltered(32),
}


def sent(backbone: Backbone) -> tuple[dict, np.ndarray, TokenRates, ReferenceCorpus]:
    """What a browser is sent of the first text, and what it is made of."""
    states, rates = backbone.embed(TEXTS), token_rates(count_tokens(backbone, TEXTS, "texts"))
    reference = ReferenceCorpus(Corpus("tiny", "Tiny", TEXTS, "here"), backbone.spectrum.coefficients(states))
    data = backbone_data(backbone) | text_data(backbone, states[0], rates, reference)
    return json.loads(json.dumps(data)), states[0], rates, reference


@pytest.mark.parametrize("kept", KEPT.values(), ids=KEPT)
def test_lists_and_neighbours_are_those_of_the_model(llama: Backbone, kept: KeptDirections) -> None:
    data, state, rates, reference = sent(llama)
    expected = committed_data(llama, state, kept, rates, reference, "bulk", 2)
    lists = previewed_lists(data, kept)
    for name, tokens in expected["lists"].items():
        assert [one["logit"] for one in lists[name]] == pytest.approx([one["logit"] for one in tokens], abs=CLOSE)
        known = {one["token"]: one for one in lists[name]}
        for there in tokens:
            if there["logit"] < tokens[-1]["logit"] + 2 * CLOSE:
                continue  # which of those that are as good as equal comes last is not told
            here = known[there["token"]]
            assert (here["frequent"], here["seen"]) == (there["frequent"], there["seen"])
            assert here["rate"] == pytest.approx(there["rate"], abs=1e-5)
            assert here["ranks"]["unfiltered"] == there["ranks"]["unfiltered"]
            for other in here["ranks"].keys() - {"unfiltered"}:
                places = {one["token"]: place for place, one in enumerate(lists[other], 1)}
                assert here["ranks"][other] == places.get(here["token"])
    near = previewed_neighbours(data, kept)
    for side in ("unfiltered", "filtered"):
        assert [one["position"] for one in near[side]] == [one["position"] for one in expected["near"][side]]
        cosines = [one[side]["cosine"] for one in near[side]]
        assert cosines == pytest.approx([one[side]["cosine"] for one in expected["near"][side]], abs=1e-5)


def test_a_text_without_a_corpus_has_no_neighbours(llama: Backbone) -> None:
    data, *_ = sent(llama)
    assert previewed_neighbours(data | {"near": None}, KEPT["bulk"]) is None


def test_a_band_off_the_grid_is_refused_where_it_would_be_drawn_as_another(llama: Backbone) -> None:
    data, *_ = sent(llama)
    with pytest.raises(ValueError, match="grid"):
        previewed_lists(data, KeptDirections.band(32, 3, 9))


def test_a_band_off_the_grid_goes_to_the_nearest_edges() -> None:
    edges = grid_edges(576)
    kept = KeptDirections.band(576, 101, 301)
    moved = on_grid(kept, edges)
    assert moved.bounds is not None
    assert set(moved.bounds) <= set(edges.tolist())
    assert all(abs(there - here) <= 32 for there, here in zip(moved.bounds, (101, 301), strict=True))
    assert on_grid(KeptDirections.bulk(576), edges).indices.tolist() == list(range(144, 432))
    narrow = on_grid(KeptDirections.band(576, 290, 291), edges).bounds
    assert narrow is not None
    assert narrow[0] <= 290 < narrow[1]
    assert set(narrow) <= set(edges.tolist())
