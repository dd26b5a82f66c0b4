"""`python -m embfilter_core`."""

import sys

from embfilter_core.cli import main

sys.exit(main())
