"""A comparison names every token's rank and logit in the other reading, and who entered and left."""

import numpy as np

from embfilter_core import Backbone, EmbedFilter, KeptDirections, compare_lenses
from embfilter_core.lens.comparison import compare_logits

TEXTS = ["the cat sat", "one word in a sentence"]


def test_keeping_every_direction_leaves_the_lens_as_it_is(llama: Backbone) -> None:
    embeddings = llama.embed(TEXTS)
    identity = EmbedFilter(llama.spectrum, KeptDirections.unfiltered(llama.d))
    same = compare_lenses(llama, embeddings, identity.project(embeddings), top=9)
    assert np.array_equal(same.first.token_ids, same.second.token_ids)
    assert np.array_equal(same.first.other_ranks, np.tile(np.arange(1, 10), (2, 1)))
    assert not same.left.any()
    assert not same.entered.any()


def test_a_comparison_names_both_ranks_and_who_entered_and_left(llama: Backbone) -> None:
    first = np.array([[9, 8, 7, 6, 5]], dtype=np.float32)
    second = np.array([[1, 8, 9, 7, 2]], dtype=np.float32)
    compared = compare_logits(first, second, llama.token_texts, top=3)
    assert compared.first.token_ids.tolist() == [[0, 1, 2]]
    assert compared.second.token_ids.tolist() == [[2, 1, 3]]
    assert compared.first.other_ranks.tolist() == [[5, 2, 1]]
    assert compared.second.other_ranks.tolist() == [[3, 2, 4]]
    assert compared.first.other_logits.tolist() == [[1, 8, 9]]
    assert compared.second.other_logits.tolist() == [[7, 8, 6]]
    assert compared.left.tolist() == [[True, False, False]]
    assert compared.entered.tolist() == [[False, False, True]]


def test_only_allowed_tokens_are_listed_but_ranks_count_all(llama: Backbone) -> None:
    logits = np.array([[5, 4, 3, 2, 1]], dtype=np.float32)
    allowed = np.array([False, True, False, True, True])
    compared = compare_logits(logits, logits, llama.token_texts, top=2, allowed=allowed)
    assert compared.first.token_ids.tolist() == [[1, 3]]
    assert compared.first.logits.tolist() == [[4, 2]]
    assert compared.first.other_ranks.tolist() == [[2, 4]]
