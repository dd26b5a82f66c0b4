"""What each colour means: the one palette of figures, pages and the band brush."""

# Okabe and Ito's palette without its black and yellow: told apart with any colour vision, and seen on a light and a
# dark page. BLUE, PURPLE and GREY are theirs made lighter or darker for that.
ORANGE, BLUE, GREEN, VERMILION = "#E69F00", "#2B8CC4", "#009E73", "#D55E00"
PURPLE, GREY, SKY, DEEP_BLUE, PINK = "#B8608F", "#8E959E", "#56B4E9", "#0072B2", "#CC79A7"
LIGHT, DARK, PALE, BLACK = "#FFFFFF", "#14181D", "#D9D9D9", "#000000"

KEPT, LEFT_OUT = BLUE, GREY
"""Singular directions."""
FILTERED, UNFILTERED = BLUE, GREY
"""Embeddings with and without the filter."""
OWN_TEXT, CORPUS, CORPUS_MEAN = ORANGE, BLUE, PURPLE
"""What is embedded."""
OTHER_MODEL = PURPLE
"""Vectors of another model than the backbone."""
FOUND = ORANGE
"""What was looked for, among other things."""
BEST = VERMILION
"""What measures best."""
GUIDE, ASIDE = GREY, GREY
"""Lines and bands that the rest is read by, and points that have no colour of their own."""
CATEGORIES = (ORANGE, SKY, GREEN, VERMILION, DEEP_BLUE, PINK)
"""Groups of texts."""
FOLLOWED = (ORANGE, BLUE, GREEN, VERMILION, PINK)
"""Texts that are followed from rank to rank."""
COMPARED = (ORANGE, GREEN, VERMILION, PURPLE, GREY)
"""Presets and baselines beside the filter."""
EARLIER = (VERMILION, GREEN, PURPLE)
"""Curves measured before."""
QUANTITIES = (BLUE, ORANGE, PURPLE, GREY)
"""Quantities over the layers."""
BACKBONES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
"""Backbones over one axis; the first two are the sides of a comparison."""
ABOVE_AND_BELOW = ((0.0, ORANGE), (0.5, PALE), (1.0, BLUE))
"""Colour scale of numbers around 0."""
RATE_SCALE = ("#2B3F7A", "#5B7BB0", "#9AA9B0", "#D9B65C", "#E69F00")
"""How frequent a token is, from the rarest to the most frequent: even steps, with any colour vision."""
RATE_ENDS = (-1.0, 4.6)
"""Ends of this scale, as powers of ten per million tokens."""
FREQUENT = RATE_SCALE[-1]
"""What counts frequent tokens."""
SIMILARITIES = "Cividis"
"""Colour scale of cosines and scores of bands: even in lightness, with any colour vision."""
LAYER_SCALE = "Viridis"
"""Colour scale of what is drawn by layer: even in lightness, with any colour vision."""
