"""Turn a GGUF checkpoint into the folder of safetensors that loads in a second.

Run as `python -m embfilter_core.assets.convert_gguf SOURCE.gguf TARGET_FOLDER`: a
process of its own, so the memory of the conversion (over a gigabyte) is given
back and the libraries' progress bars stay out of the caller's output.
"""

import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel


def convert_gguf(source: Path, target: Path) -> None:
    """Write the model of a GGUF file, in float32, and its tokenizer to the folder `target`.

    Raises:
        OSError: The file cannot be read, or the folder cannot be written.
        ValueError: The file is not a GGUF checkpoint of an architecture transformers knows.
    """
    place = {"gguf_file": source.name, "local_files_only": True}
    tokenizer = AutoTokenizer.from_pretrained(source.parent, **place)
    model = AutoModelForCausalLM.from_pretrained(source.parent, dtype=torch.float32, **place)
    _drop_quantisation_marks(model)
    model.save_pretrained(target)
    tokenizer.save_pretrained(target)


def _drop_quantisation_marks(model: PreTrainedModel) -> None:
    # The weights are plain float32 by now, but transformers refuses to save a model marked as quantised.
    for holder, mark in (
        (model, "hf_quantizer"),
        (model, "is_quantized"),
        (model, "quantization_method"),
        (model.config, "quantization_config"),
    ):
        if hasattr(holder, mark):
            delattr(holder, mark)


if __name__ == "__main__":
    convert_gguf(Path(sys.argv[1]), Path(sys.argv[2]))
