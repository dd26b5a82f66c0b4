"""Random tiny models of every family and two tiny tokenizers, so that tests need no download.

Each model has 2 layers, d = 32 (16 for `opt_projected`) and a few rows of its
unembedding matrix beyond the tokenizer's last token, as real checkpoints have.
"""

from pathlib import Path

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import (
    AutoModelForCausalLM,
    AutoModelForImageTextToText,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)
from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES

from tests.families import ALL_CONFIGS
from tests.families.common import FAMILY_CONFIGS
from tests.families.sizes import POSITIONS, ROWS

__all__ = ["FAMILY_CONFIGS", "POSITIONS", "ROWS", "byte_level_tokenizer", "save_tiny", "sentencepiece_tokenizer"]

BOS, EOS, PAD = "<s>", "</s>", "<pad>"
SPECIAL = (BOS, EOS, PAD)
WORDS = ("cat", "dog", "the", "sat", "sleeps", "word", "sentence", "one", "in", "on")
# Pieces that are hard to show: a tag, a zero-width space, a right-to-left override, half an emoji.
ODD_PIECES = ("<script>", "\u200b", "\u202e")
HALF_EMOJI = "🐈".encode()[:2]


def tiny_model(family: str, tied: bool | None = True, seed: int = 0) -> PreTrainedModel:
    """A random model of a family, its norm gains and biases random too, so that nothing passes by being 1 or 0.

    Its head is tied as the family's own configuration says where `tied` is None.
    """
    torch.manual_seed(seed)
    config = ALL_CONFIGS[family](**({} if tied is None else {"tie_word_embeddings": tied}))
    whole = config.model_type in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES
    model = (AutoModelForImageTextToText if whole else AutoModelForCausalLM).from_config(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.3 * torch.randn_like(parameter))
    return model.eval()


def save_tiny(
    folder: Path,
    family: str = "llama",
    tied: bool | None = True,
    tokenizer: PreTrainedTokenizerFast | None = None,
    seed: int = 0,
) -> Path:
    """Write a tiny model and its tokenizer to a folder, as `save_pretrained` does."""
    tiny_model(family, tied, seed).save_pretrained(folder)
    (tokenizer or byte_level_tokenizer()).save_pretrained(folder)
    return folder


def byte_level_tokenizer(bos: bool = True, eos: bool = False) -> PreTrainedTokenizerFast:
    """Byte-level BPE as GPT-2's: 256 bytes and a merged token for each word, with and without its leading space."""
    alphabet = byte_alphabet()
    vocabulary = [*SPECIAL, *(alphabet[byte] for byte in range(256))]
    merges: list[tuple[str, str]] = []
    pieces = [f" {word}".encode() for word in WORDS] + [word.encode() for word in WORDS]
    for piece in [*pieces, *(odd.encode() for odd in ODD_PIECES), HALF_EMOJI]:
        characters = [alphabet[byte] for byte in piece]
        for stop in range(1, len(characters)):
            merge = ("".join(characters[:stop]), characters[stop])
            if merge not in merges:
                merges.append(merge)
                vocabulary.append("".join(merge))
    vocab = {piece: i for i, piece in enumerate(dict.fromkeys(vocabulary))}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return _wrapped(tokenizer, bos, eos)


def sentencepiece_tokenizer(bos: bool = True, eos: bool = False) -> PreTrainedTokenizerFast:
    """Unigram with Metaspace and byte fallback, as SentencePiece models are converted."""
    letters = "abcdefghijklmnopqrstuvwxyz:.\"'{}0"
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    whole = [*(f"▁{word}" for word in WORDS), *WORDS, *ODD_PIECES]
    scores = [(piece, 0.0) for piece in (*SPECIAL, "<unk>")]
    scores += [(piece, -20.0) for piece in bytes_] + [(piece, -10.0) for piece in ("▁", *letters)]
    scores += [(piece, -2.0) for piece in whole]
    tokenizer = Tokenizer(models.Unigram(scores, unk_id=3, byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()])
    return _wrapped(tokenizer, bos, eos, unk_token="<unk>")


def byte_alphabet() -> dict[int, str]:
    """The printable character that GPT-2 writes for each byte, rebuilt here from its definition."""
    printable = {*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)}
    hidden = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) if byte in printable else chr(256 + hidden.index(byte)) for byte in range(256)}


def _wrapped(tokenizer: Tokenizer, bos: bool, eos: bool, **more: str) -> PreTrainedTokenizerFast:
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    template = f"{BOS} $A" if bos else "$A"
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{template} {EOS}" if eos else template,
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in (BOS, EOS)],
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=BOS, eos_token=EOS, pad_token=PAD, **more)
