"""How large a stored backbone may be: what is written keeps to it, and what somebody hands on is refused beyond it."""

MAX_FILE_BYTES = 6_000_000
MAX_UNPACKED_BYTES = 60_000_000
MAX_HEADER_BYTES = 4_000_000
"""Of what a member holds besides arrays: as objects it takes many times as much memory."""
MAX_TEXTS = 24
MAX_CHARACTERS = 20_000
"""Of a text that is shown; longer ones are not stored."""
MAX_D = 32_768
MAX_TOKENS = 60_000
"""Different tokens that its texts bring into lists."""
MAX_CURVES = 10
"""Data sets on which its quality was measured."""
MAX_CORPUS = 2_000
"""Texts of its reference corpus."""
