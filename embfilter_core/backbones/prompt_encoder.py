"""Turn a prompted text into token ids, truncated where it is too long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embfilter_core.backbones.prompts import SLOT
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from embfilter_core.backbones.prompts import Prompt


MAX_TOKENS = 512


@dataclass(frozen=True)
class EncodedText:
    """Token ids of one prompted text, ready for the backbone.

    Attributes:
        token_ids: The ids, special tokens included.
        pooled: First and last + 1 position that the pooling reads.
        truncated_tokens: Number of tokens left out because the text was too long.
    """

    token_ids: list[int]
    pooled: tuple[int, int]
    truncated_tokens: int

    def __len__(self) -> int:
        return len(self.token_ids)


def clean_text(text: str) -> str:
    """The text as it is embedded: NUL removed, lone surrogates replaced, surrounding white space stripped."""
    return _encodable(text).strip()


class PromptEncoder:
    """Turns texts into `EncodedText` for one tokenizer, as one prompt asks.

    Args:
        tokenizer: The backbone's tokenizer.
        prompt: The prompt.
        max_positions: Longest input that the backbone takes.
        rows: Rows of its embedding matrix; None where every id of the tokenizer is known to have one.
    """

    def __init__(
        self, tokenizer: PreTrainedTokenizerBase, prompt: Prompt, max_positions: int, rows: int | None = None
    ) -> None:
        self.tokenizer = tokenizer
        self.prompt = prompt
        self.template = _encodable(prompt.template)
        self.limit = min(MAX_TOKENS, max_positions)
        self.max_positions, self.rows = max_positions, rows
        self.adds_eos = _adds_eos(tokenizer)  # also turns off padding and truncation that the tokenizer came with

    def __call__(self, text: str) -> EncodedText:
        """Encode one text, as `encode_all` does."""
        return self.encode_all([text])[0]

    def encode_all(self, texts: Sequence[str]) -> list[EncodedText]:
        """Encode texts, all at once.

        Raises:
            InputError: Nothing is left of a text, it holds a token that the backbone has no row for, or the backbone
                takes too few positions for the template. Where there are several texts, the message counts from 1.
        """
        cleaned = [clean_text(text) for text in texts]
        for number, text in enumerate(cleaned):
            if not text:
                raise _about(
                    number, len(texts), "The text is empty.", "Type at least one character that is not white space."
                )
        if not cleaned:
            return []
        encoded = self._encode_echo(cleaned) if self.prompt.echo else self._encode_template(cleaned)
        for number, one in enumerate(encoded):
            require_rows(self.tokenizer, one.token_ids, self.rows, number, len(texts))
        return encoded

    def _encode_template(self, texts: list[str]) -> list[EncodedText]:
        prompted = self._ids([self.template.replace(SLOT, text) for text in texts], special=True)
        encoded = []
        for number, ids in enumerate(prompted):
            if self.adds_eos and ids and ids[-1] == self.tokenizer.eos_token_id:
                ids = ids[:-1]
            if not ids:
                what = "The tokenizer makes no token of this text."
                raise _about(number, len(texts), what, "Use another text or prompt.")
            encoded.append(self._cut(ids))
        return encoded

    def _cut(self, ids: list[int]) -> EncodedText:
        ids, cut = _cut_middle(ids, self.limit)
        if self.prompt.pooling == "last":
            return EncodedText(ids, (len(ids) - 1, len(ids)), cut)
        begins_with_bos = len(ids) > 1 and ids[0] == self.tokenizer.bos_token_id
        return EncodedText(ids, (int(begins_with_bos), len(ids)), cut)

    def _encode_echo(self, texts: list[str]) -> list[EncodedText]:
        before, between, after = (self._pieces([piece])[0] if piece else [] for piece in self.template.split(SLOT))
        eos = _present(self.tokenizer.eos_token_id)
        bos = _present(self.tokenizer.bos_token_id) or eos
        frame = len(bos) + len(before) + len(between) + len(after) + len(eos)
        room = min(self.limit, (self.max_positions - frame) // 2)
        if room < 1:
            raise InputError(f"This backbone takes only {self.max_positions} tokens.", "Choose a shorter prompt.")
        encoded = []
        for whole in self._pieces(texts):
            copy = whole[:room]
            first = [*bos, *before, *copy, *between]
            ids = [*first, *copy, *after, *eos]
            encoded.append(EncodedText(ids, (len(first), len(ids)), len(whole) - len(copy)))
        return encoded

    def _pieces(self, texts: list[str]) -> list[list[int]]:
        return self._ids(texts, special=False)

    def _ids(self, texts: list[str], special: bool) -> list[list[int]]:
        """Token ids of texts; of the tokenizers that come with a backend in Rust, it alone is asked: half the time."""
        backend = getattr(self.tokenizer, "backend_tokenizer", None)
        if backend is None:
            ids: list[list[int]] = self.tokenizer(texts, add_special_tokens=special, verbose=False)["input_ids"]
            return ids
        return [encoding.ids for encoding in backend.encode_batch_fast(texts, add_special_tokens=special)]


def require_rows(
    tokenizer: PreTrainedTokenizerBase, ids: Sequence[int], rows: int | None, number: int = 0, total: int = 1
) -> None:
    """Raise InputError for a text with a token that the embedding matrix has no row for, naming it.

    Args:
        tokenizer: The tokenizer.
        ids: Token ids of the text.
        rows: Rows of the matrix, or None where they are known to be enough.
        number: Which of several texts it is, counted from 0.
        total: How many there are.
    """
    if rows is None or max(ids, default=0) < rows:
        return
    token_id = next(one for one in ids if one >= rows)
    piece = tokenizer.convert_ids_to_tokens(token_id)
    what = f"{str(piece)[:40]!r} is the token {token_id:,}, and the backbone has embeddings for {rows:,} tokens."
    raise _about(number, total, what, "Leave it out, or write it in another way.")


def _about(number: int, total: int, what: str, advice: str) -> InputError:
    """An error about one of several texts, counted from 1."""
    return InputError((f"Text {number + 1} of {total}: " if total > 1 else "") + what, advice)


def _encodable(text: str) -> str:
    """The text without what a tokenizer cannot take: NUL is removed, lone surrogates become question marks."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _adds_eos(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether the tokenizer closes every input with EOS, which would become the pooled position."""
    ids = tokenizer("a")["input_ids"]
    return bool(ids) and tokenizer.eos_token_id is not None and ids[-1] == tokenizer.eos_token_id


def _cut_middle(ids: list[int], limit: int) -> tuple[list[int], int]:
    """Keep the first and the last half of `limit` tokens, so that the end of the template survives."""
    if len(ids) <= limit:
        return ids, 0
    head = limit // 2
    return ids[:head] + ids[len(ids) - (limit - head) :], len(ids) - limit


def _present(token_id: int | None) -> list[int]:
    return [] if token_id is None else [token_id]
