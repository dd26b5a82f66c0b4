"""The instrument for one text of a loaded view: on Home, Logit lens and Spectrum alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from embfilter_core.instrument import sentences
from embfilter_core.instrument.lengths import RANKED
from embfilter_core.instrument.look import LOOK
from pages import instrument
from pages.cached.backbones import token_rates
from pages.frame import measured_scores
from pages.frame.explained import explained
from pages.frame.kept_controls import choose_preset, keep_directions
from pages.frame.sidebar_controls import PRESET, RATIO
from pages.frame.text_box import about_example
from pages.frame.values import value_of
from pages.instrument import cached

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from streamlit.delta_generator import DeltaGenerator

    from pages.cached.loaded import LoadedView

Front = Literal["lists", "spectrum"]


def draw(loaded: LoadedView, embedding: np.ndarray, key: str, front: Front = "lists") -> dict[str, Any]:
    """Draw the instrument for a text's embedding (d,); letting go of its band keeps it everywhere.

    Its lists show the committed directions exactly as the rest of the page does.

    Args:
        loaded: The view.
        embedding: Of the text, not centred.
        key: Key of the widget.
        front: What the page is about.

    Returns:
        What is shown of the committed directions, as `committed_data` gives it.
    """
    from embfilter_core.instrument.committed import committed_data

    state, reference = loaded.centred(embedding), loaded.reference
    rates = token_rates(loaded.backbone, loaded.counted)
    committed = committed_data(
        loaded.backbone, state, loaded.kept, rates, reference, value_of(PRESET), int(value_of(RATIO))
    )
    data = prepare(loaded, embedding)
    shown = {"committed": committed, "front": front, **LOOK, **measured_scores.shown(loaded)}
    instrument.draw(data, shown, key, keep_directions, choose_preset)
    return committed


def prepare(loaded: LoadedView, embedding: np.ndarray) -> dict[str, Any]:
    """Return what `draw` sends once for a text's embedding (d,)."""
    corpus = None if loaded.reference is None else loaded.corpus
    return cached.text_data(loaded, loaded.centred(embedding), corpus, loaded.counted)


def draw_ranking(
    loaded: LoadedView, data: dict[str, Any], ranked: list[dict[str, Any]], choose: Callable[[int], None]
) -> None:
    """Draw the instrument with a ranking in front.

    Args:
        loaded: The view.
        data: As `ranking_data` makes it.
        ranked: The nearest texts of the committed directions, as `ranked_data` gives them.
        choose: Called with the position of a text that is clicked.
    """
    from embfilter_core.instrument.committed import committed_choice

    def take_query(said: object) -> None:
        if type(said) is int:
            choose(said)

    committed = committed_choice(loaded.kept, value_of(PRESET), int(value_of(RATIO)))
    ranking = {"committed": committed | {"ranked": ranked}, "front": "ranking", "nearest": RANKED}
    shown = {**LOOK, **measured_scores.shown(loaded), **ranking}
    instrument.draw(data, shown, "ranking", keep_directions, choose_preset, take_query)


def draw_stored(data: dict[str, Any], key: str) -> None:
    """Draw the instrument from stored data: all of it can be dragged before a backbone is loaded."""
    same = {name: fact for name, fact in data.items() if name != "committed"}
    shown = {"committed": data["committed"], "front": "lists", **LOOK}
    instrument.draw(same, shown, key, keep_directions, choose_preset)


def notice(place: DeltaGenerator, text: str, committed: dict[str, Any]) -> None:
    """Say in a place above the instrument what there is to notice about a text, as `draw` returns what is shown."""
    with place:
        explained(sentences.notice(committed), "notice", small=True, about=about_example(text))
