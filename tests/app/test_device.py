"""The sidebar offers the devices that are there, and says what the backbone computes on."""

from embfilter_core.backbones.device_names import offered_devices
from pages.frame.sidebar_controls import DEVICE
from tests.app.conftest import LENS, Open
from tests.app.reading import errors, notes


def computing(at: object) -> list[str]:
    return [caption.value for caption in at.sidebar.caption if "computes on" in caption.value]


def test_only_the_devices_that_are_there_are_offered() -> None:
    assert list(DEVICE.choices) == offered_devices()


def test_a_loaded_backbone_says_what_it_computes_on(open_page: Open) -> None:
    at = open_page(LENS, device="cpu")
    assert errors(at) == notes(at) == []
    assert computing(at.run()) == ["The backbone computes on the processor."]


def test_a_link_to_a_device_that_is_not_there_says_so_and_takes_the_default(open_page: Open) -> None:
    absent = "mps" if "mps" not in offered_devices() else "cuda"
    at = open_page(LENS, device=absent)
    assert errors(at) == []
    (note,) = notes(at)
    assert f"device = {absent}" in note
    assert at.session_state["device"] == "auto"
