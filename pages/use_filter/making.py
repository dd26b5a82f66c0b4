"""Making an export: a job, and what it made."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from embfilter_core.errors import InputError
from embfilter_core.jobs.job import MODEL, Task
from embfilter_core.number_format import format_megabytes
from pages.cached.corpora import corpus_embeddings
from pages.frame import hosting

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.export.bundle import Exported
    from embfilter_core.export.chosen import ChosenFilter
    from embfilter_core.jobs.job import Told
    from pages.cached.loaded import LoadedView
    from pages.frame.decided import Decided

NAME = "embedfilter-export"
MOST_BYTES, MOST_HOSTED_BYTES = 400_000_000, 50_000_000
"""Of a .zip file, which is held in memory until it is fetched."""


@dataclass(frozen=True, eq=False)
class Made:
    """An export: the bytes of its .zip file, and what is in it."""

    zipped: bytes
    exported: Exported


def chosen_of(loaded: LoadedView, precision: str) -> ChosenFilter:
    """Return a view as it is exported."""
    from embfilter_core.export.chosen import Centre, ChosenFilter

    centre = None if loaded.centre is None else Centre(loaded.centre, loaded.corpus.name)
    return ChosenFilter(loaded.backbone, loaded.prompt, loaded.kept, loaded.embedder.layer, centre, precision)


def origin(about: Decided) -> str:
    """Return where a decision was measured, in a few words."""
    return "Measured before and stored with the app" if about.stored else "Measured in this session"


def task(loaded: LoadedView, precision: str, corpus: Corpus | None, about: Decided | None) -> Task[Made]:
    """Return what makes the export of a view, with what was decided about it."""
    measured = None if about is None else about.measured()

    def work(told: Told) -> Made:
        from embfilter_core.export.bundle import export_filter
        from embfilter_core.export.evidence import Evidence
        from embfilter_core.export.write_forms import IndexedCorpus
        from embfilter_core.report.record_page import record_page

        evidence = None
        if about is not None:
            start = loaded.backbone.bulk_start
            page = "" if measured is None else record_page(measured(), about.goal, origin(about), start)
            evidence = Evidence(about.goal, about.data, about.sentences, about.precision, about.stored, page)

        states = None if corpus is None else corpus_embeddings(loaded.embedder, corpus)
        if corpus is not None and states is None:
            raise InputError(f"The texts of {corpus.name} are not embedded.", "Load the page again.")
        indexed = None if corpus is None or states is None else IndexedCorpus(corpus, states)
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder, f"{NAME}.zip")
            exported = export_filter(chosen_of(loaded, precision), place, indexed, evidence, progress=told.in_stage)
            _check_size(place.stat().st_size)
            return Made(place.read_bytes(), exported)

    kept = loaded.kept.name, loaded.kept.indices.tobytes()
    said = None if about is None else (about.data, *about.sentences, measured is None)
    key = (*loaded.key, *kept, precision, None if corpus is None else corpus.id, said)
    return Task("export", key, "Making the export", work, MODEL)


def _check_size(size: int) -> None:
    most = MOST_HOSTED_BYTES if hosting.is_hosted() else MOST_BYTES
    if size > most:
        raise InputError(
            f"The export has {format_megabytes(size)}; a download here has at most {format_megabytes(most)}.",
            "Index fewer texts, or use the command line.",
        )
