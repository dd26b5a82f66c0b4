"""All proofs of a backbone together, in the order in which one failing explains the others."""

from __future__ import annotations

from dataclasses import dataclass, replace

from embfilter_core.backbones.architecture import Architecture
from embfilter_core.backbones.hugging_face import PreTrainedConfig, PreTrainedTokenizerBase
from embfilter_core.backbones.proofs.padding import BatchProof, prove_batches
from embfilter_core.backbones.proofs.tokens import verify_tokenizer
from embfilter_core.number_format import format_share


@dataclass(frozen=True, eq=False)
class Proven:
    """A model that was proved to give the right numbers.

    Attributes:
        architecture: The model, with how texts may be put through it.
        padding_error: As in `BatchProof`.
        notices: What its user should know, a sentence each.
    """

    architecture: Architecture
    padding_error: float
    notices: tuple[str, ...]


def prove(architecture: Architecture, tokenizer: PreTrainedTokenizerBase, name: str) -> Proven:
    """Prove tokenizer and batches of a model on a few tokens.

    Raises:
        BackboneError: One of them is not what it should be.
    """
    about_tokens = verify_tokenizer(tokenizer, architecture.rows, name)
    batches = prove_batches(architecture, name)
    proven = replace(architecture, pads=batches.pads, causal=batches.causal)
    notices = (*about_tokens, *_about_batches(batches, architecture.model.config.get_text_config()))
    return Proven(proven, batches.padding_error, notices)


def _about_batches(batches: BatchProof, config: PreTrainedConfig) -> list[str]:
    notices = []
    if not batches.pads:
        off = format_share(batches.padding_error)
        notices.append(
            f"A text padded to the length of another one would be {off} off: only texts of one length share a batch, "
            "which takes longer."
        )
    if not batches.causal:
        notices.append("It attends in both directions: a position's logits have seen the tokens after it.")
    elif getattr(config, "is_causal", None) is False or getattr(config, "use_bidirectional_attention", None) is True:
        notices.append(
            f"Its configuration asks for attention in both directions, which {config.model_type} does not know here: "
            "no position reads a later one."
        )
    return notices
