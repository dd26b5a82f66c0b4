"""What the instrument is told of its own look, and the terms that it uses, wherever it is drawn."""

from embfilter_core.figures.palette import DEEP_BLUE, RATE_ENDS, RATE_SCALE
from embfilter_core.instrument.lengths import NEAREST, TOP_TOKENS
from embfilter_core.vocabulary.token_frequency import FREQUENT_TOKENS, RATE_FLOOR

TERMS = ("direction", "singular value", "energy", "logit", "frequent token", "␣ and ⏎", "bulk", "τ")
"""Of the glossary, which the instrument uses."""
LOOK = {
    "top": TOP_TOKENS,
    "nearest": NEAREST,
    "frequentTokens": FREQUENT_TOKENS,
    "scale": {"colours": RATE_SCALE, "ends": RATE_ENDS, "floor": RATE_FLOOR},
    "blue": DEEP_BLUE,
}
