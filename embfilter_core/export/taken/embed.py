"""Embeddings of this filter without the app that made it: torch, transformers, safetensors and numpy are enough.

python embed.py texts.txt vectors.npy        # a text a line -> (n, k) float32, rows of length 1

It reads `manifest.json` and `filter.safetensors` beside it and the backbone in `backbone/`; `python weights.py` puts
its weights there. From Python: `Encoder().encode(["a text"])`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from safetensors.numpy import load_file

HERE = Path(__file__).resolve().parent
SLOT = "{text}"
TOKENS_PER_BATCH = 1024
Encoded = tuple[list[int], int, int]
"""Token ids of a prompted text, and the first and last + 1 position that are pooled."""


class Encoder:
    """The backbone with its prompt, pooling, centring and filter, as `manifest.json` says them.

    Args:
        folder: The exported folder.
        device: Where torch computes.
    """

    def __init__(self, folder: str | Path = HERE, device: str = "cpu") -> None:
        folder = Path(folder)
        self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
        self._of, self._prompt = self.manifest["backbone"], self.manifest["prompt"]
        self._arrays = load_file(folder / "filter.safetensors")
        if not any((folder / "backbone").glob("*.safetensors")):
            raise FileNotFoundError("The weights are not in backbone/ yet: run `python weights.py`.")
        self._read(str(folder / "backbone"), device)

    def _read(self, place: str, device: str) -> None:
        as_written = self._of["tokenizer_as_written"]
        read_tokenizer: Any = transformers.PreTrainedTokenizerFast if as_written else transformers.AutoTokenizer
        self.tokenizer: Any = read_tokenizer.from_pretrained(place)
        self._backend = getattr(self.tokenizer, "backend_tokenizer", None)
        if self._backend is not None:
            self._backend.no_padding()
            self._backend.no_truncation()
        dtype = getattr(torch, self._of["dtype"])
        whole = getattr(transformers, self._of["class"]).from_pretrained(place, dtype=dtype, use_safetensors=True)
        self.model: Any = whole.get_submodule(self._of["part"]).to(device).eval().requires_grad_(False)
        self._device = device

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return (n, k) float32, filtered and then scaled to length 1."""
        return unit_rows(self.filtered(self.states(texts)))

    def filtered(self, states: np.ndarray) -> np.ndarray:
        """Return centred states in the kept directions, (n, d) -> (n, k) float32; with all kept, not rotated."""
        if "mean" in self._arrays:
            states = states - self._arrays["mean"]
        if self.manifest["filter"]["kept"] == self.manifest["filter"]["d"]:
            return states
        filtered: np.ndarray = (states @ self._arrays["basis"].T).astype(np.float32)
        return filtered

    @torch.inference_mode()
    def states(self, texts: Sequence[str]) -> np.ndarray:
        """Return pooled hidden states, unfiltered and not scaled, (n, d) float32."""
        encoded = [self.token_ids(text) for text in texts]
        states = np.empty((len(encoded), self._of["d"]), dtype=np.float32)
        for batch in self._batches([len(ids) for ids, *_ in encoded]):
            longest = max(len(encoded[i][0]) for i in batch)
            padded = [encoded[i][0] + [0] * (longest - len(encoded[i][0])) for i in batch]
            mask = [[1] * len(encoded[i][0]) + [0] * (longest - len(encoded[i][0])) for i in batch]
            inputs = {"input_ids": torch.tensor(padded, device=self._device)}
            if self._of["pads"]:
                inputs["attention_mask"] = torch.tensor(mask, device=self._device)
            hidden = self._hidden(inputs)
            for row, i in enumerate(batch):
                states[i] = hidden[row, encoded[i][1] : encoded[i][2]].float().mean(dim=0).cpu().numpy()
        return states

    def _batches(self, lengths: list[int]) -> Iterator[list[int]]:
        """Texts of similar length together, filled up at their ends; alone where the model would notice that."""
        order, batch = sorted(range(len(lengths)), key=lambda i: -lengths[i]), list[int]()
        for i in order:
            longest = lengths[batch[0]] if batch else lengths[i]
            is_full = (len(batch) + 1) * longest > TOKENS_PER_BATCH or 2 * lengths[i] < longest
            if batch and (is_full or not self._of["pads"]):
                yield batch
                batch = []
            batch.append(i)
        if batch:
            yield batch

    def _hidden(self, inputs: dict[str, Any]) -> torch.Tensor:
        """Hidden states (n, positions, d) of the layer, after the final norm."""
        layer = self.manifest["layer"]
        if layer["block"] is None:
            last: torch.Tensor = self.model(**inputs, use_cache=False).last_hidden_state
            return last
        entered: list[torch.Tensor] = []

        def keep(part: torch.nn.Module, args: tuple[Any, ...], named: dict[str, Any]) -> None:
            entered.append(next(one for one in (*args, *named.values()) if isinstance(one, torch.Tensor)).clone())

        hook = self.model.get_submodule(layer["block"]).register_forward_pre_hook(keep, with_kwargs=True)
        try:
            self.model(**inputs, use_cache=False)
        finally:
            hook.remove()
        hidden = entered[0]
        for name in layer["after"]:
            hidden = self.model.get_submodule(name)(hidden)
        return hidden

    def token_ids(self, text: str) -> Encoded:
        """Return the token ids of a text in its prompt, cut where it is too long, and what is pooled of them."""
        text = encodable(text).strip()
        if not text:
            raise ValueError("A text is empty.")
        if self._prompt["echo"]:
            return self._echo(text)
        ids = self._ids(encodable(self._prompt["template"]).replace(SLOT, text), special=True)
        if self._prompt["drops_eos"] and ids and ids[-1] == self.tokenizer.eos_token_id:
            ids = ids[:-1]
        limit = self._of["most_tokens"]
        if len(ids) > limit:  # both ends stay, and with them both ends of the prompt
            ids = ids[: limit // 2] + ids[len(ids) - (limit - limit // 2) :]
        if self._prompt["pooling"] == "last":
            return ids, len(ids) - 1, len(ids)
        return ids, int(len(ids) > 1 and ids[0] == self.tokenizer.bos_token_id), len(ids)

    def _echo(self, text: str) -> Encoded:
        """The text twice, its pieces tokenised one by one; pooled are the second copy and what closes it."""
        pieces = encodable(self._prompt["template"]).split(SLOT)
        before, between, after = (self._ids(piece, special=False) if piece else [] for piece in pieces)
        eos = [one for one in [self.tokenizer.eos_token_id] if one is not None]
        bos = [one for one in [self.tokenizer.bos_token_id] if one is not None] or eos
        frame = len(bos) + len(before) + len(between) + len(after) + len(eos)
        room = min(self._of["most_tokens"], (self._of["max_positions"] - frame) // 2)
        copy = self._ids(text, special=False)[:room]
        first = [*bos, *before, *copy, *between]
        ids = [*first, *copy, *after, *eos]
        return ids, len(first), len(ids)

    def _ids(self, text: str, special: bool) -> list[int]:
        if self._backend is not None:
            ids: list[int] = self._backend.encode(text, add_special_tokens=special).ids
            return ids
        of_python: list[int] = self.tokenizer(text, add_special_tokens=special, verbose=False)["input_ids"]
        return of_python


def encodable(text: str) -> str:
    """Return a text without what a tokenizer cannot take: NUL, and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """Scale the rows of (n, k) to length 1, as float32."""
    exact = vectors.astype(np.float64)
    lengths = np.linalg.norm(exact, axis=1, keepdims=True)
    units: np.ndarray = np.divide(exact, lengths, out=np.zeros_like(exact), where=lengths > 0).astype(np.float32)
    return units


def main() -> None:
    """Embed the lines of a file."""
    parser = argparse.ArgumentParser(description="Embed the lines of a file.")
    parser.add_argument("texts", type=Path, help="a text a line, UTF-8")
    parser.add_argument("vectors", type=Path, help="the .npy file to write")
    parser.add_argument("--device", default="cpu", help="cpu (default), cuda or mps")
    given = parser.parse_args()
    texts = [line for line in given.texts.read_text("utf-8-sig").split("\n") if line.strip()]
    vectors = Encoder(device=given.device).encode(texts)
    np.save(given.vectors, vectors)
    print(f"{len(vectors)} vectors of {vectors.shape[1]} numbers in {given.vectors}")


if __name__ == "__main__":
    main()
