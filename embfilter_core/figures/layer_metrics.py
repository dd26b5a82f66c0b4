"""What can be drawn over the layers, by the names that pages and addresses use: nothing of it is listed elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log, log10

from embfilter_core.vocabulary.token_frequency import COUNTED_TOKENS, FREQUENT_TOKENS


@dataclass(frozen=True)
class Metric:
    """One way to colour the map; brighter always means nearer to what the model ends with, or surer.

    Attributes:
        label: What it is, with its unit.
        column: Column of `layers_table`.
        limits: Lowest and highest colour by |V|; a colour bar that stays makes maps comparable.
        low_is_bright: Whether small values are bright.
    """

    label: str
    column: str
    limits: Callable[[int], tuple[float, float]]
    low_is_bright: bool


METRICS: dict[str, Metric] = {
    "probability": Metric("probability of the top token", "probability", lambda rows: (0.0, 1.0), False),
    "rank": Metric("rank of the final token", "final_rank", lambda rows: (0.0, log10(rows)), True),
    "log-probability": Metric(
        "log-probability of the final token (nats)", "final_log_probability", lambda rows: (-2 * log(rows), 0.0), False
    ),
    "entropy": Metric("entropy (nats)", "entropy", lambda rows: (0.0, log(rows)), True),
    "kl": Metric("KL from the last layer (nats)", "kl", lambda rows: (0.0, 2 * log(rows)), True),
}
"""Ranks are coloured by their logarithm. A uniform guess misses by log |V| nats, and inner layers that are sure of
something else by more: the colours of the last two end at twice that."""


@dataclass(frozen=True)
class Frequency:
    """One way to say how frequent the top tokens of a layer are.

    Attributes:
        label: What it is.
        column: Column of `depth_table`.
        limits: Range of its axis.
        is_share: Whether it is a share, written in per cent.
        explanation: How it is counted.
    """

    label: str
    column: str
    limits: tuple[float, float]
    is_share: bool
    explanation: str


FREQUENCIES: dict[str, Frequency] = {
    "frequent-share": Frequency(
        f"share of the top {COUNTED_TOKENS} that are frequent",
        "frequent_share",
        (0.0, 1.0),
        True,
        f"share of the top {COUNTED_TOKENS} that are among the {FREQUENT_TOKENS} most frequent tokens",
    ),
    "mean-zipf": Frequency(
        "mean Zipf (unknown pieces count 0)",
        "mean_zipf",
        (0.0, 8.0),
        False,
        f"mean over the alphabetic ones of the top {COUNTED_TOKENS}, unknown pieces counted as 0",
    ),
}
"""No word reaches a Zipf of 8."""

CURVES = ("rank", "probability", "logit")
"""Columns of `trajectory_table`: what can be drawn of followed tokens."""
