"""A backbone: a causal language model used for text embeddings, with its spectrum and its logit lens."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from embfilter_core.backbones.architecture import Architecture, head_error
from embfilter_core.backbones.catalogue import CatalogueEntry
from embfilter_core.backbones.devices import device_name
from embfilter_core.backbones.fillers import emitted_ids
from embfilter_core.backbones.forward_pass import TOKENS_PER_BATCH, Faster, embed_encoded
from embfilter_core.backbones.hugging_face import PreTrainedTokenizerBase
from embfilter_core.backbones.passes.choosing import Passes, find_passes
from embfilter_core.backbones.passes.policy import policy_for
from embfilter_core.backbones.prompt_encoder import EncodedText, PromptEncoder
from embfilter_core.backbones.prompts import Prompt, as_prompt
from embfilter_core.backbones.read_files import ReadFiles
from embfilter_core.backbones.weight_counts import WeightCounts, count_weights
from embfilter_core.errors import InputError
from embfilter_core.jobs.turns import Turns
from embfilter_core.progress import Progress
from embfilter_core.spectral.decomposition import cached_spectrum
from embfilter_core.spectral.direction_tokens import DirectionTokens, cached_direction_tokens
from embfilter_core.spectral.spectrum import Spectrum
from embfilter_core.vocabulary.logit_lens import LensTokens, lens_logits, top_tokens
from embfilter_core.vocabulary.token_text import TokenTexts


@dataclass(frozen=True, eq=False)
class Backbone:
    """A loaded, verified causal language model; made by `load_backbone`.

    It may be shared between threads: forward passes take turns, and nothing else changes it.

    Attributes:
        spec: What it was loaded by.
        name: Name for people.
        entry: Its catalogue entry, or None.
        architecture: The model and its parts.
        tokenizer: The tokenizer.
        fingerprint: 32 hexadecimal digits over weights, configuration and vocabulary.
        head_error: Largest absolute error of our head against the model's own logits, measured at load.
        padding_error: Largest difference of a text's states in a padded batch from those alone, as a share of them,
            measured at load; `architecture.pads` says whether texts are padded after that.
        notices: What its user should know of it, a sentence each.
        files: What it was read from, or None where that were no files.
        lock: Held for one batch at a time; what a page asks for goes before the next batch of a job.
    """

    spec: str
    name: str
    entry: CatalogueEntry | None
    architecture: Architecture
    tokenizer: PreTrainedTokenizerBase
    fingerprint: str
    head_error: float
    padding_error: float = 0.0
    notices: tuple[str, ...] = ()
    files: ReadFiles | None = None
    lock: Turns = field(default_factory=Turns, repr=False)

    @property
    def d(self) -> int:
        """Width of an embedding."""
        return self.architecture.head.weight.shape[1]

    @property
    def vocab_size(self) -> int:
        """Rows |V| of the unembedding matrix, padded ones included."""
        return self.architecture.head.weight.shape[0]

    @property
    def dtype(self) -> str:
        """Name of the dtype of the weights."""
        return str(self.architecture.head.weight.dtype).removeprefix("torch.")

    @property
    def device(self) -> str:
        """Kind of the device that it computes on: cpu, cuda or mps; cuda too where it is spread over several."""
        return self.architecture.device.type

    @property
    def device_name(self) -> str:
        """What the device is called for people, such as the name of the card."""
        return device_name(self.architecture.device)

    @property
    def key(self) -> tuple[str, str, str]:
        """All that its embeddings of a text depend on: fingerprint, dtype and device."""
        return self.fingerprint, self.dtype, self.device

    @property
    def default_prompt(self) -> str:
        """Id of the prompt used where none is chosen."""
        return self.entry.default_prompt if self.entry else "prompteol"

    @property
    def bulk_start(self) -> int | None:
        """First kept direction of every bulk where the paper's code fixes it for this backbone, else None."""
        return self.entry.bulk_start if self.entry else None

    @cached_property
    def weights(self) -> WeightCounts:
        """Numbers of its weights."""
        return count_weights(self.architecture.model)

    @cached_property
    def padded_rows(self) -> np.ndarray:
        """(|V|,) bool: rows of W_U that the tokenizer never emits, fillers among them; part of W_U, but no token."""
        padded = np.ones(self.vocab_size, dtype=bool)
        ids = emitted_ids(self.tokenizer)
        padded[ids[ids < self.vocab_size]] = False
        return padded

    @cached_property
    def spectrum(self) -> Spectrum:
        """Singular values and directions of W_U; computed once per set of weights, then read from disk."""
        return cached_spectrum(self.architecture.head.weight, self.fingerprint)

    def decompose(self, progress: Progress | None = None) -> None:
        """Find and keep the spectrum where it is not kept yet, telling how far that is; returning False cancels."""
        cached_spectrum(self.architecture.head.weight, self.fingerprint, progress)

    @cached_property
    def direction_tokens(self) -> DirectionTokens:
        """The tokens at both ends of every singular direction; found once per set of weights, then read from disk."""
        return cached_direction_tokens(self.architecture.head.weight, self.spectrum, self.padded_rows)

    @cached_property
    def token_texts(self) -> TokenTexts:
        """How every token of the vocabulary is written."""
        return TokenTexts(self.tokenizer, self.vocab_size)

    def encode(self, texts: Sequence[str], prompt: str | Prompt | None = None) -> list[EncodedText]:
        """Token ids of prompted texts, without running the model.

        Raises:
            InputError: A text is empty or has a token without an embedding; the message counts from 1.
        """
        prompt = as_prompt(prompt or self.default_prompt)
        architecture = self.architecture
        return PromptEncoder(self.tokenizer, prompt, architecture.max_positions, architecture.rows).encode_all(texts)

    def faster(self, encoded: Sequence[EncodedText]) -> Faster | None:
        """The pass that is faster than the plain one for these texts and gives the same, or None."""
        if sum(map(len, encoded)) <= TOKENS_PER_BATCH:
            return None
        with self.lock:
            return self._passes.faster(encoded)

    @cached_property
    def _passes(self) -> Passes:
        weight = self.architecture.head.weight
        key = f"{self.fingerprint}-{self.dtype}"
        return find_passes(self.architecture, policy_for(self.architecture.device, weight.dtype), key)

    def layer_number(self, layer: int | None) -> int:
        """A layer counted from 0 (the token embeddings) to L; L, the last, where it is None.

        Raises:
            InputError: There is no such layer.
        """
        last = self.architecture.layers
        if layer is None:
            return last
        if not 0 <= layer <= last:
            raise InputError(
                f"{self.name} has no layer {layer}.", f"Use 0 (the token embeddings) to {last} (the last layer)."
            )
        return layer

    def embed(
        self,
        texts: Sequence[str],
        prompt: str | Prompt | None = None,
        progress: Progress | None = None,
        layer: int | None = None,
    ) -> np.ndarray:
        """Embeddings: hidden states after the final norm, pooled, unfiltered, not normalised.

        Args:
            texts: The texts.
            prompt: Id, template with `{text}`, or Prompt; the backbone's default where it is None.
            progress: Called with (done, total) after every batch; returning False cancels.
            layer: 0 (the token embeddings) to L; the last where it is None. An inner layer's hidden states are
                brought to the space of the head (`Architecture.to_lens`) before they are pooled.

        Returns:
            (n, d) float32, in the order of `texts`.

        Raises:
            InputError: `texts` is one string or holds an empty text, the prompt is unknown, or there is no such layer.
            BackboneError: An inner layer of a backbone whose inner layers cannot be read.
            Cancelled: `progress` returned False.
        """
        if isinstance(texts, str):
            raise InputError("embed takes a list of texts, not one string.", "Write embed([text]).")
        layer = self.layer_number(layer)
        encoded = self.encode(texts, prompt)
        return embed_encoded(self.architecture, encoded, self.lock, progress, layer=layer, faster=self.faster(encoded))

    def lens(self, embeddings: np.ndarray, top: int = 20) -> LensTokens:
        """Return the logit lens: the `top` tokens with the largest logits of h W_U^T, for each embedding.

        Args:
            embeddings: (n, d), filtered (projected form) or not, centred or not.
            top: Number of tokens.

        Raises:
            InputError: The embeddings are not (n, d), or `top` is out of range.
        """
        return top_tokens(lens_logits(self.architecture.head, embeddings), self.token_texts, top)

    def head_error_on(self, text: str, prompt: str | Prompt | None = None) -> float:
        """Largest absolute difference of our head's logits from the model's own, at the last position of a text."""
        token_ids = self.encode([text], prompt)[0].token_ids
        with self.lock:
            return head_error(self.architecture, token_ids)
