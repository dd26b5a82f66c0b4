"""The command line: `python -m embfilter_core assets | embed | lens | spectrum`.

Every verb prints a table, or JSON with `--json`; bad input ends with exit code 2
and one line that says what was wrong. Heavy modules are imported by the verb that
needs them, so that `--help` and errors come at once.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from embfilter_core import __version__
from embfilter_core.backbones.catalogue import BUNDLED, CATALOGUE
from embfilter_core.errors import EmbFilterError, InputError
from embfilter_core.spectral.presets import PRESETS, choose_directions

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.spectral.selection import KeptDirections


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except EmbFilterError as error:
        print(f"embfilter_core {options.verb}: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m embfilter_core", description="EmbedFilter from the command line.")
    parser.add_argument("--version", action="version", version=__version__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    assets = verbs.add_parser("assets", help="fetch, verify and prepare everything that works offline")
    assets.set_defaults(run=_assets)

    embed = verbs.add_parser("embed", help="a file with one text a line -> Parquet with text and embedding")
    embed.add_argument("texts", type=Path, help="UTF-8 text file, one text a line; empty lines are skipped")
    embed.add_argument("out", type=Path, help="Parquet file to write")
    _add_filter_options(embed, default="everything")
    embed.set_defaults(run=_embed)

    lens = verbs.add_parser("lens", help="the tokens that texts speak, before and after the filter")
    lens.add_argument("texts", nargs="+", help="one or several texts, quoted")
    lens.add_argument("--top", type=int, default=10, help="tokens in each list (default 10)")
    _add_filter_options(lens, default="bulk")
    lens.set_defaults(run=_lens)

    spectrum = verbs.add_parser("spectrum", help="singular values of the unembedding matrix")
    spectrum.add_argument("--top", type=int, default=8, help="values to print at either end (default 8)")
    _add_backbone_options(spectrum)
    spectrum.set_defaults(run=_spectrum)
    return parser


def _add_backbone_options(parser: argparse.ArgumentParser) -> None:
    named = ", ".join(CATALOGUE)
    parser.add_argument("--backbone", default=BUNDLED.id, help=f"{named}, a hub id, a folder or a .gguf file")
    parser.add_argument("--dtype", default="float32", help="float32 (default) or bfloat16 where it is native")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def _add_filter_options(parser: argparse.ArgumentParser, default: str) -> None:
    _add_backbone_options(parser)
    parser.add_argument("--prompt", help="id of a prompt, or a template with {text}; default: the backbone's own")
    parser.add_argument("--preset", default=default, help=f"{', '.join(PRESETS)} (default {default})")
    parser.add_argument("--ratio", type=int, default=2, help="tau: keep d // ratio directions (default 2)")
    parser.add_argument("--keep", type=int, help="number of directions to keep, instead of --ratio")
    parser.add_argument("--band", type=int, nargs=2, metavar=("START", "STOP"), help="keep directions START .. STOP-1")
    parser.add_argument("--seed", type=int, default=0, help="seed of the preset random (default 0)")


def _assets(options: argparse.Namespace) -> None:
    from embfilter_core.data.preparation import prepare

    prepare(lambda line: print(line, flush=True), _print_progress)


def _embed(options: argparse.Namespace) -> None:
    import pandas as pd

    from embfilter_core import EmbedFilter

    texts = _read_texts(options.texts)
    backbone, kept = _load(options)
    prompt = options.prompt or backbone.default_prompt
    embeddings = EmbedFilter(backbone.spectrum, kept, prompt).reduce(backbone.embed(texts, prompt, _print_progress))
    table = pd.DataFrame({"text": texts, "embedding": list(embeddings)})
    table.attrs = {"backbone": backbone.fingerprint, "prompt": prompt, "kept": kept.describe(), "version": __version__}
    try:
        table.to_parquet(options.out)
    except OSError as error:
        raise InputError(f"Cannot write {options.out}: {error.strerror or error}.", "Choose another place.") from error
    row = {"file": str(options.out), "texts": len(texts), "dimensions": embeddings.shape[1], "kept": kept.describe()}
    _print(pd.DataFrame([row]), options.json)


def _lens(options: argparse.Namespace) -> None:
    from embfilter_core import EmbedFilter, compare_lenses
    from embfilter_core.export.tables import lens_table

    backbone, kept = _load(options)
    embeddings = backbone.embed(options.texts, options.prompt)
    filtered = EmbedFilter(backbone.spectrum, kept).project(embeddings)
    comparison = compare_lenses(backbone, embeddings, filtered, options.top)
    _print(lens_table(comparison, backbone.token_texts), options.json)


def _spectrum(options: argparse.Namespace) -> None:
    import pandas as pd

    from embfilter_core import load_backbone

    spectrum = load_backbone(options.backbone, options.dtype).spectrum
    table = pd.DataFrame({"direction": range(spectrum.d), "singular_value": spectrum.singular_values})
    if options.top < 1:
        raise InputError(f"Cannot print {options.top} values.", "Use --top 1 or more.")
    ends = (table["direction"] < options.top) | (table["direction"] >= spectrum.d - options.top)
    _print(table if options.json else table[ends], options.json)


def _load(options: argparse.Namespace) -> tuple["Backbone", "KeptDirections"]:
    if options.preset not in PRESETS:
        raise InputError(f"Unknown preset {options.preset!r}.", f"Use one of {', '.join(PRESETS)}.")
    from embfilter_core import KeptDirections, load_backbone

    backbone = load_backbone(options.backbone, options.dtype)
    if options.band:
        return backbone, KeptDirections.band(backbone.d, *options.band)
    dpi = None
    if options.preset == "quiet":
        from embfilter_core.lens.paper_scores import paper_scores

        dpi = paper_scores(backbone)
    return backbone, choose_directions(
        options.preset, backbone.d, options.ratio, options.keep, options.seed, backbone.bulk_start, dpi
    )


def _read_texts(path: Path) -> list[str]:
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror or error}.", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from error
    texts = [line.strip() for line in lines if line.strip()]
    if not texts:
        raise InputError(f"{path} has no text.", "Write one text a line.")
    return texts


def _print(table: "pd.DataFrame", as_json: bool) -> None:
    if as_json:
        print(json.dumps(json.loads(table.to_json(orient="records", double_precision=15)), ensure_ascii=False))
    else:
        print(table.to_string(index=False, max_colwidth=40, float_format=lambda value: f"{value:.4g}"))


def _print_progress(done: int, total: int) -> None:
    """Count on standard error, on one line, where somebody watches."""
    if sys.stderr.isatty():
        print(f"\r{done} of {total} texts", end="\n" if done == total else "", file=sys.stderr, flush=True)
