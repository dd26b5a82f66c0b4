"""How a text becomes token ids and a pooled span."""

from collections.abc import Callable

import pytest
from transformers import PreTrainedTokenizerFast

from embfilter_core.backbones.prompt_encoder import PromptEncoder, clean_text
from embfilter_core.backbones.prompts import PROMPTS, Prompt, as_prompt
from embfilter_core.errors import InputError
from tests.each import for_each
from tests.tiny import byte_level_tokenizer, sentencepiece_tokenizer

PLAIN = PROMPTS["plain-last"]
ECHO = PROMPTS["echo"]


@pytest.fixture(scope="module", params=[byte_level_tokenizer, sentencepiece_tokenizer], ids=["bytes", "sentencepiece"])
def tokenizer(request: pytest.FixtureRequest) -> PreTrainedTokenizerFast:
    return request.param()


def encoder(tokenizer: PreTrainedTokenizerFast, prompt: Prompt, max_positions: int = 4096) -> PromptEncoder:
    return PromptEncoder(tokenizer, prompt, max_positions)


def written(tokenizer: PreTrainedTokenizerFast, ids: list[int]) -> str:
    return tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)


def test_prompteol_ends_with_the_opening_quotation_mark_of_the_word() -> None:
    assert PROMPTS["prompteol"].template.endswith('in one word:"')
    ids = encoder(byte_level_tokenizer(), PROMPTS["prompteol"])("the cat").token_ids
    assert byte_level_tokenizer().decode(ids[-1:]) == '"'


@pytest.mark.parametrize("prompt", PROMPTS.values(), ids=PROMPTS)
def test_every_template_reads_as_written_around_the_text(prompt: Prompt) -> None:
    tokenizer = byte_level_tokenizer()
    ids = encoder(tokenizer, prompt)("the cat sat").token_ids
    assert written(tokenizer, ids) == prompt.template.replace("{text}", "the cat sat")


@for_each(text=["{text}", "{0}", "{", "}}", "a {text} b {text}", "%s {name!r}"], prompt=[PROMPTS["prompteol"], ECHO])
def test_braces_in_a_text_are_plain_characters(text: str, prompt: Prompt) -> None:
    tokenizer = byte_level_tokenizer()
    before, *between, after = prompt.template.split("{text}")
    expected = before + text + "".join(piece + text for piece in between) + after
    assert written(tokenizer, encoder(tokenizer, prompt)(text).token_ids) == expected


def test_surrounding_white_space_is_stripped(tokenizer: PreTrainedTokenizerFast) -> None:
    encode = encoder(tokenizer, PROMPTS["prompteol"])
    assert encode(" \n\tthe cat \r\n ") == encode("the cat")


def test_nul_is_removed_and_lone_surrogates_are_replaced() -> None:
    assert clean_text("a\x00b \ud800c\udfff") == "ab ?c?"


def test_a_real_character_outside_the_basic_plane_survives() -> None:
    assert clean_text("🐈") == "🐈"


def test_texts_with_nul_or_lone_surrogates_are_encoded(tokenizer: PreTrainedTokenizerFast) -> None:
    encode = encoder(tokenizer, PROMPTS["prompteol"])
    assert encode("the\x00 cat") == encode("the cat")
    assert encode("cat \udc80") == encode("cat ?")


@for_each(text=["", " ", "\n\t", "\x00", " \x00 "], prompt=PROMPTS.values())
def test_nothing_but_white_space_is_refused(text: str, prompt: Prompt) -> None:
    with pytest.raises(InputError, match="The text is empty"):
        encoder(byte_level_tokenizer(), prompt)(text)


@pytest.mark.parametrize("make", [byte_level_tokenizer, sentencepiece_tokenizer])
@pytest.mark.parametrize("prompt", ["prompteol", "plain-last", "plain-mean"])
def test_bos_is_kept_and_the_tokenizers_eos_is_not(make: Callable[..., PreTrainedTokenizerFast], prompt: str) -> None:
    closing, plain = make(eos=True), make(eos=False)
    assert closing("cat")["input_ids"][-1] == closing.eos_token_id
    ids = encoder(closing, PROMPTS[prompt])("the cat").token_ids
    assert ids == encoder(plain, PROMPTS[prompt])("the cat").token_ids
    assert ids[0] == closing.bos_token_id
    assert closing.eos_token_id not in ids


def test_no_bos_is_added_where_the_tokenizer_adds_none() -> None:
    tokenizer = byte_level_tokenizer(bos=False)
    assert tokenizer.bos_token_id not in encoder(tokenizer, PROMPTS["prompteol"])("the cat").token_ids


def test_last_pooling_reads_the_last_position_and_mean_pooling_all_but_bos() -> None:
    tokenizer = byte_level_tokenizer()
    last, mean = (encoder(tokenizer, PROMPTS[name])("the cat sat") for name in ("plain-last", "plain-mean"))
    assert last.pooled == (len(last) - 1, len(last))
    assert mean.pooled == (1, len(mean))
    without_bos = encoder(byte_level_tokenizer(bos=False), PROMPTS["plain-mean"])("the cat sat")
    assert without_bos.pooled == (0, len(without_bos))


def test_a_long_text_loses_its_middle_and_keeps_256_tokens_at_each_end() -> None:
    tokenizer = byte_level_tokenizer()
    text = " ".join(["the", *["cat"] * 400, *["dog"] * 400])
    whole = tokenizer(PROMPTS["prompteol"].template.replace("{text}", text))["input_ids"]
    encoded = encoder(tokenizer, PROMPTS["prompteol"])(text)
    assert encoded.token_ids == whole[:256] + whole[-256:]
    assert encoded.truncated_tokens == len(whole) - 512
    assert encoded.pooled == (511, 512)


@pytest.mark.parametrize(("words", "cut"), [(511, 0), (512, 1)])
def test_exactly_512_tokens_are_not_cut(words: int, cut: int) -> None:
    encoded = encoder(byte_level_tokenizer(), PLAIN)(" ".join(["cat"] * words))
    assert (len(encoded), encoded.truncated_tokens) == (512, cut)


def test_a_backbone_with_few_positions_gets_no_more_than_it_takes() -> None:
    tokenizer = byte_level_tokenizer()
    encoded = encoder(tokenizer, PROMPTS["prompteol"], max_positions=65)("cat " * 100)
    assert len(encoded) == 65
    assert written(tokenizer, encoded.token_ids).endswith('in one word:"')


def test_echo_pools_the_second_copy_and_the_closing_eos(tokenizer: PreTrainedTokenizerFast) -> None:
    def pieces(text: str) -> list[int]:
        return tokenizer(text, add_special_tokens=False)["input_ids"]

    text = pieces("the cat sat")
    before, between = pieces("Rewrite the following paragraph: "), pieces(". The rewritten paragraph: ")
    encoded = encoder(tokenizer, ECHO)("the cat sat")
    eos = tokenizer.eos_token_id
    assert encoded.token_ids == [tokenizer.bos_token_id, *before, *text, *between, *text, eos]
    start, stop = encoded.pooled
    assert encoded.token_ids[start:stop] == [*text, eos]
    assert encoded.truncated_tokens == 0


def test_echo_begins_with_eos_where_there_is_no_bos() -> None:
    tokenizer = byte_level_tokenizer(bos=False)
    tokenizer.bos_token = None
    encoded = encoder(tokenizer, ECHO)("cat")
    assert encoded.token_ids[0] == encoded.token_ids[-1] == tokenizer.eos_token_id


def test_echo_adds_one_eos_even_where_the_tokenizer_adds_it_too() -> None:
    closing = byte_level_tokenizer(eos=True)
    assert encoder(closing, ECHO)("cat") == encoder(byte_level_tokenizer(), ECHO)("cat")


def test_echo_cuts_the_text_to_512_tokens_before_doubling_it() -> None:
    tokenizer = byte_level_tokenizer()
    encoded = encoder(tokenizer, ECHO)(" ".join(["cat"] * 700))
    start, stop = encoded.pooled
    assert stop - start == 512 + 1
    assert encoded.truncated_tokens == 700 - 512
    assert len(encoded) > 1024


@pytest.mark.parametrize("max_positions", [64, 65, 100, 101, 700])
def test_echo_fits_both_copies_into_few_positions(max_positions: int) -> None:
    encoded = encoder(byte_level_tokenizer(), ECHO, max_positions)(" ".join(["cat"] * 700))
    start, stop = encoded.pooled
    assert max_positions - 1 <= len(encoded) <= max_positions
    copy = encoded.token_ids[start : stop - 1]
    assert encoded.truncated_tokens == 700 - len(copy)
    assert encoded.token_ids.count(copy[-1]) == 2 * len(copy) - 2


def test_echo_is_refused_where_no_token_of_the_text_fits() -> None:
    with pytest.raises(InputError, match="takes only 30 tokens"):
        encoder(byte_level_tokenizer(), ECHO, max_positions=30)("cat")


def test_a_template_without_the_slot_is_refused() -> None:
    with pytest.raises(InputError, match=r"has no \{text\}"):
        Prompt("mine", "Mine", "Say it in one word:", "last")


def test_an_unknown_pooling_is_refused() -> None:
    with pytest.raises(InputError, match="Unknown pooling 'max'"):
        Prompt("mine", "Mine", "{text}", "max")


def test_a_template_becomes_a_custom_prompt_with_the_chosen_pooling() -> None:
    prompt = as_prompt("Topic of {text}:", "mean")
    assert (prompt.template, prompt.pooling, prompt.echo) == ("Topic of {text}:", "mean", False)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_prompt_is_found_by_its_id(prompt: str) -> None:
    assert as_prompt(prompt) is PROMPTS[prompt]
    assert as_prompt(PROMPTS[prompt]) is PROMPTS[prompt]


@pytest.mark.parametrize("unknown", ["", "PromptEOL", "text", "{0}"])
def test_what_is_neither_an_id_nor_a_template_is_refused(unknown: str) -> None:
    with pytest.raises(InputError, match="Unknown prompt"):
        as_prompt(unknown)


def test_a_template_with_characters_no_tokenizer_takes_is_refused_or_cleaned() -> None:
    encoded = encoder(byte_level_tokenizer(), as_prompt("\ud800 {text}\x00"))("cat")
    assert encoded == encoder(byte_level_tokenizer(), as_prompt("? {text}"))("cat")
