"""`export --html`: the instrument on some texts, by one or several backbones, as a page of its own."""

import argparse
from typing import TYPE_CHECKING

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.cli.options import count_on_stderr, load, print_table
from embfilter_core.cli.reading import text_reader
from embfilter_core.cli.texts import add_reading_options, print_notes, read_corpus
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.handout.part import Part

NO_CORPUS, USUAL_CORPUS = "none", "lee-background"
TITLE = "What an embedding says, unfiltered and filtered"


def add_page_options(parser: argparse.ArgumentParser) -> None:
    """Add the texts of a page and what is written around them."""
    parser.add_argument("--text", action="append", default=[], help="a text of the page; may be given several times")
    parser.add_argument("--texts", metavar="FILE", help="texts of the page: a file as `embed` takes it, one text a row")
    parser.add_argument("--title", default=TITLE, help=f"title of the page (default: {TITLE})")
    parser.add_argument("--note", action="append", default=[], help="a paragraph below the title; may be given again")
    parser.add_argument(
        "--corpus",
        help="texts to index in a folder; in a page, where neighbours are looked for (lee-background), or none",
    )
    parser.add_argument("--column", help="column of the texts in a file; default: the one most like sentences")
    parser.add_argument("--id-column", metavar="COLUMN", help="column of ids; default: one called id, _id, doc_id, ...")
    add_reading_options(parser)


def run_page(options: argparse.Namespace) -> None:
    """Read the texts by every backbone and write the page."""
    from embfilter_core.handout.page import Written, check_views, handout_page

    options.backbones = list(dict.fromkeys(options.backbones or [BUNDLED.id]))
    texts, notes = _texts(options)
    check_views(len(texts), len(options.backbones))
    named = options.corpus or USUAL_CORPUS
    corpus = None if named == NO_CORPUS else read_corpus(named, options)
    _check_place(options)

    from embfilter_core.handout.facts import facts, sources
    from embfilter_core.handout.part import part_data

    made, stated = [], []
    rests_on: list[str] = []
    notices: list[str] = []
    for named in options.backbones:  # one after the other: two may not fit the memory together
        options.backbone = named
        part = _part(options, corpus)
        made.append(part_data(part, texts, count_on_stderr(f"Reading the texts by {named}")))
        stated.append(facts(part))
        rests_on += sources([part])
        notices += part.backbone.notices
    written = Written(options.title, options.note, stated, list(dict.fromkeys(rests_on)))
    page = handout_page(written, texts, made)
    try:
        options.html.write_text(page, "utf-8")
    except OSError as error:
        raise InputError(f"Cannot write {options.html}: {error.strerror or error}.", "Check the path.") from error
    _print_row(options, len(texts), len(page.encode()))
    options.notices = tuple(dict.fromkeys(notices))
    print_notes([*notes, *(corpus.notes if corpus else ())])


def _texts(options: argparse.Namespace) -> tuple[list[str], tuple[str, ...]]:
    """The texts of the page and what was left out of their file; the stored example where none is named."""
    from embfilter_core.stored_backbones.example import read_stored_example

    named = read_corpus(options.texts, options) if options.texts is not None else None
    texts = [*options.text, *(named.texts if named else ())]
    if not options.text and named is None:
        texts = [read_stored_example().text]
    return texts, named.notes if named else ()


def _check_place(options: argparse.Namespace) -> None:
    if not options.html.absolute().parent.is_dir():
        raise InputError(f"There is no folder {options.html.absolute().parent}.", "Name a file in one that is there.")


def _part(options: argparse.Namespace, corpus: "Corpus | None") -> "Part":
    from embfilter_core.handout.part import CUSTOM, Part
    from embfilter_core.handout.scores import stored_scores
    from embfilter_core.instrument.data import ReferenceCorpus
    from embfilter_core.lens.frequent_tokens import frequent_token_scores, reference_token_rates
    from embfilter_core.spectral.families import TAUS

    backbone, kept = load(options)
    reader = text_reader(options, backbone)
    reference = None
    if corpus is not None:
        reference = ReferenceCorpus(corpus, backbone.spectrum.coefficients(reader.corpus(corpus)))
    by_preset = options.band is None and options.keep is None and options.ratio in TAUS[1:]
    return Part(
        backbone=backbone,
        prompt=reader.prompt,
        layer=reader.layer,
        kept=kept,
        preset=options.preset if by_preset else CUSTOM,
        ratio=options.ratio,
        seed=options.seed,
        rates=reference_token_rates(backbone),
        reference=reference,
        centre=reader.mean,
        spectroscopy_scores=frequent_token_scores(backbone),
        scores=stored_scores(backbone, reader.prompt, reader.layer, options.centre),
    )


def _print_row(options: argparse.Namespace, texts: int, size: int) -> None:
    import pandas as pd

    row = {"file": str(options.html), "texts": texts, "backbones": len(options.backbones), "bytes": size}
    print_table(pd.DataFrame([row]), options.json)
