"""The tokens that are offered to be followed over the layers, and the token that a typed word begins with."""

import numpy as np
import pytest

from embfilter_core import Backbone, EmbedFilter, KeptDirections
from embfilter_core.errors import InputError
from embfilter_core.lens.layers.reading import read_layers
from embfilter_core.lens.layers.states import layer_states
from embfilter_core.lens.layers.trajectories import first_token, tokens_to_follow, trajectories

TEXT = "the cat sat on one word"


@pytest.mark.parametrize("prompt", ["prompteol", "plain-mean"])
@pytest.mark.parametrize("column", [None, 0, 3])
def test_tokens_to_follow_are_the_best_two_of_the_last_layer_before_and_after_the_filter(
    llama: Backbone, prompt: str, column: int | None
) -> None:
    states = layer_states(llama, TEXT, prompt)
    kept = KeptDirections.bulk(llama.d, 4)
    where = states.grid.pooled_column if column is None else column
    before, after = (read_layers(llama, states, some).token_ids[-1, where, :2] for some in (None, kept))
    found = tokens_to_follow(llama, states, kept, column=column)
    assert found[0] == before[0] == read_layers(llama, states).final_tokens[where]
    assert set(found) == {*before, *after}
    assert len(found) == len(set(found)) <= 4
    assert len(trajectories(llama, states, found, column=column).token_ids) == len(found)


def test_without_a_filter_only_two_tokens_are_worth_following(llama: Backbone) -> None:
    assert len(tokens_to_follow(llama, layer_states(llama, TEXT), KeptDirections.unfiltered(llama.d))) == 2


def test_the_centre_is_taken_off_before_the_filter(llama: Backbone) -> None:
    states = layer_states(llama, TEXT)
    kept = KeptDirections.bulk(llama.d, 2)
    centre = np.random.default_rng(0).normal(size=llama.d).astype(np.float32)
    by_layer = np.stack([np.zeros_like(centre)] * (len(states.grid.layers) - 1) + [centre])
    found = tokens_to_follow(llama, states, kept, centre)
    filtered = EmbedFilter(llama.spectrum, kept).project(states.states[-1, -1:] - centre)
    best = (filtered @ llama.architecture.head.weight.numpy().T)[0].argmax()
    assert found[1] == best != found[0]
    assert tokens_to_follow(llama, states, kept, by_layer) == found


def test_a_column_that_is_not_shown_is_refused(llama: Backbone) -> None:
    with pytest.raises(InputError, match="no column 99"):
        tokens_to_follow(llama, layer_states(llama, TEXT), KeptDirections.bulk(llama.d), column=99)


@pytest.mark.parametrize("word", ["cat", " cat", "catdog"])
def test_a_word_is_followed_by_the_token_that_it_begins_with(llama: Backbone, word: str) -> None:
    assert word.startswith(llama.token_texts.text(first_token(llama, word)))


@pytest.mark.parametrize("nothing", ["", "   ", "\n"])
def test_no_word_is_refused(llama: Backbone, nothing: str) -> None:
    with pytest.raises(InputError, match="no word"):
        first_token(llama, nothing)


def test_a_space_in_front_makes_another_token_of_a_byte_level_tokenizer(llama: Backbone) -> None:
    assert llama.token_texts.text(first_token(llama, " cat sat")) == " cat"
    assert first_token(llama, "cat sat") != first_token(llama, " cat sat")
