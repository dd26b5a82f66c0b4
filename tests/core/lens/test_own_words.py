"""A token is counted as its text's own word by a plain rule."""

import numpy as np

from embfilter_core import Backbone
from embfilter_core.lens.own_words import own_word_counts
from embfilter_core.lens.token_counts import count_tokens
from embfilter_core.lens.token_rates import TokenRates, token_rates


def rates_of(backbone: Backbone, *frequent: str) -> TokenRates:
    rates = token_rates(count_tokens(backbone, ["the cat"], "two words"))
    there = np.zeros_like(rates.frequent)
    there[[ids_of(backbone, word)[0] for word in frequent]] = True
    return TokenRates(rates.per_million, rates.seen, there, rates.tokens, rates.source)


def ids_of(backbone: Backbone, *tokens: str) -> list[int]:
    return [backbone.tokenizer(token, add_special_tokens=False)["input_ids"][0] for token in tokens]


def test_words_of_the_text_count_in_any_case_with_or_without_a_space_and_every_time(llama: Backbone) -> None:
    top = np.array([ids_of(llama, "cat", " cat", " dog", "word")])
    assert own_word_counts(llama, ["A CAT, a word-game."], top, rates_of(llama)).tolist() == [3]


def test_frequent_tokens_short_ones_and_pieces_do_not(llama: Backbone) -> None:
    top = np.array([ids_of(llama, "the", " the", "on", " in", "c")])
    assert own_word_counts(llama, ["the c on in it"], top, rates_of(llama, "the")).tolist() == [0]
    assert own_word_counts(llama, ["category"], np.array([ids_of(llama, "cat")]), rates_of(llama)).tolist() == [0]
