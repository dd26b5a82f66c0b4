"""Reading the weights of the bundled backbone from converted safetensors against from its GGUF file."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

from embfilter_core.assets.places import MODEL_WHEEL, bundled_gguf, bundled_model_folder, bundled_model_ready
from embfilter_core.assets.wheels import has_size
from embfilter_core.errors import AssetError
from tests.bench.measure import Check, Comparison, interleave

Weights = dict[str, torch.Tensor]


def compare_reload() -> Iterator[Comparison]:
    """`from_pretrained` of the folder against the same of the GGUF file; the model only, no tokenizer."""
    gguf = bundled_gguf()
    if not (bundled_model_ready() and has_size(gguf, MODEL_WHEEL.files[0].size)):
        raise AssetError(
            "The bundled backbone or its GGUF file is not in place.", "Run `python -m embfilter_core assets`."
        )
    ways = {
        "gguf": lambda: _weights(gguf.parent, gguf_file=gguf.name),
        "safetensors": lambda: _weights(bundled_model_folder()),
    }
    for warm_up in ways.values():
        warm_up()
    timings = interleave(ways)
    yield Comparison(
        f"from the GGUF file ({timings.typical('gguf')}) over from safetensors ({timings.typical('safetensors')}), "
        "a new model each time, both files in the file cache, every weight read once",
        timings.ratio("gguf", "safetensors"),
        (_identical(timings.results["gguf"], timings.results["safetensors"]),),
    )


def _weights(folder: Path, **place: str) -> Weights:
    with contextlib.redirect_stderr(io.StringIO()):  # progress bars
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True, **place)
    weights = {name: parameter.detach() for name, parameter in model.named_parameters()}
    for weight in weights.values():
        weight.sum()  # safetensors are mapped: without this, reading them would not be timed
    return weights


def _identical(ours: Weights, theirs: Weights) -> Check:
    same = ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)
    return Check(f"all {len(ours)} parameters identical bit for bit", same)
