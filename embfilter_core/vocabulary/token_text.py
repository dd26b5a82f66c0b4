"""How a token is written so that people can read it.

A byte-level token such as `Ġcat` and a SentencePiece token such as `▁cat` are both
shown as `␣cat`; newline, tab, other control characters and bytes that are only part
of a character are marked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

SPACE, NEWLINE, RETURN, TAB = "␣", "⏎", "␍", "⇥"
_MARKS = {" ": SPACE, "\n": NEWLINE, "\r": RETURN, "\t": TAB}
_BYTE_TOKEN = re.compile(r"<0x([0-9A-Fa-f]{2})>")
_UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp", "Co", "Cn"}  # control, format, other spaces, private, unassigned


class TokenTexts:
    """The texts of all tokens of one tokenizer.

    Args:
        tokenizer: The tokenizer.
        rows: Rows of the unembedding matrix; ids beyond the tokenizer's are padded rows.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, rows: int) -> None:
        self._tokenizer = tokenizer
        self._rows = rows
        self._byte_level = _is_byte_level(tokenizer)
        self._added = {token_id: str(token) for token_id, token in tokenizer.added_tokens_decoder.items()}

    @cached_property
    def _pieces(self) -> list[str]:
        """How the tokenizer writes every token; empty for padded rows."""
        pieces = [""] * self._rows
        for piece, token_id in self._tokenizer.get_vocab().items():
            if token_id < self._rows:
                pieces[token_id] = piece
        return pieces

    @property
    def raw(self) -> list[bytes]:
        """The UTF-8 bytes of every token; empty for padded rows."""
        return [self.bytes_of(token_id) for token_id in range(self._rows)]

    def text(self, token_id: int) -> str:
        """Return the token as text, with bytes that are only part of a character replaced by U+FFFD."""
        return self.bytes_of(token_id).decode("utf-8", "replace")

    def readable(self, token_id: int) -> str:
        """Return the token as people can read it; a padded row or an empty token says what it is."""
        raw = self.bytes_of(token_id)
        return readable(raw) if raw else f"⟨row {token_id}⟩"

    def readable_all(self, token_ids: Iterable[int]) -> list[str]:
        """Return `readable` of several tokens."""
        return [self.readable(int(token_id)) for token_id in token_ids]

    def distinct(self, token_ids: Iterable[int]) -> list[str]:
        """Return `readable` of different tokens; those that read alike are told apart by their id."""
        ids = list(token_ids)
        texts = self.readable_all(ids)
        return [
            text if texts.count(text) == 1 else f"{text} (id {token})" for token, text in zip(ids, texts, strict=True)
        ]

    def bytes_of(self, token_id: int) -> bytes:
        """Return the UTF-8 bytes of a token; empty for a padded row."""
        piece = self._pieces[token_id]
        if token_id in self._added:
            return self._added[token_id].encode("utf-8", "replace")
        if self._byte_level:
            return b"".join(_byte_of(character) for character in piece)
        byte = _BYTE_TOKEN.fullmatch(piece)
        return bytes.fromhex(byte[1]) if byte else piece.replace("▁", " ").encode("utf-8", "replace")


def readable(raw: bytes) -> str:
    """Return UTF-8 bytes with white space, control characters and stray bytes marked."""
    return "".join(_mark(character) for character in raw.decode("utf-8", "surrogateescape"))


def _mark(character: str) -> str:
    if character in _MARKS:
        return _MARKS[character]
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no character by itself
        return f"⟨{code - 0xDC00:02X}⟩"
    return f"⟨U+{code:04X}⟩" if unicodedata.category(character) in _UNSEEN else character


def _is_byte_level(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether pieces are written in GPT-2's alphabet of 256 printable characters, one a byte."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        return "Ġ" in tokenizer.get_vocab()
    # What a part is pickled as is its JSON: the whole tokenizer's, vocabulary and all, takes a hundred times longer.
    parts = (part for part in (backend.decoder, backend.pre_tokenizer) if part is not None)
    return any(b'"ByteLevel"' in part.__getstate__() for part in parts)


def _alphabet() -> dict[str, bytes]:
    """GPT-2's alphabet: printable Latin-1 stands for itself, the other 68 bytes for U+0100 and up."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    table = {chr(byte): bytes([byte]) for byte in printable}
    return table | {chr(0x100 + i): bytes([byte]) for i, byte in enumerate(others)}


_ALPHABET = _alphabet()


def _byte_of(character: str) -> bytes:
    return _ALPHABET.get(character) or character.encode("utf-8", "replace")
