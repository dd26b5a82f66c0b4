"""What the Spectrum page says of its curves, live and stored."""

CURVES = (
    "Each step is one of the spectrum above, drawn at the mean over its directions. Δπ of a direction: how much the "
    "logits of the chosen tokens change when it is taken out of the average token; energy: its share of an embedding's "
    "squared length. The paper claims that Δπ of frequent tokens is high at both ends and low in the middle."
)
