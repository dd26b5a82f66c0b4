"""`export`: the chosen filter for other programs, or a page of HTML for someone without the app."""

import argparse
from pathlib import Path

from embfilter_core.cli.export_filter import add_folder_options, run_folder
from embfilter_core.cli.export_html import add_page_options, run_page
from embfilter_core.cli.options import Verbs, add_filter_options
from embfilter_core.errors import InputError


def add_parser(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("export", help="the filter for other programs, with its proof; or a page of HTML")
    parser.add_argument("out", type=Path, nargs="?", help="folder to write, or a .zip file; must not be there yet")
    add_folder_options(parser)
    parser.add_argument("--html", type=Path, metavar="FILE", help="write texts as a page for someone without the app")
    add_page_options(parser)
    add_filter_options(parser, default="bulk", several_backbones=True)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Write a folder, or a page."""
    if (options.out is None) == (options.html is None):
        raise InputError("What is to be written?", "Name a folder or a .zip file, or a page with --html.")
    if options.html is not None:
        run_page(options)
    else:
        run_folder(options)
