"""Everything that is done once on a machine: the offline assets, the spectrum, the embeddings of what is built in.

Asking whether it is done (`is_prepared`) loads neither torch nor transformers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from embfilter_core import __version__
from embfilter_core.assets.fetch import Report, prepare_assets
from embfilter_core.assets.places import assets_folder, assets_ready
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.progress import Progress
from embfilter_core.progress import report as report_progress
from embfilter_core.storage.arrays import embfilter_home, write_atomic
from embfilter_core.storage.embedding_store import store_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.embeddings.corpus_embeddings import TellTokens

Told = TypeVar("Told")
RECORD = "prepared.json"
RECIPE = 4
"""Raised whenever `prepare` makes something that an earlier one did not, so that it is run again."""


def is_prepared() -> bool:
    """Whether `prepare` has finished with this version and what it made is still there."""
    try:
        record = json.loads((assets_folder() / RECORD).read_text("utf-8"))
        version, recipe, files = record["version"], record["recipe"], record["files"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return False
    made = (version, recipe) == (__version__, RECIPE) and all((embfilter_home() / name).is_file() for name in files)
    return made and assets_ready()


def prepare(report: Report, progress: Progress | None = None) -> None:
    """Fetch and convert the assets, decompose the bundled backbone, embed everything built in.

    What is there already is verified and left alone, so an interrupted run is resumed.

    Args:
        report: Is given one line for each step.
        progress: Called with (texts done, texts in all) while a corpus is embedded.

    Raises:
        AssetError: An asset cannot be fetched or kept.
        BackboneError: The converted backbone cannot be loaded.
    """
    prepare_assets(report)
    from embfilter_core.backbones.loading import load_backbone
    from embfilter_core.embeddings.corpus_embeddings import embed_corpus
    from embfilter_core.embeddings.cost import embedding_cost
    from embfilter_core.spectral.decomposition import spectrum_path
    from embfilter_core.spectral.direction_tokens import direction_tokens_path

    backbone = load_backbone(BUNDLED.id)
    ends = backbone.direction_tokens.ids.shape[2]
    report(f"{BUNDLED.name}: {backbone.spectrum.d} singular directions in place, {ends} tokens at either end of each.")
    for corpus in built_in_corpora():
        prompt = backbone.default_prompt
        cost = embedding_cost(backbone, corpus, prompt)
        if cost.texts:
            report(f"Embedding {corpus.name} once ({cost.tokens:,} tokens, about {cost.seconds:.0f} s) ...")
        embed_corpus(backbone, corpus, prompt, progress)
        report(f"{corpus.name}: embedded.")
    name = backbone.fingerprint
    _record([spectrum_path(name), direction_tokens_path(name), store_path()])


def built_in_corpora() -> list[Corpus]:
    """Return every corpus that comes with the app, those of labelled data among them, each once."""
    from embfilter_core.data import built_in_tasks, corpora

    tasks = [task for name, task in built_in_tasks.BUILT_IN.items() if name not in corpora.BUILT_IN]
    return [*(corpus.load() for corpus in corpora.BUILT_IN.values()), *(task.load().corpus for task in tasks)]


def embed_for_every_prompt(
    backbone: Backbone, progress: Progress | None = None, told_tokens: TellTokens | None = None
) -> None:
    """Embed what is built in with every built-in prompt; what is there already is left alone.

    Args:
        backbone: The backbone.
        progress: Called with (texts done, texts in all), of those that were missing; False cancels.
        told_tokens: Called with (tokens done, tokens in all), as in `embed_corpus`.

    Raises:
        Cancelled: `progress` returned False; what was done is kept.
    """
    from embfilter_core.backbones.prompts import PROMPTS
    from embfilter_core.embeddings.corpus_embeddings import embed_corpus
    from embfilter_core.embeddings.cost import embedding_cost

    works = [(corpus, prompt) for prompt in PROMPTS.values() for corpus in built_in_corpora()]
    costs = [embedding_cost(backbone, *work) for work in works]
    texts, tokens = sum(cost.texts for cost in costs), sum(cost.tokens for cost in costs)
    report_progress(progress, 0, texts, "texts")
    done = done_tokens = 0
    for (corpus, prompt), cost in zip(works, costs, strict=True):
        if cost.texts:
            told = _from(progress, done - (len(corpus) - cost.texts), texts)
            embed_corpus(backbone, corpus, prompt, told, told_tokens=_from(told_tokens, done_tokens, tokens))
        done, done_tokens = done + cost.texts, done_tokens + cost.tokens


def _from(tell: Callable[[int, int], Told] | None, before: int, total: int) -> Callable[[int, int], Told] | None:
    """Return what tells the steps of a part to `tell`, to which those before it are added."""
    return None if tell is None else lambda done, _: tell(before + done, total)


def _record(files: list[Path]) -> None:
    names = [str(path.relative_to(embfilter_home())) for path in files]
    text = json.dumps({"version": __version__, "recipe": RECIPE, "files": names})
    write_atomic(assets_folder() / RECORD, lambda temporary: temporary.write_text(text, "utf-8"))
