"""`python -m embfilter_core`."""

import gc
import sys

from embfilter_core.circles import look_seldom_for_circles
from embfilter_core.cli import main

if __name__ == "__main__":
    look_seldom_for_circles()
    code = main()
    gc.freeze()  # the end of the process frees all of it without looking for circles
    sys.exit(code)
