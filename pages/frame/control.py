"""Controls: each knows its name in the address, its default, what may stand there, its help, and how it is drawn.

A control's value lives in `values`; its widget, whose key is the control's, shows it
and changes it. `draw` takes what only the run knows, such as `disabled=`, and hands
it to the widget. Where a value is not possible on a page, its widget shows the
default, and the value is what it was where it is possible.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Container, Mapping
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import streamlit as st

from pages.frame import address
from pages.frame.address import Syntax
from pages.frame.address_bar import take
from pages.frame.values import face, value_of

if TYPE_CHECKING:
    from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

Value = TypeVar("Value")
Chosen = TypeVar("Chosen", bound=str)
_SHOWN = object()


@dataclass(frozen=True, eq=False)
class Control(ABC, Generic[Value]):
    """One control of a view.

    Attributes:
        key: Its name in session files and among the widgets.
        label: What stands beside it.
        default: Value where nothing is chosen.
        about: What it does, for its help; may be empty.
        width: Its width in pixels, or None for the widget's own.
        name: Its name in the address, where that is another than `key`.
        only_with: Other controls with those of their values with one of which this one matters; it always does
            where there are none.
    """

    key: str
    label: str
    default: Value
    about: str = field(default="", kw_only=True)
    width: int | None = field(default=None, kw_only=True)
    name: str = field(default="", kw_only=True)
    only_with: Mapping[Any, Container[str]] = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.name or self.key)

    @property
    @abstractmethod
    def syntax(self) -> Syntax[Value]:
        """How its value stands in the address."""

    def matters(self, values: Mapping[Control[Any], Any]) -> bool:
        """Whether its value changes anything, with the other controls as they are in `values`."""
        return not self.only_with or any(
            values.get(other, other.default) in chosen for other, chosen in self.only_with.items()
        )

    def _options(
        self, given: Mapping[str, object], shown: Value, begins: str = "value", with_: object = _SHOWN
    ) -> dict[str, Any]:
        """Return what its widget is told, so that it shows a value.

        Args:
            given: What the run says besides; `then=` is done after a visitor's change.
            shown: The value.
            begins: Argument of the widget for what it begins with.
            with_: What that is called there, where it is not the value itself.
        """
        beginning = {} if face(self, shown) else {begins: shown if with_ is _SHOWN else with_}
        then = given.get("then")
        options = {name: value for name, value in given.items() if name != "then"}
        width = {} if self.width is None else {"width": self.width}
        about = {"help": self.about or None}
        told = {"key": self.key, "on_change": take, "args": (self, then)}
        return {**told, **beginning, **about, **width, **options}


@dataclass(frozen=True, eq=False)
class Named(Control[str]):
    """A short text: a field to write it in, or a list of `offered` texts that may take others."""

    what: str
    offered: Collection[str] = ()
    parse: Callable[[list[str]], str] = itemgetter(0)
    write: Callable[[str], list[str]] = lambda value: [value]
    longest: int = address.LONGEST_NAME

    @property
    def syntax(self) -> Syntax[str]:
        """How its value stands in the address: what `write` makes of it, and `parse` reads."""
        return replace(address.short(self.what, self.longest), parse=self.parse, write=self.write)

    def draw(self, among: Collection[str] = (), **given: object) -> str:
        """Draw the control; returns its value.

        Args:
            among: What is offered where only the run knows it.
            **given: What the widget is told besides.
        """
        offered, value = list(among or self.offered), value_of(self)
        takes_any = not offered or given.get("accept_new_options")
        shown = value if takes_any or value in offered else self.default
        if not offered:
            return str(st.text_input(self.label, max_chars=self.longest, **self._options(given, shown)))
        offered = offered if shown in offered else [shown, *offered]
        return str(st.selectbox(self.label, offered, **self._options(given, shown, "index", offered.index(shown))))


@dataclass(frozen=True, eq=False)
class Choice(Control[Chosen]):
    """One of several choices.

    Attributes:
        choices: Each with its meaning for the help; the meaning is empty where the choice says all itself.
        drawn: As what.
    """

    choices: Mapping[Chosen, str]
    drawn: Literal["pills", "segments", "list"] = "segments"

    @property
    def syntax(self) -> Syntax[Chosen]:
        """How its value stands in the address."""
        return address.one_of(self.choices)

    def draw(self, offered: Collection[Chosen] | Mapping[Chosen, str] | None = None, **given: object) -> Chosen:
        """Draw the control; returns its value.

        Args:
            offered: The choices where not all are possible, or with meanings that only the run knows.
            **given: What the widget is told besides.
        """
        meanings = _meanings(self.choices, offered)
        names, value = list(meanings), value_of(self)
        usual = self.default if self.default in names else names[0]
        told, shown = {"help": _explained(self.about, meanings), **given}, value if value in names else usual
        if self.drawn == "list":
            chosen: Chosen = st.selectbox(self.label, names, **self._options(told, shown, "index", names.index(shown)))
            return chosen
        widget: Callable[..., Chosen] = st.pills if self.drawn == "pills" else st.segmented_control
        return widget(self.label, names, required=True, **self._options(told, shown, "default"))


@dataclass(frozen=True, eq=False)
class Several(Control[list[str]]):
    """Some of several choices, each with its meaning for the help; drawn as pills, or as a list where it is wide."""

    choices: Mapping[str, str]

    @property
    def syntax(self) -> Syntax[list[str]]:
        """How its value stands in the address."""
        return address.some_of(self.choices)

    def draw(self, **given: object) -> list[str]:
        """Draw the control; returns its value."""
        told = {"help": _explained(self.about, self.choices), **given}
        options = self._options(told, value_of(self), "default")
        if self.width is None:
            return list(st.pills(self.label, list(self.choices), selection_mode="multi", **options))
        return list(st.multiselect(self.label, list(self.choices), **options))


@dataclass(frozen=True, eq=False)
class Switch(Control[bool]):
    """On or off."""

    @property
    def syntax(self) -> Syntax[bool]:
        """How its value stands in the address."""
        return address.switch()

    def draw(self, **given: object) -> bool:
        """Draw the control; returns its value."""
        return bool(st.toggle(self.label, **self._options(given, value_of(self))))

    def draw_block(self) -> ExpanderContainer:
        """Draw a block that opens and closes; returns it, `open` or not."""
        options = self._options({}, value_of(self), "expanded")
        del options["help"]  # which an expander has not
        return st.expander(self.label, **options)


@dataclass(frozen=True, eq=False)
class Whole(Control[int]):
    """A whole number from `low` to `high`: a slider where it has a `step`, else a field."""

    low: int
    high: int = address.UNLIMITED
    step: int | None = None

    @property
    def syntax(self) -> Syntax[int]:
        """How its value stands in the address."""
        return address.whole(self.low, self.high)

    def draw(self, high: int | None = None, shown: int | None = None, **given: object) -> int:
        """Draw the control; returns its value.

        Args:
            high: The largest number where only the run knows it.
            shown: What it shows where that is not its value.
            **given: What the widget is told besides.
        """
        highest = self.high if high is None else high
        value = value_of(self) if shown is None else shown
        options = self._options(given, value if value <= highest else self.default)
        if self.step is None:
            return int(st.number_input(self.label, self.low, highest, **options))
        return int(st.slider(self.label, self.low, highest, step=self.step, **options))


@dataclass(frozen=True, eq=False)
class WholeOrNothing(Control[int | None]):
    """A whole number from 0 to `high`, or nothing, which means what `nothing` says."""

    high: int
    nothing: str

    @property
    def syntax(self) -> Syntax[int | None]:
        """How its value stands in the address."""
        return address.whole_or_nothing(self.high, self.nothing)

    def draw(self, **given: object) -> int | None:
        """Draw the control; returns its value."""
        options = self._options({"placeholder": self.nothing, **given}, value_of(self))
        chosen: int | None = st.number_input(self.label, 0, self.high, **{"value": None, **options})
        return chosen


@dataclass(frozen=True, eq=False)
class Place(Control[str]):
    """A number among those that the run knows, the last of which is called as the default."""

    high: int

    @property
    def syntax(self) -> Syntax[str]:
        """How its value stands in the address."""
        return address.whole_or(self.default, self.high)

    def draw(self, places: Collection[str], **given: object) -> str:
        """Draw the control; returns its value, one of the places, or the default where it is none of them."""
        value = value_of(self)
        options = self._options(given, value if value in places else self.default)
        return str(st.select_slider(self.label, list(places), **options))


def unexplained(*choices: Chosen) -> dict[Chosen, str]:
    """Return choices that say all themselves."""
    return dict.fromkeys(choices, "")


def _meanings(
    choices: Mapping[Chosen, str], offered: Collection[Chosen] | Mapping[Chosen, str] | None
) -> Mapping[Chosen, str]:
    if isinstance(offered, Mapping):
        return offered
    return choices if offered is None else {choice: choices[choice] for choice in offered}


def _explained(about: str, meanings: Mapping[Chosen, str]) -> str | None:
    lines = [f"**{choice}**: {meaning}" for choice, meaning in meanings.items() if meaning]
    return "  \n".join([about, *lines] if about else lines) or None
