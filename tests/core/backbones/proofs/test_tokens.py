"""A tokenizer that is not the model's is refused, and a token without a row is named."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AddedToken, PreTrainedTokenizerFast

from embfilter_core import Backbone, load_backbone
from embfilter_core.backbones.proofs.tokens import PROBES, verify_tokenizer
from embfilter_core.errors import BackboneError, InputError
from embfilter_core.lens.token_counts import count_tokens
from tests.tiny import ROWS, byte_level_tokenizer, save_tiny, sentencepiece_tokenizer


def words(*known: str, unknown: str | None = "<unk>") -> PreTrainedTokenizerFast:
    """A tokenizer that knows a few words."""
    vocabulary = {word: i for i, word in enumerate(["<unk>", *known])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token=unknown)


@pytest.fixture(scope="module")
def beyond(tmp_path_factory: pytest.TempPathFactory) -> Backbone:
    """A backbone whose tokenizer has tokens that its embedding matrix has no row for."""
    tokenizer = byte_level_tokenizer()
    tokenizer.add_tokens([AddedToken(f"<extra_{i}>", normalized=False) for i in range(ROWS - len(tokenizer) + 3)])
    return load_backbone(str(save_tiny(tmp_path_factory.mktemp("beyond") / "beyond", tokenizer=tokenizer)))


@pytest.mark.parametrize("unknown", ["<unk>", None], ids=["declared", "not declared"])
def test_a_tokenizer_to_which_every_word_is_unknown_is_refused(unknown: str | None) -> None:
    with pytest.raises(BackboneError, match="does not tell texts apart"):
        verify_tokenizer(words("xyzzy", unknown=unknown), ROWS, "it")


def test_a_tokenizer_of_another_model_is_refused() -> None:
    with pytest.raises(BackboneError, match="is not that of its weights") as caught:
        verify_tokenizer(byte_level_tokenizer(), 50, "it")
    assert "50 tokens" in caught.value.what


@pytest.mark.parametrize("script", range(len(PROBES)))
def test_a_tokenizer_of_one_script_is_taken(script: int) -> None:
    probe = PROBES[script]
    verify_tokenizer(words(probe, *probe.split(), *PROBES[0].split()), ROWS, "it")


@pytest.mark.parametrize("tokenizer", [byte_level_tokenizer, sentencepiece_tokenizer])
def test_nothing_is_said_of_a_tokenizer_whose_tokens_all_have_rows(
    tokenizer: Callable[[], PreTrainedTokenizerFast],
) -> None:
    assert verify_tokenizer(tokenizer(), ROWS, "it") == ()


def test_tokens_without_rows_are_said_at_load(beyond: Backbone) -> None:
    (notice,) = beyond.notices
    first = beyond.tokenizer.convert_ids_to_tokens(ROWS)
    assert notice.startswith(f"3 tokens of its tokenizer, '{first}' the first")


@pytest.mark.parametrize("prompt", ["prompteol", "plain-mean", "echo"])
def test_a_text_with_a_token_without_a_row_is_refused_by_piece_and_number(beyond: Backbone, prompt: str) -> None:
    piece = beyond.tokenizer.convert_ids_to_tokens(ROWS + 1)
    with pytest.raises(InputError) as caught:
        beyond.embed(["the cat", f"the {piece} sat"], prompt)
    assert caught.value.what.startswith(f"Text 2 of 2: '{piece}' is the token {ROWS + 1}")
    assert "\n" not in str(caught.value)


def test_the_last_token_with_a_row_is_taken(beyond: Backbone) -> None:
    piece = beyond.tokenizer.convert_ids_to_tokens(ROWS - 1)
    assert beyond.embed([f"the {piece} sat"]).shape == (1, 32)


def test_tokens_without_rows_are_not_counted_but_named(beyond: Backbone) -> None:
    piece = beyond.tokenizer.convert_ids_to_tokens(ROWS + 2)
    with pytest.raises(InputError, match=f"'{piece}' is the token"):
        count_tokens(beyond, ["the cat", f"a {piece}"], "two texts")


def test_a_folder_without_tokenizer_files_is_refused(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path / "bare", "gemma2")
    for file in folder.glob("tokenizer*"):
        file.unlink()
    with pytest.raises(BackboneError, match="has no tokenizer files"):
        load_backbone(str(folder))


def test_an_empty_tokenizer_that_a_bare_configuration_stands_for_is_refused(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path / "bare", "gemma2")
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "GemmaTokenizer"}))
    with pytest.raises(BackboneError, match="does not tell texts apart"):
        load_backbone(str(folder))
