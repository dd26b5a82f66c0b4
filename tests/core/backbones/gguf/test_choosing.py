"""Of several GGUF files, the one that is meant is found by its quantisation, and else they are named."""

import pytest

from embfilter_core.backbones.gguf.choosing import choose_gguf, gguf_names, quantisation_of
from embfilter_core.errors import BackboneError

EXAMPLE = "owner/name:{quantisation} or owner/name/{file}"
FILES = ["README.md", "m-Q4_K_M.gguf", "m-Q8_0.gguf", "mmproj-m-F16.gguf"]


@pytest.mark.parametrize(
    ("name", "quantisation"),
    [
        ("SmolLM2-135M-Instruct.Q4_1.gguf", "Q4_1"),
        ("qwen2.5-0.5b-instruct-q4_k_m.gguf", "q4_k_m"),
        ("sub/Llama-3.2-1B-IQ4_XS.GGUF", "IQ4_XS"),
        ("m-UD-Q4_K_XL.gguf", "UD-Q4_K_XL"),
        ("m-BF16-00001-of-00002.gguf", "BF16"),
        ("gpt-oss-20b-mxfp4.gguf", "mxfp4"),
        ("model.gguf", ""),
        ("Qwen2-7B.gguf", ""),
    ],
)
def test_the_quantisation_is_read_from_a_name(name: str, quantisation: str) -> None:
    assert quantisation_of(name) == quantisation


def test_parts_of_a_model_count_as_one_and_encoders_of_images_are_left_out() -> None:
    parts = [f"m-F16-0000{i}-of-00003.gguf" for i in (1, 2, 3)]
    assert gguf_names([*parts, *FILES]) == [parts[0], "m-Q4_K_M.gguf", "m-Q8_0.gguf"]
    assert gguf_names(["mmproj-m.gguf"]) == ["mmproj-m.gguf"]


def test_the_only_file_is_meant() -> None:
    assert choose_gguf(["m.GGUF", "config.json"], "here", EXAMPLE) == "m.GGUF"


@pytest.mark.parametrize("quantisation", ["Q8_0", "q8_0"])
def test_a_file_is_found_by_its_quantisation_in_any_case(quantisation: str) -> None:
    assert choose_gguf(FILES, "here", EXAMPLE, quantisation) == "m-Q8_0.gguf"


@pytest.mark.parametrize(
    ("names", "quantisation", "said", "advised"),
    [
        (FILES, "", "here has 2 GGUF files and no other weights: m-Q4_K_M.gguf, m-Q8_0.gguf.", "owner/name:Q4_K_M or"),
        (FILES, "Q2_K", "here has no GGUF file of the quantisation Q2_K: m-Q4_K_M.gguf,", "owner/name/m-Q4_K_M.gguf"),
        (["a-Q8_0.gguf", "b-Q8_0.gguf"], "Q8_0", "here has 2 GGUF files of the quantisation Q8_0", "a-Q8_0.gguf"),
        ([f"m{i:02}-Q8_0.gguf" for i in range(30)], "", "here has 30 GGUF files", "m00-Q8_0.gguf"),
    ],
    ids=["several", "none of it", "several of it", "many"],
)
def test_what_cannot_be_decided_is_asked(names: list[str], quantisation: str, said: str, advised: str) -> None:
    with pytest.raises(BackboneError) as caught:
        choose_gguf(names, "here", EXAMPLE, quantisation)
    assert said in caught.value.what
    assert advised in caught.value.advice
    assert len(str(caught.value)) < 500
