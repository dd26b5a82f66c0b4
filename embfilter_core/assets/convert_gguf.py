"""Turn a GGUF checkpoint into a folder of safetensors that loads in a second.

Run as `python -m embfilter_core.assets.convert_gguf SOURCE.gguf TARGET_FOLDER`: a
process of its own, so the memory of the conversion (several times the file) is given
back, and ending the process ends the conversion at once. It tells how far it is on
standard output, a JSON list of stage, steps done and steps in all a line.
"""

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

import gguf
import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedConfig, PreTrainedModel
from transformers.utils import logging as transformers_logging

from embfilter_core.assets.gguf_reader import ShortReader
from embfilter_core.assets.rope_factors import restore_scaling

READING, UNPACKING, WRITING = "reading the header", "unpacking the weights", "writing the copy"
ROPE_FACTORS = "rope_freqs.weight"
SECONDS_BETWEEN = 0.1
CHUNK = 1 << 20
SHARD = "1GB"
"""So much is written between two signs of life."""

Tell = Callable[[str, int, int], None]


def convert_gguf(source: Path, target: Path, tell: Tell) -> None:
    """Write the model of a GGUF file and its tokenizer to the folder `target`, no number changed.

    Args:
        source: The file.
        target: A folder that is not there yet.
        tell: Told how far it is.

    Raises:
        OSError: The file cannot be read, or the folder cannot be written.
        ValueError: The file is not a GGUF checkpoint of an architecture transformers knows.
    """
    tell(READING, 0, 1)
    reader = _read_once(source, tell)
    place = {"gguf_file": source.name, "local_files_only": True}
    config = AutoConfig.from_pretrained(source.parent, **place)
    tokenizer = AutoTokenizer.from_pretrained(source.parent, **place)
    for tensor in reader.tensors:
        if tensor.name == ROPE_FACTORS:
            restore_scaling(config, tensor.data)
    model = _read_weights(source, config, reader)
    transformers_logging.set_tqdm_hook(lambda _, given, __: _Counted(given[0], lambda *far: tell(WRITING, *far)))
    model.save_pretrained(target, max_shard_size=SHARD)
    tokenizer.save_pretrained(target)


def _read_weights(source: Path, config: PreTrainedConfig, reader: ShortReader) -> PreTrainedModel:
    """The model, each weight in the smallest dtype that holds it.

    Raises:
        ValueError: The file lacks weights, or has some that the model has no place for.
    """
    read: Any = AutoModelForCausalLM.from_pretrained(
        source.parent,
        config=config,
        dtype=torch.float32,
        gguf_file=source.name,
        local_files_only=True,
        output_loading_info=True,
    )
    model: PreTrainedModel = read[0]
    report = read[1]
    missing = sorted(report["missing_keys"]) + sorted(str(key) for key in report["mismatched_keys"])
    if missing:
        raise ValueError(f"It lacks weights that a language model needs, {missing[0]} among them.")
    known = {tensor.data_ptr(): tensor.numel() for tensor in model.state_dict().values()}  # a tied matrix once
    unread = sum(tensor.n_elements for tensor in _of_the_model(reader, config)) - sum(known.values())
    if unread > 0:
        raise ValueError(f"It has {unread:,} weights that transformers has no place for.")
    _drop_quantisation_marks(model)
    for parameter in model.parameters():
        parameter.data = smallest_lossless(parameter.data)
    return model


def _of_the_model(reader: ShortReader, config: PreTrainedConfig) -> list[gguf.ReaderTensor]:
    """The tensors of a file without what the model computes itself, has twice, or uses to predict further tokens."""
    block = re.compile(r"blk\.(\d+)\.")
    return [
        tensor
        for tensor in reader.tensors
        if not tensor.name.startswith("rope_f")
        and not (tensor.name == "output.weight" and config.tie_word_embeddings)
        and not ((found := block.match(tensor.name)) and int(found[1]) >= config.num_hidden_layers)
    ]


def smallest_lossless(tensor: torch.Tensor) -> torch.Tensor:
    """Return a float32 tensor in bfloat16 or float16 where that holds each of its numbers, else as it is."""
    for dtype in (torch.bfloat16, torch.float16):
        parts = tensor.flatten().split(CHUNK)
        if all(torch.equal(part.to(dtype).to(part.dtype), part) for part in parts):
            return tensor.to(dtype)
    return tensor


class Teller:
    """Tells how far a work is, a line each time, and not more often than anybody looks.

    Args:
        stream: Where to.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._stage, self._told = stream, "", 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Tell it; a reader that is gone ends this process."""
        now = time.monotonic()
        if stage != self._stage or now - self._told >= SECONDS_BETWEEN:
            self._stage, self._told = stage, now
            print(json.dumps([stage, done, total]), file=self._stream, flush=True)


class _Counted:
    """Stands for a progress bar of transformers: goes through what it is given, and tells how far it is."""

    def __init__(self, steps: Iterable[Any], tell: Callable[[int, int], None]) -> None:
        self._steps, self._tell = list(steps), tell

    def __iter__(self) -> Iterator[Any]:
        for done, step in enumerate(self._steps):
            self._tell(done, len(self._steps))
            yield step


def _read_once(source: Path, tell: Tell) -> ShortReader:
    """Let transformers have one reading of the header wherever it would read it anew, and count what it unpacks.

    It asks the package gguf for both by their names, several times a load, and takes neither as an argument.
    """
    reader, unpack = ShortReader(source), gguf.dequantize
    total, done = sum(tensor.n_bytes for tensor in reader.tensors), 0

    def unpack_and_tell(data: Any, kind: gguf.GGMLQuantizationType) -> Any:  # noqa: ANN401 - arrays of any kind
        nonlocal done
        tell(UNPACKING, done, total)
        done += data.nbytes
        return unpack(data, kind)

    vars(gguf).update(GGUFReader=lambda *_: reader, dequantize=unpack_and_tell)
    transformers_logging.set_tqdm_hook(
        lambda _, given, __: _Counted(given[0], lambda *far: None if done else tell(UNPACKING, *far))
    )
    return reader


def _drop_quantisation_marks(model: PreTrainedModel) -> None:
    # The weights are plain numbers by now, but transformers refuses to save a model marked as quantised.
    for holder, mark in (
        (model, "hf_quantizer"),
        (model, "is_quantized"),
        (model, "quantization_method"),
        (model.config, "quantization_config"),
    ):
        if hasattr(holder, mark):
            delattr(holder, mark)


if __name__ == "__main__":
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no message
    convert_gguf(Path(sys.argv[1]), Path(sys.argv[2]), Teller(told))
