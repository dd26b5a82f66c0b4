"""What a loaded backbone answers about itself."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch

from embfilter_core import Backbone
from embfilter_core.backbones.catalogue import CATALOGUE
from embfilter_core.backbones.reading.inner_layers import InnerLayers
from embfilter_core.errors import BackboneError, InputError
from tests.tiny import ROWS


def test_rows_beyond_the_tokenizer_are_padded(llama: Backbone) -> None:
    tokens = len(llama.tokenizer)
    assert tokens < ROWS
    assert llama.padded_rows.tolist() == [False] * tokens + [True] * (ROWS - tokens)


def test_padded_rows_count_in_the_spectrum(llama: Backbone) -> None:
    weight = llama.architecture.head.weight.double()
    whole = torch.linalg.svdvals(weight).numpy()
    without = torch.linalg.svdvals(weight[~torch.as_tensor(llama.padded_rows)]).numpy()
    assert np.abs(llama.spectrum.singular_values - whole).max() <= 1e-12 * whole[0]
    assert np.abs(llama.spectrum.singular_values - without).max() > 1e-3 * whole[0]


def test_spectrum_belongs_to_the_backbone(llama: Backbone) -> None:
    assert llama.spectrum.backbone == llama.fingerprint
    assert llama.spectrum.d == llama.d


def test_embeddings_are_float32_rows_that_are_not_normalised(llama: Backbone) -> None:
    embeddings = llama.embed(["the cat", "a dog sat"])
    assert (embeddings.dtype, embeddings.shape) == (np.float32, (2, llama.d))
    assert (np.abs(np.linalg.norm(embeddings, axis=1) - 1) > 0.1).all()


def test_one_string_instead_of_a_list_is_refused(llama: Backbone) -> None:
    with pytest.raises(InputError, match="list of texts"):
        llama.embed("the cat")


def test_an_empty_text_is_named_by_its_number(llama: Backbone) -> None:
    with pytest.raises(InputError, match=r"^Text 2 of 3: The text is empty\."):
        llama.embed(["the cat", " \n\t", "dog"])


def test_a_single_empty_text_has_no_number(llama: Backbone) -> None:
    with pytest.raises(InputError, match=r"^The text is empty\."):
        llama.embed([""])


def test_the_prompt_can_be_an_id_a_template_or_nothing(llama: Backbone) -> None:
    by_id = llama.embed(["the cat"], "prompteol")
    assert np.array_equal(by_id, llama.embed(["the cat"]))
    assert np.array_equal(by_id, llama.embed(["the cat"], 'Summarize the sentence: "{text}" in one word:"'))
    assert not np.allclose(by_id, llama.embed(["the cat"], 'Summarize the sentence: "{text}" in one word:'), atol=1e-2)


def test_an_unknown_prompt_is_refused_with_the_known_ones(llama: Backbone) -> None:
    with pytest.raises(InputError, match="Unknown prompt 'haiku'.*prompteol"):
        llama.embed(["the cat"], "haiku")


@pytest.mark.parametrize("layer", [-1, 3])
def test_a_layer_that_is_not_there_is_refused_with_the_range(llama: Backbone, layer: int) -> None:
    with pytest.raises(InputError, match=rf"no layer {layer}\. Use 0 .* to 2 "):
        llama.embed(["the cat"], layer=layer)


def test_layers_are_counted_from_the_token_embeddings_to_the_last(llama: Backbone) -> None:
    assert [llama.layer_number(layer) for layer in (0, 1, 2, None)] == [0, 1, 2, 2]


def test_an_inner_layer_that_cannot_be_read_is_refused_but_the_last_is_not(llama: Backbone) -> None:
    unknown = replace(llama, architecture=replace(llama.architecture, inner=InnerLayers(2, unreadable="so")))
    with pytest.raises(BackboneError, match="cannot be read: so. Use the last layer"):
        unknown.embed(["the cat"], layer=1)
    assert np.array_equal(unknown.embed(["the cat"], layer=2), llama.embed(["the cat"]))


def test_catalogue_facts_are_the_defaults_of_a_backbone(llama: Backbone) -> None:
    mistral = replace(llama, entry=CATALOGUE["mistral-7b-instruct-v0.3"])
    assert (mistral.default_prompt, mistral.bulk_start) == ("prompteol-mask", 128)
    assert (llama.default_prompt, llama.bulk_start) == ("prompteol", None)


def test_head_error_on_a_text_is_rounding_only(llama: Backbone) -> None:
    assert 0 <= llama.head_error_on("the cat sat") <= 1e-4
    assert 0 <= llama.head_error <= 1e-4


def test_embedding_leaves_the_weights_as_they_were(llama: Backbone) -> None:
    before = {name: tensor.clone() for name, tensor in llama.architecture.model.state_dict().items()}
    llama.lens(llama.embed(["the cat"], "echo"), top=3)
    after = llama.architecture.model.state_dict()
    assert all(torch.equal(after[name], tensor) for name, tensor in before.items())


def test_threads_that_share_a_backbone_get_the_same_embeddings(llama: Backbone) -> None:
    texts = [["the cat"], ["a dog sat on one word"], ["sentence in sentence"]] * 4
    expected = [llama.embed(batch) for batch in texts]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(llama.embed, texts))
    assert all(np.array_equal(a, b) for a, b in zip(expected, found, strict=True))
