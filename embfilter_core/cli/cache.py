"""`cache`: what is kept between runs, and how it is removed."""

import argparse
import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from embfilter_core.cli.options import Verbs
from embfilter_core.number_format import format_count, format_file_size

if TYPE_CHECKING:
    from embfilter_core.cache import Kept

DAY_S = 24 * 3600


def add_parser(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("cache", help="what is kept between runs: sizes, last use, removing")
    parser.add_argument("kind", nargs="?", help="list the entries of a kind, such as `converted`")
    parser.add_argument("--remove", metavar="NAME", help="remove an entry; the beginning of its name is enough")
    parser.add_argument("--remove-all", metavar="KIND", help="remove all entries of a kind")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """List the kinds, or the entries of one, or remove some."""
    from embfilter_core import cache
    from embfilter_core.errors import check_known

    if options.kind is not None:
        check_known("kind", options.kind, cache.KINDS)
    gone = None
    if options.remove is not None:
        gone = cache.remove_named(options.remove)
    elif options.remove_all is not None:
        gone = cache.remove_kind(options.remove_all)
    if gone is not None and options.json:
        _print_entries(gone, as_json=True)
    elif gone is not None:
        print(f"Removed {format_count(len(gone), 'entry', 'entries')}, {format_file_size(_bytes(gone))}.")
    else:
        _list(options)


def _list(options: argparse.Namespace) -> None:
    from embfilter_core import cache

    kept = cache.kept_files()
    if options.kind is not None or options.json:
        _print_entries([one for one in kept if options.kind in (None, one.kind)], options.json)
        return
    for kind in cache.KINDS.values():
        of_kind = [one for one in kept if one.kind == kind.id]
        print(_row(kind.id, of_kind) + f"  {kind.what}")
    print(_row("in all", kept))


def _print_entries(kept: list["Kept"], as_json: bool) -> None:
    if as_json:
        print(json.dumps([{**asdict(one), "path": str(one.path)} for one in kept], ensure_ascii=False))
        return
    for one in kept:
        print(f"{format_file_size(one.bytes):>10}  {_ago(one.used):>14}  {one.name}")


def _row(name: str, kept: list["Kept"]) -> str:
    used = _ago(max(one.used for one in kept)) if kept else "–"
    count = format_count(len(kept), "entry", "entries")
    return f"{name:<10}  {count:>13}  {format_file_size(_bytes(kept)):>10}  {used:>14}"


def _bytes(kept: list["Kept"]) -> int:
    return sum(one.bytes for one in kept)


def _ago(moment: float) -> str:
    days = int((time.time() - moment) / DAY_S)
    return "today" if days < 1 else f"{format_count(days, 'day')} ago"
