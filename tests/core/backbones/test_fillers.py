"""Tokens that only fill the vocabulary are padded rows."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from embfilter_core import Backbone, load_backbone
from embfilter_core.backbones.fillers import emitted_ids
from tests.tiny import byte_level_tokenizer, save_tiny


def test_fillers_of_a_converter_and_unused_tokens_count_as_padded_rows(
    tmp_path: Path, tiny: Callable[..., Backbone]
) -> None:
    tokenizer = byte_level_tokenizer()
    plain = tiny("llama")
    fillers = ["[PAD343]", "<unused0>", "<unused_12>"]
    tokenizer.add_tokens([*fillers, "[PAD]", "<unusual7>"])
    loaded = load_backbone(str(save_tiny(tmp_path, tokenizer=tokenizer)))
    vocabulary = tokenizer.get_vocab()
    assert loaded.padded_rows[[vocabulary[filler] for filler in fillers]].all()
    assert not loaded.padded_rows[[vocabulary["[PAD]"], vocabulary["<unusual7>"]]].any()
    assert loaded.padded_rows.sum() == plain.padded_rows.sum() - 2


def test_every_other_token_is_emitted() -> None:
    tokenizer = byte_level_tokenizer()
    assert np.array_equal(np.sort(emitted_ids(tokenizer)), np.arange(len(tokenizer)))
