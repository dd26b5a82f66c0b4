"""A widget begins with what is chosen, also where a click ended the run that told it before a browser heard of it."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

import pytest
from streamlit.testing.v1 import AppTest

from pages.frame import kept_controls, values


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


def told_by_a_preset() -> None:
    """Draw the two numbers as the sidebar does, which follow a preset, beside a part of the page with a control."""
    import streamlit as st

    from pages.frame.controls import CONTROLS
    from pages.frame.kept_controls import kept_controls
    from pages.frame.values import begin_faces, value_of

    begin_faces("one", anew=False)
    kept_controls("smollm2-135m-instruct")

    @st.fragment
    def part() -> None:
        CONTROLS["known_words"].draw()
        st.session_state["seen"] = [value_of(CONTROLS[name]) for name in ("preset", "start", "stop", "known_words")]

    part()


@pytest.fixture
def only_part(monkeypatch: pytest.MonkeyPatch) -> Callable[[AppTest], AppTest]:
    """Runs only the part of a page, as it asks for itself; a browser sends with it what all widgets show."""
    from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests

    def run(at: AppTest) -> AppTest:
        part = at.session_state[values._PARTS]["known_words"]
        assert part is not None
        request = ScriptRequests.request_rerun
        with monkeypatch.context() as patch:
            patch.setattr(
                ScriptRequests, "request_rerun", lambda of, asked: request(of, replace(asked, fragment_id=part))
            )
            return at.run()

    return run


def test_what_a_page_showed_before_is_no_choice_when_only_a_part_of_it_asks_for_a_run(
    only_part: Callable[[AppTest], AppTest],
) -> None:
    at = AppTest.from_function(told_by_a_preset).run()
    at.button_group(key="preset").set_value("dominant").run()
    assert [at.number_input(key=key).value for key in ("start", "stop")] == [0, 288]
    at.number_input(key="start").set_value(144)
    at.number_input(key="stop").set_value(432)  # as a page sends them that has not heard of the preset's numbers
    at.toggle(key="known_words").set_value(True)  # which a hand changed in the part
    only_part(at)
    assert at.session_state["seen"] == ["dominant", 0, 0, True]
    at.run()
    assert at.session_state["seen"] == ["dominant", 0, 0, True]
    assert [at.number_input(key=key).value for key in ("start", "stop")] == [0, 288]


def test_what_the_two_numbers_show_is_no_choice() -> None:
    """A page that had sent the band before, with the run of a part, sends with the next one what it heard since."""
    shown = kept_controls._Shown((0, 288), (144, 432), since=monotonic() - 60)
    assert shown.is_echo((0, 288))
    assert shown.is_echo((144, 432))
    assert not shown.is_echo((0, 432))


def given(at: AppTest, start: int, stop: int) -> list[object]:
    at.number_input(key="start").set_value(start)
    at.number_input(key="stop").set_value(stop).run()
    seen: list[object] = at.session_state["seen"]
    return seen[:3]


def test_both_numbers_as_they_were_before_are_no_choice_and_any_others_are() -> None:
    at = AppTest.from_function(told_by_a_preset).run()
    at.button_group(key="preset").set_value("dominant").run()
    assert given(at, 144, 432) == ["dominant", 0, 0]
    assert [at.number_input(key=key).value for key in ("start", "stop")] == [0, 288]
    assert given(at, 144, 288) == ["custom", 144, 288]  # a hand changes one of them
    at.button_group(key="preset").set_value("dominant").run()
    assert given(at, 100, 400) == ["custom", 100, 400]  # or both, before the first was taken


def test_one_number_as_it_was_before_is_a_choice_once_a_page_has_heard_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = AppTest.from_function(told_by_a_preset).run()
    at.button_group(key="preset").set_value("dominant").run()
    at.button_group(key="preset").set_value("unfiltered").run()
    assert given(at, 0, 288)[0] == "unfiltered"
    monkeypatch.setattr(kept_controls, "REACHES_S", 0.0)
    assert given(at, 0, 288) == ["custom", 0, 288]
