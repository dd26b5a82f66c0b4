"""`export`: a page of HTML for someone without the app."""

from pathlib import Path

from embfilter_core.cli.export_html import add_page_options, run_page
from embfilter_core.cli.options import Verbs, add_filter_options


def add_parser(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("export", help="texts -> a page of HTML for someone without the app")
    parser.add_argument("--html", type=Path, required=True, metavar="FILE", help="page of HTML to write")
    add_page_options(parser)
    add_filter_options(parser, default="bulk", several_backbones=True)
    parser.set_defaults(run=run_page)
