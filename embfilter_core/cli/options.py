"""What verbs share: options of the backbone and the filter, loading, printing."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.backbones.device_names import DEVICES, DTYPES
from embfilter_core.spectral.presets import PRESETS, choose_directions, find_preset
from embfilter_core.spectral.selection import START_MEANS, STOP_MEANS

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.progress import Progress, StagedProgress
    from embfilter_core.spectral.selection import KeptDirections

Verbs = argparse._SubParsersAction
BACKBONES = "a name that `preflight` lists, a hub id, a folder or a .gguf file"
BEGIN_LINE = "\r\x1b[K"
"""Goes to the beginning of the line of a terminal and empties it."""


def add_backbone_options(parser: argparse.ArgumentParser, several: bool = False) -> None:
    """Add `--backbone`, `--dtype`, `--device` and `--json`; of `several` backbones the names are `backbones`."""
    named = f"{BACKBONES} (default {BUNDLED.id})"
    if several:
        parser.add_argument(
            "--backbone", action="append", dest="backbones", help=f"{named}; may be given several times"
        )
    else:
        parser.add_argument("--backbone", default=BUNDLED.id, help=named)
    add_device_options(parser)


def add_device_options(parser: argparse.ArgumentParser) -> None:
    """Add `--dtype`, `--device` and `--json`."""
    dtypes = " or ".join(DTYPES[1:])
    parser.add_argument("--dtype", default=DTYPES[0], help=f"{DTYPES[0]} (default), or {dtypes} where it is native")
    meanings = ", ".join(f"{name}: {meaning}" for name, meaning in DEVICES.items())
    parser.add_argument("--device", default="auto", help=f"{meanings} (default auto)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.set_defaults(notices=())


def add_filter_options(parser: argparse.ArgumentParser, default: str, several_backbones: bool = False) -> None:
    """Add the backbone's options, how texts are read, and what `load` needs to choose the kept directions."""
    add_backbone_options(parser, several_backbones)
    add_text_reading_options(parser)
    parser.add_argument("--preset", default=default, help=f"{', '.join(PRESETS)} (default {default})")
    parser.add_argument("--ratio", type=int, default=2, help="tau: keep d // ratio directions (default 2)")
    parser.add_argument("--keep", type=int, help="number of directions to keep, instead of --ratio")
    parser.add_argument(
        "--band",
        type=int,
        nargs=2,
        metavar=("START", "STOP"),
        help=f"keep a band: START is the {START_MEANS}; STOP is the {STOP_MEANS}",
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of the preset random (default 0)")


def add_text_reading_options(parser: argparse.ArgumentParser) -> None:
    """Add `--prompt`, `--pooling`, `--layer` and `--centre`: how `text_reader` makes embeddings."""
    parser.add_argument("--prompt", help="id of a prompt, or a template with {text}; default: the backbone's own")
    parser.add_argument("--pooling", choices=("last", "mean"), help="of a template: its last token (default) or all")
    parser.add_argument("--layer", type=int, help="0 (the token embeddings) to the last, which is the default")
    parser.add_argument("--centre", action="store_true", help="subtract the mean embedding of the Lee news first")


def load_named(options: argparse.Namespace) -> "Backbone":
    """Load the backbone that the options name; what is to be said of it is left in `options.notices`.

    Raises:
        BackboneError: It cannot be loaded.
    """
    from embfilter_core import load_backbone

    with stages_on_stderr() as progress:
        backbone = load_backbone(options.backbone, options.dtype, options.device, progress)
    options.notices = backbone.notices
    return backbone


def load(options: argparse.Namespace) -> tuple["Backbone", "KeptDirections"]:
    """Load the backbone and choose the directions that the filter options name.

    Raises:
        InputError: The preset does not exist, or the backbone has no such directions.
        BackboneError: The backbone cannot be loaded.
    """
    find_preset(options.preset)  # refused before anything is read
    backbone = load_named(options)
    return backbone, choose_kept(options, backbone)


def choose_kept(options: argparse.Namespace, backbone: "Backbone") -> "KeptDirections":
    """Return the directions of a backbone that the filter options name.

    Raises:
        InputError: The preset does not exist, or the backbone has no such directions.
        AssetError: The preset needs the reference corpus, which is not installed.
    """
    from embfilter_core import KeptDirections

    preset = find_preset(options.preset)
    if options.band:
        return KeptDirections.band(backbone.d, *options.band)
    spectroscopy_scores = None
    if preset.needs == "scores":
        from embfilter_core.lens.frequent_tokens import frequent_token_scores

        spectroscopy_scores = frequent_token_scores(backbone)
    return choose_directions(
        preset.id, backbone.d, options.ratio, options.keep, options.seed, backbone.bulk_start, spectroscopy_scores
    )


def print_table(table: "pd.DataFrame", as_json: bool, widest: int = 40) -> None:
    """Print a table for people, or as JSON with every digit and null for what is missing."""
    if as_json:
        print(json.dumps(json.loads(table.to_json(orient="records", double_precision=15)), ensure_ascii=False))
    else:
        print(table.to_string(index=False, max_colwidth=widest, float_format=lambda value: f"{value:.4g}"))


def print_progress(done: int, total: int) -> None:
    """Count on standard error, on one line, where somebody watches."""
    if sys.stderr.isatty():
        print(f"\r{done} of {total} texts", end="\n" if done == total else "", file=sys.stderr, flush=True)


@contextmanager
def stages_on_stderr() -> Iterator["StagedProgress | None"]:
    """A progress that says on standard error, on one line, what is done now, where somebody watches; else None."""

    def show(stage: str, done: int, total: int) -> None:
        share = f": {100 * done // total} %" if total else ""
        print(f"{BEGIN_LINE}{stage}{share}", end="", file=sys.stderr, flush=True)

    if not sys.stderr.isatty():
        yield None
        return
    try:
        yield show
    finally:
        print(BEGIN_LINE, end="", file=sys.stderr, flush=True)


def count_on_stderr(what: str) -> "Progress":
    """A progress that counts on standard error, where somebody watches."""

    def show(done: int, total: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{what}: {done} of {total}", end="\n" if done == total else "", file=sys.stderr, flush=True)

    return show
