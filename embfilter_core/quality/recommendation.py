"""What the data say about how many directions to keep, in numbers and in sentences made of them."""

from dataclasses import dataclass
from enum import StrEnum

from embfilter_core.number_format import format_interval, format_share
from embfilter_core.quality.bootstrap import Estimate


class Reason(StrEnum):
    """Why there is a recommendation, or none."""

    RECOMMENDED = "recommended"
    NOT_ABOVE_UNFILTERED = "not-above-unfiltered"
    NO_PLATEAU = "no-plateau"


@dataclass(frozen=True)
class Recommendation:
    """What the data say about how many directions to keep. Scores and differences are in points (score x 100).

    Attributes:
        k: Directions to keep, or None where there are not enough data to tell.
        reason: Why.
        d: Number of directions there are.
        margin: What may be lost against the best.
        candidates: How many numbers of directions were compared.
        best_k: The k with the highest score on all data.
        candidate_k: The k that the rule chooses on all data, recommended or not.
        unfiltered: Score of all d directions, on all data.
        best: Score of `best_k`, on all data: flattered, since it was searched for there.
        chosen: Score of `candidate_k`, on all data.
        chosen_to_best: `chosen` less `best`, on all data.
        best_to_unfiltered: `best` less `unfiltered`, on all data: flattered as `best` is.
        chosen_to_unfiltered: `chosen` less `unfiltered`, on all data.
        blocker: The largest k below `candidate_k`, its difference to the best not shown to be within the margin.
        blocker_to_best: Its score less `best`, on all data; None where there is no smaller candidate.
        other_half: Score, on the other half, of the k chosen on one half.
        other_half_unfiltered: Score of all directions on the other half.
        other_half_gain: What the k chosen on one half gains over all directions on the other.
        other_half_best_gain: What the best k of one half gains over all directions on the other: decides whether
            there is a gain.
        other_half_loss: What the chosen k scores less than the best of its half, on the other.
        share_within_margin: Share of halves whose chosen k loses at most the margin on the other half.
        k_range: The k chosen in the halves: 10th percentile, median, 90th.
        splits: How many random splits into halves.
        resamples: How many resamples.
        unit: What was drawn: `pairs`, `texts` or `queries`.
        units: How many.
        pairs: How many pairs, texts or queries are scored.
        half_width: Half of the width of the interval that more data would have to narrow, in points: of
            `blocker_to_best` where there is no plateau, else of `best_to_unfiltered`.
        needed_units: Units at which that half-width is the margin, if it shrinks with the square root of their number.
        needed_pairs: The same in scored pairs, texts or queries; pairs of texts grow with the square of the texts.
    """

    k: int | None
    reason: Reason
    d: int
    margin: float
    candidates: int
    best_k: int
    candidate_k: int
    unfiltered: Estimate
    best: Estimate
    chosen: Estimate
    chosen_to_best: Estimate
    best_to_unfiltered: Estimate
    chosen_to_unfiltered: Estimate
    blocker: int | None
    blocker_to_best: Estimate | None
    other_half: Estimate
    other_half_unfiltered: Estimate
    other_half_gain: Estimate
    other_half_best_gain: Estimate
    other_half_loss: Estimate
    share_within_margin: float
    k_range: tuple[int, int, int]
    splits: int
    resamples: int
    unit: str
    units: int
    pairs: int
    half_width: float
    needed_units: int
    needed_pairs: int


def reasons(result: Recommendation) -> list[str]:
    """Return sentences made of the numbers of a recommendation only: the answer first, then what it rests on."""
    return [_answer(result), *_evidence(result), _other_half(result), _needed(result)]


def how_decided(result: Recommendation) -> list[str]:
    """Return how a recommendation is come to, in sentences for people."""
    said = [
        f"Scores of {result.candidates} numbers of directions are taken again over {result.resamples:,} random "
        f"resamples of the {result.unit} (drawn with replacement; all candidates on the same resample), which gives "
        "the 95 % intervals.",
        "Looking for the best and reporting it on the same data flatters it. So a number is chosen on one half of the "
        f"{result.unit} and reported on the other, over {result.splits} random splits. Only if the best of one half "
        "beats all directions on the other, beyond its interval, is anything recommended.",
        "Then the smallest number is taken that, like all larger ones up to the best, is shown to lose at most "
        f"{result.margin:g} points against the best: the lower end of the interval of the difference says so.",
    ]
    if result.unit == "texts" and result.pairs != result.units:
        said.append(
            "The pairs share texts, so the resampling unit is the text, not the pair: resampling the pairs would make "
            "every interval far too narrow."
        )
    return said


def _answer(result: Recommendation) -> str:
    if result.reason is Reason.RECOMMENDED:
        return (
            f"Keep {result.k} of {result.d} directions: the smallest number that, like all candidates from it to the "
            f"best ({result.best_k}), is within {result.margin:g} points of the best at 95 % confidence."
        )
    if result.reason is Reason.NOT_ABOVE_UNFILTERED or result.blocker_to_best is None:
        return (
            "Not enough data to tell: the best number of directions of one half gains "
            f"{_signed(result.other_half_best_gain)} points over unfiltered on the other, which does not exclude 0."
        )
    return (
        f"Not enough data to tell: {result.blocker} directions differ from the best ({result.best_k}) by "
        f"{_signed(result.blocker_to_best)} points, neither within {result.margin:g} points nor worse for certain."
    )


def _evidence(result: Recommendation) -> list[str]:
    sentences = [
        f"On all {_counted(result)}, unfiltered embeddings score {_plain(result.unfiltered)} and the best, "
        f"{result.best_k} directions, {_plain(result.best)}; it was searched for among {result.candidates} on the same "
        "data."
    ]
    if result.reason is Reason.RECOMMENDED:
        sentences.append(
            f"{result.k} directions score {_plain(result.chosen)}: {_signed(result.chosen_to_best)} to the best, "
            f"{_signed(result.chosen_to_unfiltered)} to unfiltered."
        )
    return sentences


def _other_half(result: Recommendation) -> str:
    low, middle, high = result.k_range
    return (
        f"Chosen on one half and reported on the other, over {result.splits} random splits: "
        f"{result.other_half.value:.1f} against {result.other_half_unfiltered.value:.1f} for unfiltered, a difference "
        f"of {_signed(result.other_half_gain)}; the choice was {low} to {high} directions in 80 % of the halves, "
        f"median {middle}, and within {result.margin:g} points of the best of its half in "
        f"{format_share(result.share_within_margin)}."
    )


def _needed(result: Recommendation) -> str:
    width = f"The deciding difference is known to ±{result.half_width:.2f} points"
    if result.half_width <= result.margin:
        return f"{width}, finer than the margin of {result.margin:g}."
    needed = f"{result.needed_units:,} {result.unit}"
    if result.needed_pairs != result.needed_units:
        needed += f" ({result.needed_pairs:,} pairs)"
    return (
        f"{width}; about {needed} would bring that to ±{result.margin:g}, if the width falls with the square root "
        f"of their number and they are drawn like these."
    )


def _counted(result: Recommendation) -> str:
    if result.pairs == result.units:
        return f"{result.units:,} {result.unit}"
    return f"{result.pairs:,} pairs of {result.units:,} {result.unit}"


def _plain(estimate: Estimate) -> str:
    return format_interval(estimate.value, estimate.low, estimate.high)


def _signed(estimate: Estimate) -> str:
    return format_interval(estimate.value, estimate.low, estimate.high, "+.1f")
