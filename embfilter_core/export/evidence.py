"""What was measured of an exported view, and what was decided on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from embfilter_core.backbones.prompts import CUSTOM
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    from embfilter_core.export.chosen import ChosenFilter

NOTHING = (
    "Nothing was measured of this choice when it was exported, so what it does to your data is not known here. The "
    "page Choose rank measures it, and so does `python -m embfilter_core choose`."
)


@dataclass(frozen=True)
class Evidence:
    """A decision that led to the exported view.

    Attributes:
        goal: Id of the goal.
        data: What was measured, in a few words.
        sentences: The answer first, then what it rests on.
        precision: Id of how an index is to store the vectors; empty where that is not known.
        stored: It comes with the app, and was not measured by whoever exported this.
        page: A page of HTML with the figures, or empty.
    """

    goal: str
    data: str
    sentences: tuple[str, ...]
    precision: str = ""
    stored: bool = False
    page: str = ""

    def facts(self) -> dict[str, Any]:
        """Return what a manifest says of it."""
        return {
            "goal": self.goal,
            "data": self.data,
            "stored_with_the_app": self.stored,
            "sentences": list(self.sentences),
            "precision": self.precision,
            "page": "evidence.html" if self.page else None,
        }


def evidence_of_choose(printed: Any, chosen: ChosenFilter, page: str = "") -> Evidence:  # noqa: ANN401 (read from a file)
    """Return the evidence in what `choose --json` printed.

    Raises:
        InputError: It is something else, or was measured with another backbone, prompt or layer.
    """
    backbone = chosen.backbone
    here = {
        "backbone": backbone.name,
        "prompt": chosen.prompt.id if chosen.prompt.id != CUSTOM else chosen.prompt.template,
        "layer": backbone.layer_number(chosen.layer),
    }
    try:
        there = {name: printed[name] for name in here}
        made = Evidence(printed["goal"], f"{printed['task']}, {printed['n']:,}", tuple(printed["sentences"]), page=page)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            "The file is not what `choose --json` prints.", "Write it with `choose ... --json`."
        ) from error
    for name, value in here.items():
        if there[name] != value:
            raise InputError(
                f"The decision is about the {name} {there[name]}, and {value} is exported.", "Measure what is exported."
            )
    return made
