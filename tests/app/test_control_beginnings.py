"""A widget begins with what is chosen, also where a click ended the run that told it before a browser heard of it."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.frame import values


def drawn_twice() -> None:
    """Draw a control of each kind with a value that is not the default."""
    from pages.frame.controls import CONTROLS
    from pages.frame.values import begin_faces, chosen_values

    begin_faces("one", anew=False)
    wanted = {"preset": "edges", "template": "{text}!", "start": 3, "layer": 2, "centre": True, "known_words": True}
    chosen_values().update({CONTROLS[name]: value for name, value in wanted.items()})
    for name in wanted:
        CONTROLS[name].draw()


def test_every_kind_of_control_is_told_once_and_then_begins_with_what_is_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(values, "REACHES_S", 0.0)
    at = AppTest.from_function(drawn_twice).run()
    assert not at.exception
    assert at.number_input(key="start").proto.set_value
    at.run()
    assert not at.exception
    for widget in (at.number_input(key="start"), at.number_input(key="layer"), at.text_input(key="template")):
        assert not widget.proto.set_value  # which would take the place of what is being typed
        assert widget.proto.default == widget.value
    assert at.toggle(key="centre").proto.default is True
    (preset,) = at.button_group(key="preset").proto.default
    assert at.button_group(key="preset").proto.options[preset].content == "edges"


def test_what_was_told_just_before_a_run_is_told_again() -> None:
    at = AppTest.from_function(drawn_twice).run().run()
    assert not at.exception
    assert at.number_input(key="start").proto.set_value
