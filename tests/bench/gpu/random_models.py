"""Random models in the shape of known ones, made on the device, and texts of a seeded length for them.

Speed does not depend on what the weights are, so nothing is fetched. The tokenizer has a
word for each token id: a text of n words is n tokens, for whoever tokenises it.
"""

from dataclasses import dataclass

import numpy as np
import torch
import transformers as hf
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoModelForCausalLM, PreTrainedConfig, PreTrainedTokenizerFast

from embfilter_core.backbones.architecture import describe
from embfilter_core.backbones.backbone import Backbone

PROMPT = "plain-last"


@dataclass(frozen=True)
class Shape:
    """A model without its weights.

    Attributes:
        name: What it is called in the table.
        config: Its configuration.
        texts: How many texts it is given.
        aim: Tokens a second that it should reach on an H100.
    """

    name: str
    config: PreTrainedConfig
    texts: int
    aim: int


def half_billion() -> Shape:
    """Qwen2.5-0.5B."""
    config = hf.Qwen2Config(
        vocab_size=151_936,
        hidden_size=896,
        intermediate_size=4864,
        num_hidden_layers=24,
        num_attention_heads=14,
        num_key_value_heads=2,
        max_position_embeddings=32_768,
        rope_theta=1e6,
        tie_word_embeddings=True,
    )
    return Shape("0.5 B", config, 20_000, 240_000)


def eight_billion() -> Shape:
    """Llama-3.1-8B."""
    config = hf.LlamaConfig(
        vocab_size=128_256,
        hidden_size=4096,
        intermediate_size=14_336,
        num_hidden_layers=32,
        num_attention_heads=32,
        num_key_value_heads=8,
        max_position_embeddings=131_072,
        rope_theta=5e5,
        tie_word_embeddings=False,
    )
    return Shape("8 B", config, 2500, 30_000)


def hundred_million() -> Shape:
    """SmolLM2-135M."""
    config = hf.LlamaConfig(
        vocab_size=49_152,
        hidden_size=576,
        intermediate_size=1536,
        num_hidden_layers=30,
        num_attention_heads=9,
        num_key_value_heads=3,
        max_position_embeddings=8192,
        rope_theta=1e5,
        tie_word_embeddings=True,
    )
    return Shape("135 M", config, 2000, 0)


def small() -> Shape:
    """A tiny model, to try the script itself on a processor."""
    config = hf.Qwen2Config(
        vocab_size=600,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        tie_word_embeddings=True,
    )
    return Shape("tiny", config, 40, 0)


def random_backbone(shape: Shape, device: torch.device, dtype: torch.dtype) -> Backbone:
    """A backbone with random weights on a device."""
    torch.manual_seed(0)
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(shape.config, dtype=dtype).eval().requires_grad_(False)
    return backbone_of(model, shape)


def backbone_of(model: torch.nn.Module, shape: Shape) -> Backbone:
    """A backbone around a model that is in memory."""
    name = f"random, {shape.name}"
    architecture, error = describe(model, name)
    fingerprint = name.replace(" ", "-")
    return Backbone(name, name, None, architecture, word_tokenizer(shape.config.vocab_size), fingerprint, error)


def word_tokenizer(vocabulary: int) -> PreTrainedTokenizerFast:
    """A tokenizer with a word for every id: w0, w1, ..."""
    special = ("<unk>", "<pad>", "</s>")  # not w0, w1, w2: those would be cut out of longer words
    words = {word: i for i, word in enumerate([*special, *(f"w{i}" for i in range(3, vocabulary))])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", pad_token="<pad>", eos_token="</s>", model_max_length=100_000
    )


def texts_for(shape: Shape, number: int | None = None) -> list[str]:
    """Texts of 8 to 512 tokens, log-normal about 90 of them, in no order."""
    random = np.random.default_rng(0)
    lengths = np.clip(random.lognormal(4.5, 0.7, number or shape.texts), 8, 512).astype(int)
    return [" ".join(f"w{i}" for i in random.integers(3, shape.config.vocab_size, length)) for length in lengths]
