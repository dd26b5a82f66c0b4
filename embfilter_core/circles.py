"""How often Python looks for circles among objects: seldom where a process of ours imports torch and transformers."""

import gc

SELDOM = 50_000
"""So many objects more than before: the two make many that stay, and looking through them time and again is a fifth of
what a short command takes."""


def look_seldom_for_circles() -> None:
    """Set it for this process, as only what owns the process may: the command line and the app, not an import."""
    gc.set_threshold(SELDOM)
