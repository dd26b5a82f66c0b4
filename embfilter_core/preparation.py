"""Everything that is done once on a machine: the offline assets, the spectrum, the embeddings of what is built in.

Asking whether it is done (`is_prepared`) loads neither torch nor transformers.
"""

import json
from pathlib import Path

from embfilter_core import __version__
from embfilter_core.assets.fetch import Report, prepare_assets
from embfilter_core.assets.places import assets_folder, assets_ready
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.progress import Progress
from embfilter_core.storage.arrays import embfilter_home, write_atomic
from embfilter_core.storage.embedding_store import store_path

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
    from embfilter_core.data import built_in_tasks, corpora
    from embfilter_core.embeddings.corpus_embeddings import embed_corpus
    from embfilter_core.embeddings.cost import embedding_cost
    from embfilter_core.spectral.decomposition import spectrum_path
    from embfilter_core.spectral.direction_tokens import direction_tokens_path

    backbone = load_backbone(BUNDLED.id)
    ends = backbone.direction_tokens.ids.shape[2]
    report(f"{BUNDLED.name}: {backbone.spectrum.d} singular directions in place, {ends} tokens at either end of each.")
    texts = [entry.load() for entry in corpora.BUILT_IN.values()]
    texts += [entry.load().corpus for name, entry in built_in_tasks.BUILT_IN.items() if name not in corpora.BUILT_IN]
    for corpus in texts:
        prompt = backbone.default_prompt
        cost = embedding_cost(backbone, corpus, prompt)
        if cost.texts:
            report(f"Embedding {corpus.name} once ({cost.tokens:,} tokens, about {cost.seconds:.0f} s) ...")
        embed_corpus(backbone, corpus, prompt, progress)
        report(f"{corpus.name}: embedded.")
    name = backbone.fingerprint
    _record([spectrum_path(name), direction_tokens_path(name), store_path()])


def _record(files: list[Path]) -> None:
    names = [str(path.relative_to(embfilter_home())) for path in files]
    text = json.dumps({"version": __version__, "recipe": RECIPE, "files": names})
    write_atomic(assets_folder() / RECORD, lambda temporary: temporary.write_text(text, "utf-8"))
