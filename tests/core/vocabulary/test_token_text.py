"""A token is written the same way whichever tokenizer it comes from, and nothing of it stays unseen."""

from collections.abc import Callable

import pytest
from transformers import PreTrainedTokenizerFast

from embfilter_core.vocabulary.token_text import TokenTexts, readable
from tests.tiny import BOS, EOS, HALF_EMOJI, PAD, ROWS, byte_alphabet, byte_level_tokenizer, sentencepiece_tokenizer

MAKERS = {"bytes": byte_level_tokenizer, "sentencepiece": sentencepiece_tokenizer}
every_tokenizer = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
Make = Callable[[], PreTrainedTokenizerFast]


def piece(raw: bytes) -> str:
    """The byte-level spelling of some bytes."""
    return "".join(byte_alphabet()[byte] for byte in raw)


def shown(make: Make, *spellings: str) -> str:
    """How the first of `spellings` that is in the vocabulary is written."""
    tokenizer = make()
    vocabulary = tokenizer.get_vocab()
    token_id = next(vocabulary[spelling] for spelling in spellings if spelling in vocabulary)
    return TokenTexts(tokenizer, ROWS).readable(token_id)


@every_tokenizer
@pytest.mark.parametrize(
    ("spellings", "expected"),
    [
        (["Ġcat", "▁cat"], "␣cat"),
        (["cat"], "cat"),
        (["Ġ", "▁"], "␣"),
        (["Ċ", "<0x0A>"], "⏎"),
        (["č", "<0x0D>"], "␍"),
        (["ĉ", "<0x09>"], "⇥"),
        (["Ā", "<0x00>"], "⟨U+0000⟩"),
        ([piece(b"\x7f"), "<0x7F>"], "⟨U+007F⟩"),
        ([piece(b"\xc3"), "<0xC3>"], "⟨C3⟩"),
        ([piece(b"\xff"), "<0xFF>"], "⟨FF⟩"),
        ([piece(b"\x80"), "<0x80>"], "⟨80⟩"),
        (["<script>"], "<script>"),
        ([piece("\u200b".encode()), "\u200b"], "⟨U+200B⟩"),
        ([piece("\u202e".encode()), "\u202e"], "⟨U+202E⟩"),
        ([BOS], "<s>"),
        ([EOS], "</s>"),
        ([PAD], "<pad>"),
    ],
    ids=lambda value: ascii(value),
)
def test_both_kinds_of_tokenizer_are_shown_alike(make: Make, spellings: list[str], expected: str) -> None:
    assert shown(make, *spellings) == expected


def test_half_an_emoji_is_shown_as_its_bytes() -> None:
    assert shown(byte_level_tokenizer, piece(HALF_EMOJI)) == "⟨F0⟩⟨9F⟩"
    assert readable("🐈".encode()) == "🐈"
    assert readable(b"a" + HALF_EMOJI + b"b") == "a⟨F0⟩⟨9F⟩b"


@every_tokenizer
def test_no_token_is_shown_as_nothing_or_with_an_unseen_character(make: Make) -> None:
    texts = TokenTexts(make(), ROWS).readable_all(range(ROWS))
    assert all(texts)
    assert all(text.isprintable() and text == text.strip() for text in texts)


@pytest.mark.parametrize(
    ("character", "expected"),
    [
        ("\u00a0", "⟨U+00A0⟩"),
        ("\u3000", "⟨U+3000⟩"),
        ("\u2028", "⟨U+2028⟩"),
        ("\ufeff", "⟨U+FEFF⟩"),
        ("\u2066", "⟨U+2066⟩"),
        ("\u00ad", "⟨U+00AD⟩"),
        ("\x1b", "⟨U+001B⟩"),
        ("\ue000", "⟨U+E000⟩"),
        ("é", "é"),
        ("猫", "猫"),
    ],
    ids=ascii,
)
def test_characters_that_cannot_be_seen_are_marked_and_others_are_not(character: str, expected: str) -> None:
    assert readable(f"a{character}b".encode()) == f"a{expected}b"


@every_tokenizer
def test_padded_rows_say_their_number(make: Make) -> None:
    tokenizer = make()
    texts = TokenTexts(tokenizer, ROWS)
    assert texts.readable(len(tokenizer)) == f"⟨row {len(tokenizer)}⟩"
    assert texts.text(ROWS - 1) == ""
    assert len(texts.raw) == ROWS


@every_tokenizer
def test_a_tokenizer_with_more_tokens_than_rows_is_cut_to_the_rows(make: Make) -> None:
    texts = TokenTexts(make(), 10)
    assert texts.readable_all(range(3)) == [BOS, EOS, PAD]
    assert len(texts.raw) == 10


@every_tokenizer
def test_the_bytes_of_all_tokens_of_a_text_are_the_text(make: Make) -> None:
    tokenizer = make()
    text = "the cat sat\n\ton é 🐈"
    texts = TokenTexts(tokenizer, ROWS)
    joined = b"".join(texts.raw[i] for i in tokenizer(text, add_special_tokens=False)["input_ids"])
    assert joined.decode().removeprefix(" ") == text  # SentencePiece puts a space before the text


def test_text_replaces_bytes_that_are_no_character() -> None:
    tokenizer = byte_level_tokenizer()
    texts = TokenTexts(tokenizer, ROWS)
    assert texts.text(tokenizer.get_vocab()[piece(HALF_EMOJI)]) == "\ufffd"
    assert texts.text(tokenizer.get_vocab()["Ġcat"]) == " cat"
