"""Making a stored backbone of a loaded one: its texts are read once, and everything else follows from their states."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core import __version__
from embfilter_core.backbones.prompts import CUSTOM
from embfilter_core.claims import Reading, what_lists_show
from embfilter_core.errors import InputError
from embfilter_core.lens.corpus_evidence import TEXTS
from embfilter_core.progress import within
from embfilter_core.stored_backbones.finding import find, own_counts, readings_of, spectroscopy
from embfilter_core.stored_backbones.limits import MAX_CHARACTERS, MAX_TEXTS
from embfilter_core.stored_backbones.making_parts import make_parts
from embfilter_core.stored_backbones.making_texts import make_material
from embfilter_core.stored_backbones.measuring import check_tasks, known_curves, measure_curve
from embfilter_core.stored_backbones.source import Source, read_source
from embfilter_core.stored_backbones.stored_backbone import Findings, StoredBackbone, StoredText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.data.tasks import Task
    from embfilter_core.lens.corpus_evidence import CorpusEvidence
    from embfilter_core.progress import StagedProgress
    from embfilter_core.stored_backbones.material import Material

READING, MEASURING = "reading the texts", "reading the labelled data"
LOOKING, SHOWING = "reading their tokens", "finding what bands show"


@dataclass(frozen=True)
class Described:
    """What is said of a backbone where its file cannot tell; what is empty is taken from the catalogue.

    Attributes:
        name: Name for people.
        hub_id: Repository on the Hugging Face hub.
        revision: Commit of it.
        licence: Licence of the weights.
        quirk: A sentence on what is unlike others.
        parameters: Number of weights, where its file holds a matrix twice; 0 for those that were loaded.
    """

    name: str = ""
    hub_id: str = ""
    revision: str = ""
    licence: str = ""
    quirk: str = ""
    parameters: int = 0


def make_stored(
    backbone: Backbone,
    prompt: str | Prompt | None = None,
    layer: int | None = None,
    corpus: Corpus | None = None,
    positions: Sequence[int] | None = None,
    described: Described | None = None,
    progress: StagedProgress | None = None,
    counted: Corpus | None = None,
    tasks: Sequence[Task] = (),
) -> Material:
    """Make what a stored backbone is written from; `write_stored` writes it.

    Args:
        backbone: Any loaded backbone.
        prompt: Id, template with `{text}`, or Prompt; the backbone's default where it is None.
        layer: 0 (the token embeddings) to L; the last where it is None.
        corpus: The reference corpus; the Lee background documents where it is None.
        positions: Places of the texts that are shown, among the first 100 of the corpus; by default the typical one,
            and others evenly spread.
        described: What is said of it where its file cannot tell.
        progress: Told the stage and how far it is; returning False cancels.
        counted: The corpus in which tokens are counted, where that is another.
        tasks: Labelled data that its quality is measured on, beside the data sets whose curves come with the app.

    Raises:
        InputError: The corpus, the texts, the prompt or the labelled data cannot be used.
        Cancelled: `progress` returned False; the embeddings that were made are kept.
    """
    check_tasks(tasks)
    source = read_source(backbone, prompt, layer, corpus, within(progress, READING), counted)
    measured = [measure_curve(source, task, within(progress, MEASURING)) for task in tasks]
    scores, r_squared = spectroscopy(backbone, source.counts)
    curves = [*known_curves(source), *measured]
    parts, evidence = make_parts(source, scores, curves, within(progress, LOOKING))
    readings = readings_of(backbone, source.embeddings, source.mean, source.kept)
    own = own_counts(backbone, source.texts[:TEXTS], readings, source.rates)
    coefficients = source.reference.coefficients
    findings = find(backbone, coefficients, readings, own, source.rates, scores, r_squared)
    shown = shown_places(evidence, positions, source.texts)
    texts = tuple(StoredText(source.texts[i], i, _own(own, i)) for i in shown)
    stored = _described(source, described or Described(), texts, findings)
    return make_material(source, parts, stored, shown, within(progress, SHOWING))


def shown_places(evidence: CorpusEvidence, positions: Sequence[int] | None, texts: Sequence[str]) -> list[int]:
    """Return the places of the texts that are shown: the most typical first, the others in the order of the corpus.

    Without a choice of positions: the typical one of those that were read, and others evenly spread over these.

    Raises:
        InputError: There are too many, one is not among those that were read, or is too long.
    """
    if positions is None:
        spread = np.linspace(0, evidence.texts - 1, min(MAX_TEXTS - 1, evidence.texts)).round().astype(int)
        positions = sorted({evidence.typical(), *spread.tolist()})[:MAX_TEXTS]
    if not 1 <= len(positions) <= MAX_TEXTS or not set(positions) <= set(range(evidence.texts)):
        raise InputError(
            f"The texts at {list(positions)[:5]} ... cannot be shown.",
            f"Name 1 to {MAX_TEXTS} of the first {evidence.texts}, counted from 0.",
        )
    longest = max(positions, key=lambda place: len(texts[place]))
    if len(texts[longest]) > MAX_CHARACTERS:
        raise InputError(
            f"Text {longest + 1} has {len(texts[longest]):,} characters; {MAX_CHARACTERS:,} can be stored.", "Cut it."
        )
    first = min(positions, key=lambda place: (evidence.distances()[place], place))
    return [first, *(place for place in sorted(set(positions)) if place != first)]


def _own(own: dict[str, np.ndarray], place: int) -> tuple[int, int, int]:
    return int(own["unfiltered"][place]), int(own["kept"][place]), int(own["centred"][place])


def _described(
    source: Source, described: Described, texts: tuple[StoredText, ...], findings: Findings
) -> StoredBackbone:
    backbone, entry, corpus = source.backbone, source.backbone.entry, source.reference.corpus
    architecture = backbone.architecture
    reading = Reading(source.prompt, source.layer, architecture.layers, False, source.kept)
    custom = source.prompt.id == CUSTOM
    return StoredBackbone(
        name=described.name or backbone.name,
        hub_id=described.hub_id or (entry.hub_id if entry else ""),
        revision=described.revision or (entry.revision or "" if entry else ""),
        licence=described.licence or (entry.licence if entry else ""),
        fingerprint=backbone.fingerprint,
        family=architecture.kind,
        d=backbone.d,
        vocab_size=backbone.vocab_size,
        layers=architecture.layers,
        parameters=described.parameters or backbone.weights.parameters,
        dtype=backbone.dtype,
        quirk=described.quirk or (entry.quirk if entry else ""),
        prompt=source.prompt.template if custom else source.prompt.id,
        prompt_name=source.prompt.name,
        lists=what_lists_show(reading),
        layer=backbone.layer_number(source.layer),
        corpus=corpus.name,
        corpus_source=corpus.source,
        corpus_texts=len(corpus),
        head_error=backbone.head_error_on(texts[0].text, source.prompt),
        logit_error=0.0,
        cosine_error=0.0,
        texts=texts,
        findings=findings,
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        version=__version__,
    )
