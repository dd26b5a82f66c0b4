"""A GGUF file that holds no language model that is read here is refused as what it is."""

from dataclasses import replace

import pytest

from embfilter_core.backbones.gguf.header import GgufHeader, read_header
from embfilter_core.backbones.gguf.readable import refuse_unreadable
from embfilter_core.errors import BackboneError
from tests.core.backbones.refused import refused
from tests.tiny_gguf import save_gguf


@pytest.fixture(scope="module")
def header(tmp_path_factory: pytest.TempPathFactory) -> GgufHeader:
    return read_header(save_gguf(tmp_path_factory.mktemp("gguf") / "m.gguf"))


def refusal(header: GgufHeader) -> BackboneError:
    return refused(refuse_unreadable, header, "m.gguf")


@pytest.mark.parametrize(
    "architecture", ["llama", "qwen2", "qwen2moe", "qwen3moe", "gpt-oss", "gemma3", "lfm2", "phi3"]
)
def test_language_models_pass(header: GgufHeader, architecture: str) -> None:
    refuse_unreadable(replace(header, architecture=architecture), "m.gguf")


@pytest.mark.parametrize(
    ("architecture", "said"),
    [
        ("clip", "m.gguf is the image encoder of a model of images and text (clip), not a language model."),
        ("bert", "m.gguf is an encoder (bert), not a language model."),
        ("nomic-bert", "m.gguf is an encoder (nomic-bert), not a language model."),
        ("jina-bert-v2", "m.gguf is an encoder (jina-bert-v2), not a language model."),
        ("t5encoder", "m.gguf is an encoder (t5encoder), not a language model."),
        ("t5", "m.gguf is an encoder-decoder (t5), not a language model."),
        ("never-heard-of", "reads no GGUF file of the architecture never-heard-of."),
        ("", "m.gguf holds no model."),
    ],
)
def test_what_is_none_is_named(header: GgufHeader, architecture: str, said: str) -> None:
    assert said in refusal(replace(header, architecture=architecture)).what


def test_one_of_several_files_is_refused_with_how_to_join_them(header: GgufHeader) -> None:
    error = refusal(replace(header, part=2, parts=3))
    assert "m.gguf is part 2 of 3 of a model" in error.what
    assert "--merge" in error.advice


def test_scaled_positions_that_would_be_left_out_are_refused(header: GgufHeader) -> None:
    assert "are scaled (yarn), which transformers leaves out" in refusal(replace(header, scaling="yarn")).what
    refuse_unreadable(replace(header, architecture="gpt-oss", scaling="yarn"), "m.gguf")
