"""An `Encoder` as mteb 2.26 asks for one (`mteb.EncoderProtocol`)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from embfilter_core.backbones.prompt_encoder import MAX_TOKENS, clean_text
from embfilter_core.backbones.prompts import PROMPTS
from embfilter_core.embeddings.keys import RECIPE
from embfilter_core.errors import InputError
from embfilter_core.extras import import_extra
from embfilter_core.interfaces.shared_pass import SharedPass

if TYPE_CHECKING:
    import torch
    from mteb import TaskMetadata
    from mteb.models import ModelMeta

    from embfilter_core.interfaces.encoder import Encoder

EXTRA = "mteb"
NOT_NORMALISED = ("Classification", "MultilabelClassification")
"""Types of tasks whose vectors keep their lengths, as in the paper's code (arXiv 2606.07502)."""


class MtebEncoder:
    """An `Encoder` whose vectors mteb scores: by cosine, in float32, all but those of classification of length 1.

    Texts get the encoder's own prompt; the instructions that mteb knows for its tasks are not used, and neither is
    its batch size. A text without a character gets a vector of zeros. Embeddings are kept in the store, before the
    filter, so that another filter needs no forward pass.

    Args:
        encoder: The encoder.
        shared: Embeds its texts; a pass that keeps nothing but the store where it is None.

    Attributes:
        mteb_model_meta: What mteb keeps results by: revision is the fingerprint of the backbone, and
            `experiment_kwargs` holds what else the vectors depend on, so that no two filters share a result.
        texts: How many texts it was asked for.
        empty: How many of them were without a character.

    Raises:
        MissingExtra: mteb is not installed.
    """

    def __init__(self, encoder: Encoder, shared: SharedPass | None = None) -> None:
        self.encoder = encoder
        self.shared = shared or SharedPass(encoder.backbone, encoder.resolved, encoder.layer)
        self.mteb_model_meta: ModelMeta = _model_meta(encoder)
        self.texts, self.empty = 0, 0

    def encode(
        self,
        inputs: Iterable[Mapping[str, Any]],
        *,
        task_metadata: TaskMetadata,
        precision: str | None = None,
        **_: Any,  # noqa: ANN401 - split, subset, prompt type, batch size and bar of mteb change nothing here
    ) -> np.ndarray:
        """Vectors of the texts of a task, (n, k) float32.

        Args:
            inputs: Batches with a list of texts under `text`.
            task_metadata: The task; its type says whether vectors are normalised.
            precision: Refused unless it is float32.

        Raises:
            InputError: Another precision is asked for, or a batch has no texts.
        """
        if precision not in (None, "float32"):
            raise InputError(f"Vectors are float32, not {precision}.", "Leave precision out.")
        texts = [text for batch in inputs for text in _texts_of(batch, task_metadata.name)]
        self.texts += len(texts)
        self.empty += sum(not clean_text(text) for text in texts)
        return self.encoder.reduce(self.shared.embed(texts), normalize=task_metadata.type not in NOT_NORMALISED)

    def similarity(self, embeddings1: Any, embeddings2: Any) -> torch.Tensor:  # noqa: ANN401 - arrays or tensors
        """Cosines of all with all, (n, k) and (m, k) -> (n, m)."""
        cosines: torch.Tensor = import_extra("mteb.similarity_functions", EXTRA).cos_sim(embeddings1, embeddings2)
        return cosines

    def similarity_pairwise(self, embeddings1: Any, embeddings2: Any) -> torch.Tensor:  # noqa: ANN401 - as above
        """Cosines of each with the same of the other, (n, k) and (n, k) -> (n,)."""
        functions = import_extra("mteb.similarity_functions", EXTRA)
        cosines: torch.Tensor = functions.pairwise_cos_sim(embeddings1, embeddings2)
        return cosines


def experiment_settings(encoder: Encoder) -> dict[str, str | int]:
    """What vectors depend on besides the weights, in values that are safe in the name of a folder."""
    kept, prompt, mean = encoder.filter.kept, encoder.resolved, encoder.mean
    band = "-".join(map(str, kept.bounds)) if kept.bounds else _digest(kept.indices.tobytes())
    known = PROMPTS.get(prompt.id) == prompt
    return {
        "kept": "all" if kept.is_unfiltered else band,
        "prompt": prompt.id if known else _digest(f"{prompt.template}\0{prompt.pooling}\0{prompt.echo}".encode()),
        "layer": encoder.backbone.layer_number(encoder.layer),
        "centred": "no" if mean is None else _digest(np.asarray(mean, dtype=np.float64).tobytes()),
        "dtype": encoder.backbone.dtype,
        "device": encoder.backbone.device,
        "recipe": RECIPE,
    }


def _model_meta(encoder: Encoder) -> ModelMeta:
    backbone = encoder.backbone
    meta: ModelMeta = import_extra("mteb.models", EXTRA).ModelMeta.create_empty(
        {
            "name": f"embfilter/{re.sub(r'[^A-Za-z0-9.]+', '-', backbone.name).strip('-')}",
            "revision": backbone.fingerprint,
            "n_parameters": backbone.weights.parameters,
            "max_tokens": min(MAX_TOKENS, backbone.architecture.max_positions),
            "embed_dim": encoder.dimensions,
            "similarity_fn_name": import_extra("mteb.models.model_meta", EXTRA).ScoringFunction.COSINE,
            "framework": ["PyTorch"],
            "use_instructions": False,
            "adapted_from": backbone.entry.hub_id if backbone.entry else None,
            "experiment_kwargs": experiment_settings(encoder),
        }
    )
    return meta


def _texts_of(batch: Mapping[str, Any], task: str) -> list[str]:
    if "text" not in batch:
        raise InputError(f"{task} has inputs without text.", "Choose a task of texts.")
    texts: list[str] = batch["text"]
    return texts


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
