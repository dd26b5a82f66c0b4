"""The encoder that mteb is given: its vectors, and what its results are kept by."""

from dataclasses import replace

import mteb
import numpy as np
import pytest
import torch
from mteb.mocks import MockClassificationTask, MockRetrievalTask, MockSTSTask
from mteb.mocks.mock_run import get_compatible_mock_tasks

from embfilter_core import Backbone, EmbedFilter, Encoder, KeptDirections, MtebEncoder
from embfilter_core.backbones.prompts import Prompt
from embfilter_core.errors import InputError
from embfilter_core.interfaces.mteb_encoder import experiment_settings
from tests.core.embeddings.texts import CORPUS, close
from tests.core.interfaces.conftest import lengths

BATCHES = [{"text": list(CORPUS.texts[:4])}, {"text": list(CORPUS.texts[4:])}]


def test_it_is_an_encoder_to_mteb(encoder: Encoder) -> None:
    assert isinstance(MtebEncoder(encoder), mteb.EncoderProtocol)
    assert not isinstance(MtebEncoder(encoder), mteb.SearchProtocol)


def test_vectors_are_those_of_the_encoder_and_lose_their_length_but_for_classification(encoder: Encoder) -> None:
    expected = encoder.encode(CORPUS.texts)
    of_mteb = MtebEncoder(encoder)
    classified = of_mteb.encode(BATCHES, task_metadata=MockClassificationTask.metadata, hf_split="test", hf_subset="")
    assert close(classified, expected)
    for task in (MockSTSTask, MockRetrievalTask):
        found = of_mteb.encode(BATCHES, task_metadata=task.metadata, batch_size=2, prompt_type="query")
        assert close(found, expected / lengths(expected)[:, None])
        assert found.dtype == np.float32


def test_a_text_without_a_character_gets_zeros_and_is_counted(encoder: Encoder) -> None:
    of_mteb = MtebEncoder(encoder)
    found = of_mteb.encode([{"text": ["cat", " \n", "dog"]}], task_metadata=MockSTSTask.metadata)
    assert (lengths(found) > 0).tolist() == [True, False, True]
    assert (of_mteb.texts, of_mteb.empty) == (3, 1)
    assert torch.isfinite(of_mteb.similarity(found, found)).all()
    assert of_mteb.encode([{"text": [""]}], task_metadata=MockSTSTask.metadata).tolist() == [[0.0] * encoder.dimensions]


def test_similarity_is_the_cosine(encoder: Encoder) -> None:
    of_mteb, vectors = MtebEncoder(encoder), encoder.encode(CORPUS.texts)
    cosines = encoder.similarity(vectors, vectors)
    assert torch.allclose(of_mteb.similarity(vectors, vectors), cosines, atol=1e-6)
    assert torch.allclose(of_mteb.similarity_pairwise(vectors, vectors), cosines.diagonal(), atol=1e-6)


def test_other_precisions_and_inputs_without_text_are_refused(encoder: Encoder) -> None:
    with pytest.raises(InputError, match="float32, not int8"):
        MtebEncoder(encoder).encode(BATCHES, task_metadata=MockSTSTask.metadata, precision="int8")
    with pytest.raises(InputError, match="without text"):
        MtebEncoder(encoder).encode([{"image": []}], task_metadata=MockSTSTask.metadata)


def test_whatever_changes_vectors_changes_what_results_are_kept_by(llama: Backbone, encoder: Encoder) -> None:
    d, spectrum, mean = llama.d, llama.spectrum, np.ones(llama.d)
    kept = [KeptDirections.bulk(d, ratio) for ratio in (1, 2, 4)] + [KeptDirections.edges(d), KeptDirections.random(d)]
    encoders = [Encoder(llama, EmbedFilter(spectrum, one)) for one in kept]
    encoders += [replace(encoder, **more) for more in ({"layer": 1}, {"mean": mean}, {"mean": 2 * mean})]
    prompts = ("echo", "plain-mean", "a: {text}", "a? {text}", Prompt("custom", "Custom", "a: {text}", "mean"))
    encoders += [Encoder(llama, encoder.filter, prompt) for prompt in prompts]
    metas = [MtebEncoder(one).mteb_model_meta for one in encoders]
    assert len({meta.experiment_name for meta in metas}) == len(set(metas)) == len(encoders)
    assert {meta.revision for meta in metas} == {llama.fingerprint}


def test_what_changes_nothing_changes_nothing(llama: Backbone, encoder: Encoder) -> None:
    written_out = Encoder(llama, encoder.filter, llama.default_prompt, llama.layer_number(None))
    assert experiment_settings(written_out) == experiment_settings(encoder)


def test_text_tasks_are_offered_to_it_and_no_others(encoder: Encoder) -> None:
    modalities = {tuple(task.metadata.modalities) for task in get_compatible_mock_tasks(MtebEncoder(encoder))}
    assert modalities == {("text",)}
