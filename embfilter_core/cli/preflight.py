"""`preflight`: what a backbone is and needs, before anything of it is fetched."""

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from embfilter_core.cli.options import Verbs, print_table

if TYPE_CHECKING:
    import pandas as pd


def add_parser(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    about = "what a backbone is and needs, before anything of it is fetched; without a name, the catalogue"
    parser = verbs.add_parser("preflight", help=about, description=about)
    parser.add_argument("backbone", nargs="?", help="a name of the catalogue, a hub id, a folder or a .gguf file")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print sentences about one backbone, or the table of the catalogue."""
    if options.backbone is None:
        print_table(_catalogue(), options.json)
        return
    from embfilter_core import preflight
    from embfilter_core.backbones.preflight.sentences import describe

    told = preflight(options.backbone)
    print(json.dumps(asdict(told), ensure_ascii=False) if options.json else "\n".join(describe(told)))


def _catalogue() -> "pd.DataFrame":
    """The backbones offered by name, and in which dtypes each fits here."""
    import pandas as pd

    from embfilter_core.backbones.catalogue import CATALOGUE
    from embfilter_core.backbones.preflight.facts import facts_of_entry
    from embfilter_core.backbones.preflight.preflight import places_for
    from embfilter_core.number_format import format_bytes

    rows = []
    for entry in CATALOGUE.values():
        fitting = dict.fromkeys(place.dtype for place in places_for(facts_of_entry(entry)) if place.fits)
        rows.append(
            {
                "backbone": entry.id,
                "family": entry.family,
                "weights": entry.parameters,
                "d": entry.d,
                "tokens": entry.vocab_size,
                "fetches": format_bytes(entry.fetch_bytes) if entry.fetch_bytes else "nothing",
                "licence": f"{entry.licence}{', gated' if entry.gated else ''}",
                "fits_here_in": ", ".join(fitting) or "no dtype",
            }
        )
    return pd.DataFrame(rows)
