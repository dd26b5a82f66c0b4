"""What goes wrong while a checkpoint is read is told as what it means."""

import pytest
import torch

from embfilter_core.backbones.refusals.explained import explained
from embfilter_core.errors import BackboneError, Cancelled
from tests.core.backbones.refused import refused


def raised(error: Exception) -> None:
    with explained("It cannot be read", "It is damaged."):
        raise error


def test_any_error_of_a_reader_is_one_sentence_with_the_first_line_of_its_own() -> None:
    error = refused(raised, ValueError("model.embed\nand more"))
    assert error.what.startswith("It cannot be read: ")
    assert "and more" not in error.what
    assert error.advice == "It is damaged."


def test_no_memory_left_on_a_gpu_is_no_damage() -> None:
    error = refused(raised, torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB."))
    assert error.what == "The GPU has no memory left for this backbone."
    assert "damaged" not in error.advice


@pytest.mark.parametrize("error", [Cancelled("Stopped."), BackboneError("What.", "Do.")])
def test_what_is_told_already_stays(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        raised(error)
    assert caught.value is error
