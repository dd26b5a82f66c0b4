"""Whether a tokenizer is that of the model: what it makes of texts in several scripts, and which ids it can give."""

from __future__ import annotations

from collections.abc import Sequence

from embfilter_core.backbones.hugging_face import PreTrainedTokenizerBase
from embfilter_core.errors import BackboneError
from embfilter_core.number_format import format_count

PROBES = (
    "The cat sat on the mat.",
    "Prices rose by 12 percent in 1998.",
    "猫坐在垫子上。",
    "Кошка сидит на коврике.",
    "القطة على السجادة",
)
_ADVICE = "Put the tokenizer files that the model was trained with beside its weights."


def verify_tokenizer(tokenizer: PreTrainedTokenizerBase, rows: int, name: str) -> tuple[str, ...]:
    """Check that texts become ids that tell them apart and that the embedding matrix has rows for.

    Args:
        tokenizer: The tokenizer.
        rows: Rows of the embedding matrix.
        name: Of the backbone, for messages.

    Returns:
        What is to be said of it all the same: how many tokens have no row.

    Raises:
        BackboneError: Every text becomes the same, nothing, or unknown tokens, or ids lie beyond the matrix.
    """
    texts = [_ids(tokenizer, probe) for probe in PROBES]
    known = {token_id for ids in texts for token_id in ids} - set(tokenizer.all_special_ids)
    if len(known) < 2 or len(set(map(tuple, texts))) < 2:
        what = (
            f"The tokenizer of {name} does not tell texts apart: all of them become unknown tokens, or the same ones."
        )
        raise BackboneError(what, _ADVICE)
    largest = max(max(ids, default=0) for ids in texts)
    if largest >= rows:
        what = f"The tokenizer of {name} is not that of its weights: it gives the id {largest:,}, of {rows:,} tokens."
        raise BackboneError(what, _ADVICE)
    return _without_rows(tokenizer, rows)


def _ids(tokenizer: PreTrainedTokenizerBase, text: str) -> Sequence[int]:
    ids: list[int] = tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
    return ids


def _without_rows(tokenizer: PreTrainedTokenizerBase, rows: int) -> tuple[str, ...]:
    if tokenizer.vocab_size <= rows and max(tokenizer.added_tokens_decoder, default=0) < rows:
        return ()  # without making a dictionary of the whole vocabulary
    beyond = sorted((token_id, token) for token, token_id in tokenizer.get_vocab().items() if token_id >= rows)
    if not beyond:
        return ()
    tokens = f"{format_count(len(beyond), 'token')} of its tokenizer, {beyond[0][1][:40]!r} the first,"
    return (f"{tokens} are beyond the {rows:,} rows of embeddings: a text that has one is refused.",)
