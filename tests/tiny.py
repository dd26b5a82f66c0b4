"""Random tiny models of every family and two tiny tokenizers, so that tests need no download.

Each model has 2 layers, d = 32 (16 for `opt_projected`) and a few rows of its
unembedding matrix beyond the tokenizer's last token, as real checkpoints have.
"""

from collections.abc import Callable
from pathlib import Path

import torch
import transformers as hf
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import AutoModelForCausalLM, PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerFast

ROWS = 360
POSITIONS = 160
BOS, EOS, PAD = "<s>", "</s>", "<pad>"
SPECIAL = (BOS, EOS, PAD)
WORDS = ("cat", "dog", "the", "sat", "sleeps", "word", "sentence", "one", "in", "on")
# Pieces that are hard to show: a tag, a zero-width space, a right-to-left override, half an emoji.
ODD_PIECES = ("<script>", "\u200b", "\u202e")
HALF_EMOJI = "🐈".encode()[:2]

_PLAIN = {
    "vocab_size": ROWS,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": POSITIONS,
    "initializer_range": 0.3,
    "bos_token_id": 0,
    "eos_token_id": 1,
    "pad_token_id": 2,
}
_GROUPED = {**_PLAIN, "num_key_value_heads": 2}
_HEADS = {**_GROUPED, "head_dim": 8}
_GEMMA = {**_HEADS, "query_pre_attn_scalar": 8, "final_logit_softcapping": 5.0, "sliding_window": 8}
_VISION = {
    "hidden_size": 16,
    "intermediate_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "image_size": 28,
    "patch_size": 14,
}
_OPT = {name: value for name, value in _PLAIN.items() if name not in ("intermediate_size", "initializer_range")}


def _gpt2(**tie: bool) -> PreTrainedConfig:
    sizes = {"vocab_size": ROWS, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": POSITIONS}
    return hf.GPT2Config(**sizes, initializer_range=0.3, bos_token_id=0, eos_token_id=1, **tie)


def _gemma3(**tie: bool) -> PreTrainedConfig:
    text = hf.Gemma3TextConfig(**_GEMMA, **tie)
    more = {"vision_config": dict(_VISION), "image_token_index": ROWS - 1, "initializer_range": 0.3}
    return hf.Gemma3Config(text_config=text, **more, **tie)


FAMILY_CONFIGS: dict[str, Callable[..., PreTrainedConfig]] = {
    "llama": lambda **tie: hf.LlamaConfig(**_HEADS, **tie),
    "qwen2": lambda **tie: hf.Qwen2Config(**_GROUPED, **tie),
    "qwen3": lambda **tie: hf.Qwen3Config(**_HEADS, **tie),
    "mistral": lambda **tie: hf.MistralConfig(**_HEADS, sliding_window=8, **tie),
    "gemma2": lambda **tie: hf.Gemma2Config(**_GEMMA, **tie),
    "gemma3_text": lambda **tie: hf.Gemma3TextConfig(**_GEMMA, **tie),
    "gemma3": _gemma3,
    "gpt2": _gpt2,
    "gpt_neox": lambda **tie: hf.GPTNeoXConfig(**_PLAIN, **tie),
    "opt": lambda **tie: hf.OPTConfig(**_OPT, ffn_dim=48, init_std=0.3, **tie),
    # Like OPT-350m: the embedding is narrower than the layers, and there is no final norm.
    "opt_projected": lambda **tie: hf.OPTConfig(
        **_OPT, ffn_dim=48, init_std=0.3, word_embed_proj_dim=16, do_layer_norm_before=False, **tie
    ),
    "phi": lambda **tie: hf.PhiConfig(**_GROUPED, **tie),
    "phi3": lambda **tie: hf.Phi3Config(**_GROUPED, **tie),
    "cohere": lambda **tie: hf.CohereConfig(**_GROUPED, logit_scale=0.25, **tie),
    "granite": lambda **tie: hf.GraniteConfig(**_GROUPED, logits_scaling=4.0, **tie),
}


def tiny_model(family: str, tied: bool = True, seed: int = 0) -> PreTrainedModel:
    """A random model of a family, its norm gains and biases random too, so that nothing passes by being 1 or 0."""
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_config(FAMILY_CONFIGS[family](tie_word_embeddings=tied))
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.3 * torch.randn_like(parameter))
    return model.eval()


def save_tiny(
    folder: Path,
    family: str = "llama",
    tied: bool = True,
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
