"""Whether a GGUF file holds a language model that can be read, told from its header."""

import re

from embfilter_core.backbones.gguf.header import GgufHeader
from embfilter_core.backbones.hugging_face import GGUF_ARCHITECTURES
from embfilter_core.errors import BackboneError

NO_LANGUAGE_MODELS = {
    "clip": "the image encoder of a model of images and text",
    "mmproj": "the image encoder of a model of images and text",
    "t5": "an encoder-decoder",
    "t5encoder": "an encoder",
    "eurobert": "an encoder",
    "gemma-embedding": "an encoder",
    "llama-embed": "an encoder",
    "wavtokenizer-dec": "a decoder of sound",
    "flux": "a model of images",
    "sd1": "a model of images",
    "sd3": "a model of images",
    "sdxl": "a model of images",
    "wan": "a model of films",
}
"""What files of an architecture hold, by the name that they have for it; those of encoders end in `bert`."""
SCALED_AS_WRITTEN = ("gpt-oss",)
"""Architectures whose scaled positions transformers reads."""
_ENCODER = re.compile(r"bert(-[\w-]+)?$")


def refuse_unreadable(header: GgufHeader, name: str) -> None:
    """Raise BackboneError where a file is a part of one, holds no language model, or is of an unknown architecture."""
    if header.parts > 1:
        raise BackboneError(
            f"{name} is part {header.part} of {header.parts} of a model; one file is read, not several.",
            "Make one of them with `llama-gguf-split --merge FIRST.gguf WHOLE.gguf`, or choose a file that is whole.",
        )
    what = NO_LANGUAGE_MODELS.get(header.architecture)
    if what is None and _ENCODER.search(header.architecture):
        what = "an encoder"
    if what is not None:
        raise BackboneError(
            f"{name} is {what} ({header.architecture}), not a language model.", "Choose a causal language model."
        )
    if not header.architecture or not header.formats:
        raise BackboneError(f"{name} holds no model.", "Choose a GGUF file of a language model, or fetch it again.")
    if _plain(header.architecture) not in set(map(_plain, GGUF_ARCHITECTURES)):
        raise BackboneError(
            f"This version of transformers reads no GGUF file of the architecture {header.architecture[:40]}.",
            "Choose the same model as a folder or hub id with .safetensors files.",
        )
    if header.scaling and header.architecture not in SCALED_AS_WRITTEN:
        raise BackboneError(
            f"The positions of {name} are scaled ({header.scaling[:20]}), which transformers leaves out of such files.",
            "Choose the same model as a folder or hub id with .safetensors files.",
        )


def _plain(architecture: str) -> str:
    """An architecture without what its names differ in: `qwen2moe` is `qwen2_moe` too."""
    return re.sub(r"[^a-z0-9]", "", architecture.lower())
