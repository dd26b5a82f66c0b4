"""A name is understood however it was pasted, and an address that is not of a model is told as what it is."""

import pytest

from embfilter_core.backbones.spellings import plain_spelling
from embfilter_core.errors import BackboneError


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        (" owner/name ", "owner/name"),
        ("'/models/my model'", "/models/my model"),
        ("\"'C.gguf'\"", "C.gguf"),
        ("file:///models/my%20model.gguf", "/models/my model.gguf"),
        ("FILE:///models/m", "/models/m"),
        ("https://huggingface.co/owner/name", "owner/name"),
        ("http://www.huggingface.co/owner/name/", "owner/name"),
        ("huggingface.co/owner/name", "owner/name"),
        ("hf.co/owner/name:Q4_K_M", "owner/name:Q4_K_M"),
        ("https://huggingface.co/owner/name/tree/main", "owner/name"),
        ("https://huggingface.co/owner/name/tree/main/onnx", "owner/name"),
        ("https://huggingface.co/owner/name/blob/main/sub/m.gguf?download=true", "owner/name/sub/m.gguf"),
        ("https://huggingface.co/owner/name/resolve/main/m.Q4_0.gguf", "owner/name/m.Q4_0.gguf"),
        ("https://huggingface.co/owner/name/discussions/3", "owner/name"),
        ("/a/plain/path", "/a/plain/path"),
        ("", ""),
        ("'", "'"),
    ],
)
def test_a_pasted_name_is_what_it_means(pasted: str, meant: str) -> None:
    assert plain_spelling(pasted) == meant


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("https://example.org/m.gguf", "is not an address of the Hugging Face hub"),
        ("https://huggingface.co/owner", "is not the address of a model"),
        ("https://huggingface.co/datasets/owner/name", "is not the address of a model"),
        ("https://huggingface.co/owner/name/tree/refs%2Fpr%2F1", "is of the branch refs/pr/1; the main one alone"),
    ],
)
def test_an_address_of_anything_else_is_refused(pasted: str, said: str) -> None:
    with pytest.raises(BackboneError) as caught:
        plain_spelling(pasted)
    assert said in caught.value.what
    assert caught.value.advice
