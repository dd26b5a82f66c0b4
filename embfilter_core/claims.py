"""What may be said of the embeddings of a view and of what is shown of them: true for every prompt, layer and filter.

A page, a notebook and a script say the same. Each sentence is made of how an embedding
is made and read; none is written for the settings that a visitor sees first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from embfilter_core.number_format import format_error

if TYPE_CHECKING:
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.spectral.selection import KeptDirections

LARGEST_ERROR = 1e-3
"""Of a logit in float32; smaller ones are rounding."""
POOR_FIT = 0.25
"""An average token that explains less of the variance of log p is said to fail."""
HIGH = 1.5
"""Scores are called high at an end of the spectrum that holds so many times what an even spread would give it."""
LENS = "The logit lens multiplies an embedding by the unembedding matrix, which gives every token a logit."
PICTURE = (
    "A picture in two dimensions leaves the other directions out: the numbers beside it are measured in the embeddings "
    "themselves."
)
ORDER = (
    "A changed order is not a better one: whether a band ranks better needs judgements of people, and this page has "
    "none."
)
INTERVALS = (
    "Scores and their differences come with 95 % intervals, since the best of many numbers is a little lucky; the "
    "paper's own numbers have none."
)
Verdict = Literal["exact", "off", "neutral"]


@dataclass(frozen=True)
class Reading:
    """How an embedding is made and read.

    Attributes:
        prompt: The prompt, which says what is pooled.
        layer: The layer whose states are pooled, or None for the last.
        depth: Number of the last layer.
        centred: Whether the mean of the reference corpus is subtracted.
        kept: The kept directions.
    """

    prompt: Prompt
    layer: int | None
    depth: int
    centred: bool
    kept: KeptDirections

    @property
    def differences(self) -> list[str]:
        """What makes the unfiltered embedding another than the state that the model predicts its next token from."""
        found = []
        if self.prompt.pooling == "mean":
            what = "the second copy of the text" if self.prompt.echo else "the whole prompt"
            found.append(f"the mean over {what}")
        if self.layer is not None:
            layer = f"layer {self.layer} of {self.depth}" if self.layer else "the token embeddings"
            found.append(f"{layer} behind the final norm")
        if self.centred:
            found.append("centred on the reference corpus")
        return found

    @property
    def is_models_own(self) -> bool:
        """Whether the unfiltered logit lens ranks tokens as the model ranks its next one."""
        return not self.differences


def what_lists_show(reading: Reading) -> str:
    """Say what the token lists of an embedding are, unfiltered and filtered."""
    if reading.is_models_own:
        said = "Unfiltered, tokens rank as the model ranks what it would write next after the prompt"
    else:
        said = f"This is not what the model would write next: what is read is {', '.join(reading.differences)}"
    if reading.kept.is_unfiltered:
        return f"{said}."
    return f"{said}; filtered, only {len(reading.kept)} of {reading.kept.d} directions speak."


@dataclass(frozen=True)
class Exactness:
    """What a check of our head against the model's own logits says of two token lists.

    Attributes:
        label: The error, and of which list it is.
        verdict: `exact` where a list is what was checked and its error is rounding, `off` where the error is larger,
            `neutral` where no list is what was checked, or where the backbone's dtype rounds.
        meaning: What was checked, and what was not.
    """

    label: str
    verdict: Verdict
    meaning: str


def exactness(reading: Reading, error: float, dtype: str, lists: tuple[str, str]) -> Exactness:
    """Say which of two lists was checked against the model's own logits, and how exact it is.

    Args:
        reading: How the first list is read: centred or not, whatever the second does.
        error: Largest absolute difference over the vocabulary, at the last position of the prompt and the last layer.
        dtype: Of the backbone's weights.
        lists: What the lists are called; the second is filtered or centred, unless nothing is removed.
    """
    off = not error <= LARGEST_ERROR and dtype == "float32"  # another dtype rounds the model's own logits
    checked = (
        f"Checked on this text in {dtype}: the logits of our head against the model's own, over the whole vocabulary, "
        f"at the last position and the last layer, unfiltered and not centred. {_of_error(error)}"
    )
    if not reading.is_models_own:
        return Exactness(
            f"head: {_of_error(error, short=True)}; not of these lists",
            "off" if off else "neutral",
            f"{checked} These lists are not what was checked: they read {', '.join(reading.differences)}.",
        )
    second = "" if reading.kept.is_unfiltered else f" The {lists[1]} list is not what was checked."
    return Exactness(
        f"{lists[0]} list: {_of_error(error, short=True)}",
        "off" if off else "exact" if error <= LARGEST_ERROR else "neutral",
        f"{checked} The {lists[0]} list shows them, before scale and soft-cap where the model has such.{second}",
    )


def _of_error(error: float, short: bool = False) -> str:
    if error == 0:
        return "exact" if short else "They are equal."
    return f"largest error {format_error(error)}" if short else f"They differ by {format_error(error)} at most."


def how_to_choose() -> str:
    """Say what the labelled data are for, and which numbers have intervals."""
    return f"Which directions should be kept? Measure it on labelled data. {INTERVALS}"


def what_bands_drop(bulk_start: int | None) -> str:
    """Say what EmbedFilter drops at the two ends of the spectrum, and where the map of bands shows it."""
    if bulk_start is None:
        return "EmbedFilter drops as many at either: the dotted line."
    return f"EmbedFilter's band for this backbone starts at {bulk_start}; on the dotted line, as many go at either end."


def ranked_by(centred: bool) -> str:
    """Say what similarity a corpus is ranked by."""
    embeddings = "centred embeddings" if centred else "embeddings"
    return f"Ranks a corpus by the cosine of its {embeddings} with the text's, over the directions that are kept."
