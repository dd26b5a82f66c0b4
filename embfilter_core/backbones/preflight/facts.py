"""What is known of a model from its configuration alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embfilter_core.backbones.catalogue import CatalogueEntry
    from embfilter_core.backbones.gguf.header import GgufHeader
    from embfilter_core.backbones.hugging_face import PreTrainedConfig


@dataclass(frozen=True)
class ModelFacts:
    """Sizes of a model.

    Attributes:
        family: What it is built like, such as `llama`.
        d: Width of an embedding.
        vocab_size: Rows |V| of the unembedding matrix, padded ones included.
        layers: Number of layers L.
        parameters: Number of weights, a tied matrix counted once.
        active: Weights that a token is multiplied with; see `WeightCounts`.
        tied: Whether the unembedding matrix is also the input embedding.
    """

    family: str
    d: int
    vocab_size: int
    layers: int
    parameters: int
    active: int
    tied: bool


def facts_of_config(config: PreTrainedConfig) -> ModelFacts:
    """Return the sizes of a model of a configuration, which is built without memory for its weights."""
    import torch

    from embfilter_core.backbones.reading.language_model import auto_class
    from embfilter_core.backbones.weight_counts import count_weights

    with torch.device("meta"):
        model = auto_class(config).from_config(config)
    counted, output = count_weights(model), model.get_output_embeddings().weight
    vocab_size, d = output.shape
    tied = output is model.get_input_embeddings().weight
    layers = config.get_text_config().num_hidden_layers
    return ModelFacts(config.model_type, d, vocab_size, layers, counted.parameters, counted.active, tied)


def facts_of_entry(entry: CatalogueEntry) -> ModelFacts:
    """Return the sizes of a backbone of the catalogue, known without a network."""
    active = entry.parameters - entry.table_parameters
    sizes = entry.d, entry.vocab_size, entry.layers, entry.parameters
    return ModelFacts(entry.family, *sizes, active, entry.tied)


def facts_of_header(header: GgufHeader) -> ModelFacts:
    """Return the sizes of a model by the header of its GGUF file; all its experts count as asked."""
    tables = header.vocab_size * header.d * (1 if header.tied else 2)
    sizes = header.d, header.vocab_size, header.layers, header.parameters
    return ModelFacts(header.architecture, *sizes, max(0, header.parameters - tables), header.tied)
