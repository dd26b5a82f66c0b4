"""How long the lists of the instrument are, and how much of a text a row holds; the browser is told."""

TOP_TOKENS = 12
"""Tokens of a list."""
NEAREST = 8
"""Neighbours that are joined by lines."""
RANKED = 20
"""Texts of a ranking."""
END_TOKENS = 5
"""Tokens that are shown of each end of a direction."""
LONGEST_TEXT = 160
"""Characters of a text."""
