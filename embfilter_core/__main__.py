"""`python -m embfilter_core`."""

import gc
import sys

from embfilter_core.cli import main

SELDOM = 200_000
"""So many objects more than before, and circles are looked for: importing torch and transformers makes many that stay,
and looking through them time and again is a quarter of what a short command takes."""

if __name__ == "__main__":
    gc.set_threshold(SELDOM)
    code = main()
    gc.freeze()  # the end of the process frees all of it without looking for circles
    sys.exit(code)
