"""`make families`: load a tiny random model of every family as a user's own, and write what came out into README."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import torch
from transformers.utils import logging

from tests.families import ALL_CONFIGS
from tests.families.table import README, Row, row_of, written


def main(families: list[str]) -> int:
    """Print a row for each family; of all families, write them into README as well."""
    logging.set_verbosity_error()
    torch.set_num_threads(1)  # the products are tiny
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for family in families or ALL_CONFIGS:
            logging.disable_progress_bar()  # loading turns it on again
            rows.append(row_of(family, Path(folder)))
            print(rows[-1].line(), flush=True)
    if not families:
        README.write_text(written(README.read_text("utf-8"), rows), "utf-8")
    return 0


sys.exit(main(sys.argv[1:]))
