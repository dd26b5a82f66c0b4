"""Token counts, their smoothing, and the sets made of them."""

import numpy as np
import pytest

from embfilter_core import Backbone
from embfilter_core.errors import InputError
from embfilter_core.lens.token_counts import TokenCounts, count_tokens, word_token_counts
from embfilter_core.vocabulary.token_frequency import token_zipf

COUNTS = TokenCounts(np.array([5.0, 0, 1, 9, 1, 0, 0]), np.array([False] * 6 + [True]), "by hand")


def test_seen_and_unseen_leave_padded_rows_out() -> None:
    assert (COUNTS.seen, COUNTS.unseen) == (4, 2)


def test_frequencies_are_smoothed_by_a_half_and_sum_to_one_over_tokens() -> None:
    log_p = COUNTS.log_frequencies()
    assert np.isnan(log_p[6])
    assert np.exp(log_p[:6]).sum() == pytest.approx(1)
    assert log_p[:6] == pytest.approx(np.log(np.array([5.5, 0.5, 1.5, 9.5, 1.5, 0.5]) / 19))


def test_sets_are_ordered_and_ties_go_by_id() -> None:
    assert COUNTS.token_set("frequent", 3).tolist() == [3, 0, 2]
    assert COUNTS.token_set("rare", 3).tolist() == [2, 4, 0]
    assert COUNTS.token_set("frequent", 99).tolist() == [3, 0, 2, 4]
    random = COUNTS.token_set("random", 4, seed=1)
    assert len(set(random.tolist())) == 4
    assert 6 not in COUNTS.token_set("random", 6)
    assert random[:2].tolist() == COUNTS.token_set("random", 2, seed=1).tolist()


@pytest.mark.parametrize(("name", "k"), [("frequent", 0), ("common", 3)])
def test_an_impossible_set_is_refused(name: str, k: int) -> None:
    with pytest.raises(InputError, match="No set"):
        COUNTS.token_set(name, k)


def test_counting_counts_tokens_without_special_ones(llama: Backbone) -> None:
    texts = ["the cat", "the cat sat"]
    ids = [i for text in texts for i in llama.tokenizer(text, add_special_tokens=False)["input_ids"]]
    counts = count_tokens(llama, texts, "two texts")
    assert counts.counts.sum() == len(ids)
    assert all(counts.counts[i] == ids.count(i) for i in ids)
    assert not counts.counts[llama.padded_rows].any()


def test_counting_nothing_is_refused(llama: Backbone) -> None:
    with pytest.raises(InputError, match="no token to count"):
        count_tokens(llama, [""], "nothing")


def test_the_frequency_of_a_word_is_shared_by_the_tokens_that_write_it(llama: Backbone) -> None:
    counts = word_token_counts(llama)
    texts = [llama.token_texts.text(i).strip().lower() for i in range(llama.vocab_size)]
    word = next(text for text in texts if token_zipf(text) > 0)
    written = [i for i, text in enumerate(texts) if text == word]
    assert counts.counts[written].sum() == pytest.approx(10 ** token_zipf(word))
    assert not counts.counts[llama.padded_rows].any()
