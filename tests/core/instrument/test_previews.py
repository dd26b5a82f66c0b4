"""What the browser is sent is enough to draw every band of the grid, and what it draws is what is committed."""

import base64
import json
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest

from embfilter_core import Backbone, Corpus, EmbedFilter, KeptDirections, load_backbone
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.data.corpora import lee_background
from embfilter_core.data.folding import fold_corpus
from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from embfilter_core.instrument.committed import committed_data, token_lists
from embfilter_core.instrument.data import ReferenceCorpus, backbone_data, identified, text_data
from embfilter_core.instrument.neighbour_preview import preview_neighbours
from embfilter_core.instrument.packing import packed, quantised
from embfilter_core.instrument.token_preview import TokenPreview, preview_tokens
from embfilter_core.lens.token_counts import count_tokens
from embfilter_core.lens.token_rates import TokenRates, token_rates
from embfilter_core.ranking.cosines import cosines, ranks
from embfilter_core.spectral.direction_grid import grid_edges

TEXTS = ("the cat sat on the dog", "a dog", "a mat and a cat", "a dog", "the hat", "on and on", "cat", "the the the")
FIRST = [TEXTS.index(text) for text in dict.fromkeys(TEXTS)]
TOP = 3
NUMBERS = {"f4": "<f4", "i4": "<i4", "u2": "<u2", "u1": "u1"}


def unpacked(text: str) -> np.ndarray:
    kind, _, data = text.partition(":")
    return np.frombuffer(base64.b64decode(data), NUMBERS[kind])


def state_of(backbone: Backbone) -> np.ndarray:
    return backbone.embed([TEXTS[0]])[0]


def rates_of(backbone: Backbone) -> TokenRates:
    return token_rates(count_tokens(backbone, TEXTS, "texts"))


def reference_of(backbone: Backbone) -> ReferenceCorpus:
    corpus = Corpus("tiny", "Tiny", TEXTS, "here")
    return ReferenceCorpus(corpus, backbone.spectrum.coefficients(backbone.embed(TEXTS)))


def drawn(sent: TokenPreview, start: int, stop: int, removed: bool) -> np.ndarray:
    band = sent.prefix[:, stop] - sent.prefix[:, start]
    return sent.offsets + (sent.prefix[:, -1] - band if removed else band)


@pytest.mark.parametrize("family", ["llama", "phi", "opt", "gemma2"])
def test_the_top_tokens_of_all_three_lists_of_every_band_are_sent_with_their_logits(
    tiny: Callable[..., Backbone], family: str
) -> None:
    backbone = tiny(family, False) if family == "phi" else tiny(family)
    state, edges, rates = state_of(backbone), grid_edges(backbone.d), rates_of(backbone)
    sent = preview_tokens(backbone, state, edges, TOP)
    names = backbone.token_texts.readable_all(sent.token_ids)
    for start, stop in list(combinations(range(len(edges)), 2))[::11]:
        kept = KeptDirections.band(backbone.d, int(edges[start]), int(edges[stop]))
        lists = token_lists(backbone, state, kept, rates, TOP)
        for name in ("removed", "kept"):
            logits = drawn(sent, start, stop, name == "removed")
            for entry in lists[name]:
                here = [i for i, token in enumerate(names) if token == entry["token"]]
                assert np.isclose(logits[here], entry["logit"], atol=1e-4 * np.abs(logits).max()).any(), (name, kept)


def test_ranks_are_those_among_the_whole_vocabulary(llama: Backbone) -> None:
    state = state_of(llama)
    sent = preview_tokens(llama, state, grid_edges(llama.d), TOP)
    whole = token_lists(llama, state, KeptDirections.unfiltered(llama.d), rates_of(llama), llama.vocab_size)
    order = [entry["token"] for entry in whole["unfiltered"]]
    assert [order[rank - 1] for rank in sent.ranks] == llama.token_texts.readable_all(sent.token_ids)
    assert whole["removed"] == []


def test_steps_of_a_row_lose_less_than_one_of_them() -> None:
    rows = np.random.default_rng(0).normal(size=(50, 20)) * np.geomspace(1e-3, 1e3, 50)[:, None]
    found = quantised(rows)
    levels, steps = unpacked(found["levels"]).reshape(rows.shape), unpacked(found["steps"])
    exact = rows[:, 1:] - rows[:, :1]
    close = (levels[:, 1:].astype(float) - levels[:, :1]) * steps[:, None]
    assert (np.abs(close - exact) <= 1.01 * np.ptp(rows, axis=1, keepdims=True) / 65_535).all()
    flat = quantised(np.ones((2, 3)))
    assert unpacked(flat["levels"]).tolist() == [0] * 6


def test_equal_texts_are_listed_once_with_their_number() -> None:
    folded = fold_corpus(Corpus("tiny", "Tiny", TEXTS, "here"))
    assert folded.first.tolist() == FIRST == [0, 1, 2, 4, 5, 6, 7]
    assert folded.copies.tolist() == [1, 2, 1, 1, 1, 1, 1]


def test_the_nearest_texts_of_every_band_are_sent_with_their_cosines(llama: Backbone) -> None:
    reference, edges = reference_of(llama), grid_edges(llama.d)
    query = llama.spectrum.coefficients(state_of(llama)[None])[0]
    near = preview_neighbours(query, reference.coefficients, TEXTS, edges, 2)
    assert 3 not in near.positions
    for start, stop in list(combinations(range(len(edges)), 2))[::5]:
        kept = KeptDirections.band(llama.d, int(edges[start]), int(edges[stop]))
        exact = cosines(query, reference.coefficients, kept)
        dots, squares, own = (
            steps[..., start:stop].sum(axis=-1, dtype=np.float64)
            for steps in (near.dots, near.squares, near.query_squares)
        )
        assert dots / np.sqrt(squares * own) == pytest.approx(exact[near.positions], abs=1e-5)
        first = set(np.flatnonzero(ranks(exact[FIRST]) <= 2))
        assert {FIRST[place] for place in first} <= set(near.positions.tolist())


@pytest.mark.parametrize("preset", ["bulk", "edges", "unfiltered"])
def test_all_data_are_plain_json_and_change_their_id_with_their_content(llama: Backbone, preset: str) -> None:
    state, rates, reference = state_of(llama), rates_of(llama), reference_of(llama)
    kept = {
        "bulk": KeptDirections.bulk(llama.d),
        "edges": KeptDirections.edges(llama.d),
        "unfiltered": KeptDirections.unfiltered(llama.d),
    }[preset]
    constant = [backbone_data(llama), text_data(llama, state, rates, reference)]
    committed = committed_data(llama, state, kept, rates, reference, preset, 2)
    assert json.loads(json.dumps([constant, committed])) == [constant, committed]
    assert identified(*constant)["id"] == identified(*constant)["id"]
    assert identified(*constant)["id"] != identified(constant[0], text_data(llama, state, rates, None))["id"]
    assert sum(stop - start for start, stop in committed["runs"]) == len(kept) == committed["k"]
    assert committed["draggable"] == (preset != "edges")


def test_both_ends_of_every_direction_are_told(llama: Backbone) -> None:
    ends = backbone_data(llama)["ends"]
    places = unpacked(ends["places"]).reshape(llama.d, 2, ends["count"])
    high, _ = llama.direction_tokens.ends(5)
    assert [ends["tokens"][place] for place in places[5, 0]] == llama.token_texts.readable_all(high[: ends["count"]])


def test_neighbours_stand_in_the_order_of_either_side(llama: Backbone) -> None:
    state, reference, kept = state_of(llama), reference_of(llama), KeptDirections.bulk(llama.d)
    near = committed_data(llama, state, kept, rates_of(llama), reference, "bulk", 2)["near"]
    query = llama.spectrum.coefficients(state[None])[0]
    exact = cosines(query, reference.coefficients, kept)
    assert [entry["filtered"]["cosine"] for entry in near["filtered"]] == sorted(
        (exact[place] for place in FIRST), reverse=True
    )
    assert [entry["unfiltered"]["rank"] for entry in near["unfiltered"]] == list(range(1, 8))
    assert {entry["position"]: entry["copies"] for entry in near["filtered"]}[1] == 2


def test_packed_arrays_say_what_they_are() -> None:
    assert packed(np.array([1.0, 2.5]), "f4") == "f4:AACAPwAAIEA="


def test_a_filter_that_removes_all_of_a_state_is_no_fault(llama: Backbone) -> None:
    first = KeptDirections.band(llama.d, 0, 1)
    state = EmbedFilter(llama.spectrum, first).project(state_of(llama)[None])[0]
    lists = token_lists(llama, state, KeptDirections.band(llama.d, 1, llama.d), rates_of(llama), TOP)
    assert max(abs(entry["logit"]) for entry in lists["kept"]) < 1e-4


@pytest.mark.real
@pytest.mark.slow
def test_a_text_and_its_300_neighbours_take_at_most_a_megabyte() -> None:
    backbone, corpus = load_backbone(BUNDLED.id), lee_background()
    embeddings = embed_corpus(backbone, corpus, backbone.default_prompt)
    reference = ReferenceCorpus(corpus, backbone.spectrum.coefficients(embeddings))
    rates = token_rates(count_tokens(backbone, corpus.texts, corpus.name))
    kept = KeptDirections.bulk(backbone.d)
    for text in (0, 7):
        data = identified(backbone_data(backbone), text_data(backbone, embeddings[text], rates, reference))
        data |= {"committed": committed_data(backbone, embeddings[text], kept, rates, reference, "bulk", 2)}
        assert len(json.dumps(data, ensure_ascii=False).encode()) <= 1_000_000, text
