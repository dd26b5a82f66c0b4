"""The states of every layer come from one forward pass and lie in the space of the head."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from embfilter_core import Backbone, EmbedFilter, KeptDirections
from embfilter_core.errors import InputError
from embfilter_core.lens.layers.grid import MEAN, MOST_LAYERS, shown_layers, shown_positions
from embfilter_core.lens.layers.states import layer_states, states_to_read
from tests.each import for_each
from tests.tiny import FAMILY_CONFIGS

Tiny = Callable[..., Backbone]
TEXT = "the cat sat on one word"
POOLINGS = ["prompteol", "echo", "plain-mean", "plain-last"]


def blocks_of(backbone: Backbone) -> torch.nn.ModuleList:
    """The stack of the language model's layers."""
    modules = dict(backbone.architecture.base_model.named_modules())
    (stack,) = (modules[name] for name in ("h", "layers", "decoder.layers", "language_model.layers") if name in modules)
    return stack


@for_each(family=FAMILY_CONFIGS)
def test_the_state_of_a_layer_is_what_enters_the_next_block_normed_and_projected(tiny: Tiny, family: str) -> None:
    backbone = tiny(family)
    caught: list[torch.Tensor] = []

    def catch(module: object, args: tuple, kwargs: dict) -> None:
        caught.append(args[0] if args else kwargs["hidden_states"])

    hooks = [block.register_forward_pre_hook(catch, with_kwargs=True) for block in blocks_of(backbone)]
    try:
        states = layer_states(backbone, TEXT, "prompteol")
    finally:
        for hook in hooks:
            hook.remove()
    assert len(caught) == 2  # one pass through two blocks
    assert states.grid.layers.tolist() == [0, 1, 2]
    for entered, state in zip(caught, states.states, strict=False):
        with torch.inference_mode():
            for part in backbone.architecture.inner.after_blocks:
                entered = part(entered)
        assert np.array_equal(state, entered[0].numpy())
    assert not np.allclose(states.states[0], states.states[1])


@for_each(family=FAMILY_CONFIGS, prompt=POOLINGS)
def test_the_pooled_column_of_the_last_layer_is_the_embedding(tiny: Tiny, family: str, prompt: str) -> None:
    backbone = tiny(family)
    states = layer_states(backbone, TEXT, prompt)
    embedding = backbone.embed([TEXT], prompt)[0]
    pooled = states.states[-1, states.grid.pooled_column]
    assert np.abs(pooled - embedding).max() <= 1e-5 * np.abs(embedding).max()


@pytest.mark.parametrize("prompt", POOLINGS)
def test_where_several_positions_are_pooled_a_last_column_holds_their_mean(llama: Backbone, prompt: str) -> None:
    states, encoded = layer_states(llama, TEXT, prompt), llama.encode([TEXT], prompt)[0]
    grid = states.grid
    start, stop = encoded.pooled
    has_mean = stop - start > 1
    assert grid.pooled == encoded.pooled
    assert grid.positions[grid.places].tolist() == list(range(len(encoded)))
    assert grid.token_ids[grid.places].tolist() == encoded.token_ids
    assert (grid.positions[-1] == MEAN) == (grid.token_ids[-1] == MEAN) == has_mean
    if has_mean:
        assert np.allclose(states.states[:, -1], states.states[:, start:stop].mean(1), atol=1e-5)


@pytest.mark.parametrize("most", [2, 7, 10])
@pytest.mark.parametrize("prompt", ["prompteol", "plain-mean"])
def test_of_a_long_text_the_middle_is_not_shown_and_the_rest_is_unchanged(
    llama: Backbone, most: int, prompt: str
) -> None:
    whole, part = layer_states(llama, TEXT, prompt), layer_states(llama, TEXT, prompt, most_positions=most)
    places = part.grid.positions[part.grid.places]
    length = len(whole.grid.positions[whole.grid.places])
    assert len(places) == min(most, length)
    assert {0, length - 1} <= set(places.tolist())
    assert part.grid.hidden_positions == length - len(places)
    assert whole.grid.hidden_positions == 0
    columns = [*places.tolist(), *([-1] if prompt == "plain-mean" else [])]
    assert np.array_equal(part.states, whole.states[:, columns])  # the mean too is over all pooled positions


@pytest.mark.parametrize(("length", "most"), [(5, 5), (6, 5), (300, 128), (129, 128), (3, 2)])
def test_shown_positions_are_the_two_ends(length: int, most: int) -> None:
    shown = shown_positions(length, most)
    head = most // 2
    assert shown.tolist() == [i for i in range(length) if length <= most or i < head or i >= length - (most - head)]


@pytest.mark.parametrize(
    ("depth", "stride", "expected"),
    [(2, None, [0, 1, 2]), (5, 2, [0, 2, 4, 5]), (6, 3, [0, 3, 6]), (4, 4, [0, 4]), (1, None, [0, 1])],
)
def test_every_few_layers_and_always_the_last_are_shown(depth: int, stride: int | None, expected: list[int]) -> None:
    assert shown_layers(depth, stride).tolist() == expected


@pytest.mark.parametrize("depth", [30, 39, 40, 80, 126])
def test_a_deep_model_shows_a_bounded_number_of_layers_in_even_steps(depth: int) -> None:
    shown = shown_layers(depth)
    assert len(shown) <= MOST_LAYERS + 1
    assert (shown[0], shown[-1]) == (0, depth)
    assert len(set(np.diff(shown[:-1]).tolist())) == 1


@pytest.mark.parametrize("stride", [0, 3, -1])
def test_a_stride_that_does_not_fit_is_refused(llama: Backbone, stride: int) -> None:
    with pytest.raises(InputError, match=f"every {stride} layers of 2"):
        layer_states(llama, TEXT, stride=stride)


def test_a_single_position_and_an_empty_text_are_refused(llama: Backbone) -> None:
    with pytest.raises(InputError, match="1 positions"):
        layer_states(llama, TEXT, most_positions=1)
    with pytest.raises(InputError, match="empty"):
        layer_states(llama, "  ")


def test_tokens_that_the_model_did_not_see_are_counted(llama: Backbone) -> None:
    grid = layer_states(llama, "cat " * 400, "prompteol").grid
    assert grid.truncated_tokens == llama.encode(["cat " * 400], "prompteol")[0].truncated_tokens > 0
    assert len(grid.positions) == 128


def test_the_forward_pass_takes_its_turn(llama: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    base_model = llama.architecture.base_model
    forward, held = base_model.forward, []

    def watched(**inputs: object) -> object:
        held.append(llama.lock.locked())
        return forward(**inputs)

    monkeypatch.setattr(base_model, "forward", watched)
    layer_states(llama, TEXT)
    assert held == [True]
    assert not llama.lock.locked()


def test_states_are_read_only_and_a_cell_is_found_by_layer_and_position(llama: Backbone) -> None:
    states = layer_states(llama, TEXT, "plain-mean", stride=2, most_positions=4)
    with pytest.raises(ValueError, match="read-only"):
        states.states[0, 0, 0] = 1.0
    grid = states.grid
    for row, layer in enumerate(grid.layers):
        for column, position in enumerate(grid.positions):
            assert grid.cell(int(layer), int(position)) == (row, column)
    for layer, position in ((1, 0), (0, 3), (3, 0)):
        with pytest.raises(InputError, match="not shown"):
            grid.cell(layer, position)


def test_reading_centres_first_and_projects_then(llama: Backbone) -> None:
    states = layer_states(llama, TEXT)
    layers, columns, d = states.states.shape
    rng = np.random.default_rng(0)
    one, each = rng.normal(size=d), rng.normal(size=(layers, d))
    kept = KeptDirections.bulk(d)
    project = EmbedFilter(llama.spectrum, kept).project
    assert states_to_read(llama, states) is states.states
    for centre, shift in ((one, one[None, None]), (each, each[:, None])):
        expected = project((states.states - shift).reshape(-1, d)).reshape(layers, columns, d)
        assert np.abs(states_to_read(llama, states, kept, centre) - expected).max() <= 1e-5
        assert states_to_read(llama, states, kept, centre).dtype == np.float32


@pytest.mark.parametrize("shape", [(3,), (2, 32), (3, 31), (3, 1, 32)])
def test_a_centre_that_does_not_fit_is_refused(llama: Backbone, shape: tuple[int, ...]) -> None:
    states = SimpleNamespace(states=np.zeros((3, 5, 32), dtype=np.float32))
    with pytest.raises(InputError, match="centre of shape"):
        states_to_read(llama, states, centre=np.zeros(shape))
