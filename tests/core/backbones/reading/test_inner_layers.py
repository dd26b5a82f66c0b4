"""What follows the last block is found by watching the model, and refused where it is more than modules in a row."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from embfilter_core import Backbone, layer_states
from embfilter_core.backbones.reading.inner_layers import read_inner_layers
from embfilter_core.errors import BackboneError
from tests.tiny import tiny_model

IDS = torch.tensor([[3, 10, 17, 24]])


class Answer:
    def __init__(self, states: Tensor) -> None:
        self.last_hidden_state = states


class Block(nn.Module):
    """A layer that adds to what it is given, in place if asked, and returns a tuple as older ones do."""

    def __init__(self, in_place: bool = False) -> None:
        super().__init__()
        self.linear, self.in_place = nn.Linear(8, 8), in_place

    def forward(self, hidden: Tensor) -> tuple[Tensor]:
        return (hidden.add_(self.linear(hidden)) if self.in_place else hidden + self.linear(hidden),)


class Stack(nn.Module):
    """A language model of three blocks; `finish` says what it does after them."""

    def __init__(self, finish: Callable[[Stack, Tensor], Tensor], in_place: bool = False, order: str = "012") -> None:
        super().__init__()
        self.embed, self.norm, self.project = nn.Embedding(32, 8), nn.LayerNorm(8), nn.Linear(8, 4)
        self.layers = nn.ModuleList(Block(in_place) for _ in range(3))
        self.finish, self.order = finish, [int(place) for place in order]

    def forward(self, input_ids: Tensor) -> Answer:
        hidden = self.embed(input_ids)
        for place in self.order:
            (hidden,) = self.layers[place](hidden)
        return Answer(self.finish(self, hidden))


@pytest.mark.parametrize(
    ("finish", "expected"),
    [
        (lambda model, hidden: model.norm(hidden), ["norm"]),
        (lambda model, hidden: model.project(model.norm(hidden)), ["norm", "project"]),
        (lambda model, hidden: model.project(hidden), ["project"]),
        (lambda model, hidden: hidden, []),
    ],
    ids=["norm", "norm and projection", "projection", "nothing"],
)
@pytest.mark.parametrize("in_place", [False, True])
def test_what_follows_the_last_block_is_found(finish: Callable, expected: list[str], in_place: bool) -> None:
    model = Stack(finish, in_place)
    inner, last = read_inner_layers(model, IDS, expected=3)
    assert (inner.unreadable, inner.count) == (None, 3)
    assert torch.equal(last, model(IDS).last_hidden_state)
    assert list(inner.blocks) == list(model.layers)
    assert list(inner.after_blocks) == [getattr(model, name) for name in expected]


@pytest.mark.parametrize(
    "finish",
    [
        lambda model, hidden: model.norm(2 * hidden),
        lambda model, hidden: model.norm(hidden) + hidden,
        lambda model, hidden: 2 * model.norm(hidden),
        lambda model, hidden: model.norm(hidden).tanh(),
    ],
    ids=["before", "beside", "after", "a function"],
)
def test_more_than_modules_in_a_row_is_not_read(finish: Callable) -> None:
    assert "more than a norm" in read_inner_layers(Stack(finish), IDS, 3)[0].unreadable


@pytest.mark.parametrize("order", ["0122", "01", "021", "0"])
def test_blocks_that_do_not_run_once_each_in_their_order_are_not_read(order: str) -> None:
    inner, _ = read_inner_layers(Stack(lambda model, hidden: model.norm(hidden), order=order), IDS, 3)
    assert "once each" in inner.unreadable


def test_a_model_without_a_list_of_blocks_is_not_read() -> None:
    class Single(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed = nn.Embedding(32, 8)

        def forward(self, input_ids: Tensor) -> Answer:
            return Answer(self.embed(input_ids))

    inner, _ = read_inner_layers(Single(), IDS, 7)
    assert (inner.count, "not found" in inner.unreadable) == (7, True)


def test_a_family_whose_streams_are_joined_in_its_own_way_is_refused_for_inner_layers_alone(
    tiny: Callable[..., Backbone],
) -> None:
    backbone = tiny("gemma3n_text")
    assert backbone.embed(["dog"]).shape == (1, 32)
    why = r"\(gemma3n_text\) cannot be read: .*more than a norm.*Use the last layer"
    for read in (lambda: backbone.embed(["dog"], layer=1), lambda: layer_states(backbone, "dog")):
        with pytest.raises(BackboneError, match=why):
            read()


def test_nothing_watches_a_model_that_was_read() -> None:
    model = tiny_model("llama").model
    read_inner_layers(model, IDS, 2)
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in model.modules())
