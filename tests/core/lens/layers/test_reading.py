"""Every cell of the logit lens over layers equals a straightforward computation over all logits."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.special import log_softmax

from embfilter_core import Backbone, KeptDirections
from embfilter_core.errors import Cancelled, InputError
from embfilter_core.lens.layers import reading as module
from embfilter_core.lens.layers.reading import LayerReading, columns_at_once, read_layers
from embfilter_core.lens.layers.states import LayerStates, layer_states
from embfilter_core.lens.layers.trajectories import trajectories
from embfilter_core.vocabulary.logit_lens import ranks_among, top_of
from tests.each import for_each
from tests.tiny import FAMILY_CONFIGS, ROWS

Tiny = Callable[..., Backbone]
TEXT = "the cat sat on one word"
every_family = for_each(family=FAMILY_CONFIGS)
FIELDS = ("token_ids", "logits", "log_normalisers", "final_ranks", "final_log_probabilities", "entropy", "kl")


def all_logits(backbone: Backbone, states: LayerStates, kept: KeptDirections | None, shift: float = 0) -> np.ndarray:
    """The model's logits of every cell in float64, (layers, columns, |V|), by the head's own definition."""
    head = backbone.architecture.head
    hidden = states.states.astype(np.float64) - shift
    if kept is not None:
        basis = backbone.spectrum.directions[kept.indices]
        hidden = hidden @ basis.T @ basis
    logits = head.scale * (hidden @ head.weight.double().numpy().T)
    logits += 0 if head.bias is None else head.bias.double().numpy()
    return logits if head.soft_cap is None else head.soft_cap * np.tanh(logits / head.soft_cap)


def assert_ranks_hold(ranks: np.ndarray, logits: np.ndarray, tokens: np.ndarray) -> None:
    """Ranks (...,) of tokens (...,) under logits (..., |V|), where tokens closer than rounding may change places."""
    values = np.take_along_axis(logits, tokens[..., None], axis=-1)
    rounding = 1e-5 * np.abs(logits).max()
    assert (ranks >= 1 + (logits > values + rounding).sum(-1)).all()
    assert (ranks <= (logits >= values - rounding).sum(-1)).all()


@every_family
@for_each(filtered=[False, True], prompt=["prompteol", "plain-mean"])
def test_every_cell_agrees_with_the_full_logits(tiny: Tiny, family: str, filtered: bool, prompt: str) -> None:
    backbone = tiny(family)
    kept = KeptDirections.bulk(backbone.d) if filtered else None
    states = layer_states(backbone, TEXT, prompt)
    reading = read_layers(backbone, states, kept, top=9)
    logits = all_logits(backbone, states, kept)
    close = {"rtol": 0, "atol": 2e-5 * np.abs(logits).max()}
    assert np.allclose(reading.logits, -np.sort(-logits, axis=-1)[..., :9], **close)
    assert np.allclose(reading.logits, np.take_along_axis(logits, reading.token_ids, axis=-1), **close)

    logs = log_softmax(logits, axis=-1)
    final = all_logits(backbone, states, None)[-1].argmax(-1)
    assert np.array_equal(reading.final_tokens, final)
    assert_ranks_hold(reading.final_ranks, logits, np.broadcast_to(final, reading.final_ranks.shape))
    assert np.allclose(reading.final_log_probabilities, logs[:, np.arange(len(final)), final], **close)
    assert np.allclose(reading.probabilities, np.exp(np.take_along_axis(logs, reading.token_ids, -1)), rtol=1e-3)
    assert np.allclose(reading.entropy, -(np.exp(logs) * logs).sum(-1), **close)
    assert np.allclose(reading.kl, (np.exp(logs[-1]) * (logs[-1] - logs)).sum(-1), **close)


@every_family
def test_the_last_row_is_what_the_model_itself_says(tiny: Tiny, family: str) -> None:
    backbone = tiny(family)
    reading = read_layers(backbone, layer_states(backbone, TEXT, "prompteol"))
    ids = torch.tensor([backbone.encode([TEXT], "prompteol")[0].token_ids])
    with torch.inference_mode():
        own = backbone.architecture.model(input_ids=ids).logits[0].double()
    logs = own.log_softmax(-1).numpy()
    assert np.array_equal(reading.final_tokens, own.argmax(-1).numpy())
    assert np.abs(np.take_along_axis(own.numpy(), reading.token_ids[-1], -1) - reading.logits[-1]).max() <= 1e-4
    assert np.abs(np.exp(logs.max(-1)) - reading.probabilities[-1, :, 0]).max() <= 1e-4
    assert (reading.final_ranks[-1] == 1).all()
    assert (reading.kl[-1] == 0).all()


def test_shapes_and_types_are_those_promised(llama: Backbone) -> None:
    reading = read_layers(llama, layer_states(llama, TEXT, "plain-mean"), top=5)
    layers, columns = len(reading.grid.layers), len(reading.grid.positions)
    assert reading.token_ids.shape == reading.logits.shape == reading.probabilities.shape == (layers, columns, 5)
    for name in FIELDS[2:]:
        assert getattr(reading, name).shape == (layers, columns)
    assert reading.final_tokens.shape == reading.settled.shape == (columns,)
    for name in ("logits", "log_normalisers", "final_log_probabilities", "entropy", "kl"):
        assert getattr(reading, name).dtype == np.float32
    for name in ("token_ids", "final_ranks", "final_tokens"):
        assert getattr(reading, name).dtype == np.int64


def test_keeping_every_direction_reads_as_no_filter_does(llama: Backbone) -> None:
    states = layer_states(llama, TEXT)
    raw, everything = (read_layers(llama, states, kept) for kept in (None, KeptDirections.unfiltered(llama.d)))
    for name in FIELDS:
        assert np.array_equal(getattr(raw, name), getattr(everything, name))


def test_the_final_token_is_the_models_own_whatever_filter_is_read_with(llama: Backbone) -> None:
    states = layer_states(llama, TEXT)
    raw, filtered = read_layers(llama, states), read_layers(llama, states, KeptDirections.bulk(llama.d, keep=2))
    assert np.array_equal(raw.final_tokens, filtered.final_tokens)
    assert (filtered.final_ranks[-1] > 1).any()  # so the filter did change the last layer
    assert (filtered.kl[-1] == 0).all()


def test_a_centre_is_subtracted_at_every_layer_but_not_from_the_models_own_prediction(llama: Backbone) -> None:
    states = layer_states(llama, TEXT)
    kept = KeptDirections.bulk(llama.d)
    reading = read_layers(llama, states, kept, top=4, centre=np.full(llama.d, 0.7))
    logits = all_logits(llama, states, kept, shift=0.7)
    assert np.allclose(reading.logits, -np.sort(-logits, axis=-1)[..., :4], atol=1e-3)
    assert np.array_equal(reading.final_tokens, all_logits(llama, states, None)[-1].argmax(-1))


@pytest.mark.parametrize("family", ["llama", "gemma2", "phi"])
def test_the_result_does_not_depend_on_how_much_is_read_at_once_and_no_array_is_larger(
    tiny: Tiny, family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    backbone = tiny(family)
    states = layer_states(backbone, TEXT, "plain-mean")
    whole = read_layers(backbone, states)
    sizes: list[int] = []
    model_logits = type(backbone.architecture.head).model_logits

    def watched(head: object, hidden: torch.Tensor) -> torch.Tensor:
        logits = model_logits(head, hidden)
        sizes.append(logits.numel())
        return logits

    monkeypatch.setattr(type(backbone.architecture.head), "model_logits", watched)
    monkeypatch.setattr(module, "LOGITS_AT_ONCE", 2 * ROWS + 1)
    parts = read_layers(backbone, states)
    followed = trajectories(backbone, states, [3, 5])
    assert max(sizes) == 2 * ROWS
    assert followed.ranks.shape == (3, 2)
    for name in FIELDS:
        assert np.allclose(getattr(whole, name), getattr(parts, name), atol=1e-4)


def test_a_vocabulary_beyond_the_bound_is_read_one_row_at_a_time() -> None:
    assert columns_at_once(2 * module.LOGITS_AT_ONCE) == 1
    assert columns_at_once(256_000) * 256_000 <= module.LOGITS_AT_ONCE


def test_reading_again_runs_no_layer_of_the_model(llama: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    states = layer_states(llama, TEXT)

    def refuse(*args: object, **inputs: object) -> None:
        raise AssertionError("the model ran")

    monkeypatch.setattr(llama.architecture.base_model, "forward", refuse)
    monkeypatch.setattr(llama.architecture.model, "forward", refuse)
    read_layers(llama, states, KeptDirections.bulk(llama.d))
    trajectories(llama, states, [3])
    with pytest.raises(AssertionError, match="the model ran"):
        layer_states(llama, TEXT)


def test_progress_counts_columns_and_can_stop_the_reading(llama: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOGITS_AT_ONCE", 4 * ROWS)
    states = layer_states(llama, TEXT, most_positions=10)
    seen: list[tuple[int, int]] = []
    read_layers(llama, states, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(4, 10), (8, 10), (10, 10)]
    with pytest.raises(Cancelled, match="4 of 10"):
        read_layers(llama, states, progress=lambda done, total: False)


@pytest.mark.parametrize("top", [0, ROWS + 1])
def test_a_number_of_tokens_out_of_range_is_refused(llama: Backbone, top: int) -> None:
    with pytest.raises(InputError, match=f"top {top} tokens"):
        read_layers(llama, layer_states(llama, TEXT), top=top)


@pytest.mark.parametrize(
    ("ranks", "layer"),
    [([5, 1, 1, 1], 4), ([1, 1, 1, 1], 0), ([1, 2, 1, 1], 7), ([1, 1, 2, 1], 9), ([1, 1, 1, 2], -1)],
)
def test_a_column_has_settled_where_the_final_token_stays_on_top(llama: Backbone, ranks: list[int], layer: int) -> None:
    reading = read_layers(llama, layer_states(llama, TEXT))
    grid = replace(reading.grid, layers=np.array([0, 4, 7, 9]), depth=9)
    two = np.stack([ranks, [1, 1, 1, 1]], axis=1)
    settled = replace(reading, grid=grid, final_ranks=two).settled
    assert settled.tolist() == [layer, 0]


@for_each(seed=range(5), top=[1, 7, 40])
def test_top_tokens_and_ranks_break_ties_by_id(seed: int, top: int) -> None:
    random = np.random.default_rng(seed)
    logits = random.integers(0, 6, size=(4, 40)).astype(np.float32)  # many ties
    order = np.argsort(-logits, axis=1, kind="stable")
    values, ids = top_of(torch.from_numpy(logits), top)
    assert np.array_equal(ids.numpy(), order[:, :top])
    assert np.array_equal(values.numpy(), np.take_along_axis(logits, order[:, :top], axis=1))
    ranks = ranks_among(torch.from_numpy(logits), torch.from_numpy(order))
    assert ranks.tolist() == [list(range(1, 41))] * 4


@every_family
@for_each(filtered=[False, True])
def test_a_trajectory_is_what_the_cells_of_its_column_say(tiny: Tiny, family: str, filtered: bool) -> None:
    backbone = tiny(family)
    kept = KeptDirections.bulk(backbone.d) if filtered else None
    states = layer_states(backbone, TEXT, "plain-mean")
    for column in (None, 1):
        at = states.grid.pooled_column if column is None else column
        logits = all_logits(backbone, states, kept)[:, at]
        tokens = [int(logits[-1].argmax()), 3, ROWS - 1]
        followed = trajectories(backbone, states, tokens, kept, column=column)
        close = {"rtol": 0, "atol": 2e-5 * np.abs(logits).max()}
        assert followed.token_ids.tolist() == tokens
        assert np.allclose(followed.logits, logits[:, tokens], **close)
        assert np.allclose(followed.log_probabilities, log_softmax(logits, axis=-1)[:, tokens], **close)
        assert np.allclose(followed.probabilities, np.exp(followed.log_probabilities))
        for i, token in enumerate(tokens):
            assert_ranks_hold(followed.ranks[:, i], logits, np.full(len(logits), token))


def test_the_final_token_has_the_same_ranks_in_a_trajectory_and_in_the_cells(llama: Backbone) -> None:
    states = layer_states(llama, TEXT)
    reading: LayerReading = read_layers(llama, states)
    last = states.grid.pooled_column
    followed = trajectories(llama, states, [int(reading.final_tokens[last])])
    assert followed.ranks[:, 0].tolist() == reading.final_ranks[:, last].tolist()
    assert np.allclose(followed.log_probabilities[:, 0], reading.final_log_probabilities[:, last], atol=1e-5)


@pytest.mark.parametrize("tokens", [[], [1, 2, 3, 4, 5], [7, 7], [-1], [ROWS]])
def test_tokens_that_cannot_be_followed_are_refused(llama: Backbone, tokens: list[int]) -> None:
    with pytest.raises(InputError, match="tokens|such token"):
        trajectories(llama, layer_states(llama, TEXT), tokens)


@pytest.mark.parametrize("column", [-1, 500])
def test_a_column_that_is_not_there_is_refused(llama: Backbone, column: int) -> None:
    with pytest.raises(InputError, match=f"no column {column}"):
        trajectories(llama, layer_states(llama, TEXT), [3], column=column)
