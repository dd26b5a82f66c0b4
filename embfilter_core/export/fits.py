"""Whether a folder of sentence-transformers can hold a view at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from torch import nn

from embfilter_core.backbones.hugging_face import MODEL_MAPPING
from embfilter_core.export.reasons import NotThisForm
from embfilter_core.export.shortened import prove, prove_shortened, shortened_config

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.export.chosen import ChosenFilter
    from embfilter_core.export.conformance import Conformance

SCRIPT = "Use the script."


def check_fits(chosen: ChosenFilter) -> None:
    """Raise NotThisForm, with the true reason, for what no such folder gives exactly."""
    backbone, prompt = chosen.backbone, chosen.prompt
    if prompt.echo:
        raise NotThisForm("Echo averages over the second copy of the text alone, which no Pooling module does.", SCRIPT)
    check_stored_plainly(backbone)
    if prompt.pooling == "mean" and begins_with_bos(backbone):
        why = "The mean here leaves out the token that begins a text, and a Pooling module would count it."
        raise NotThisForm(why, SCRIPT)
    if not (backbone.architecture.pads and backbone.architecture.causal):
        why = f"{backbone.name} gives a text another state beside longer ones, and such a folder pads texts."
        raise NotThisForm(why, SCRIPT)
    if whole_model(backbone) is None:
        why = f"{backbone.name} is a part of a larger model, and such a folder would run the whole."
        raise NotThisForm(why, SCRIPT)


def whole_model(backbone: Backbone) -> nn.Module | None:
    """Return the part of the backbone that such a folder loads, a language model alone; None where it loads more."""
    architecture = backbone.architecture
    config = architecture.model.config
    wanted: Any = MODEL_MAPPING.get(type(config), None)
    if wanted is None or config.get_text_config() is not config:
        return None
    return next((part for part in architecture.model.modules() if type(part) is wanted), None)


def check_stored_plainly(backbone: Backbone) -> None:
    """Raise NotThisForm for weights that each program turns into numbers in its own way."""
    if getattr(backbone.architecture.model.config, "quantization_config", None):
        why = f"The weights of {backbone.name} are stored quantised, and each program reads them in its own way."
        raise NotThisForm(why, "Use filter.safetensors with vectors that the app embedded.")


def begins_with_bos(backbone: Backbone) -> bool:
    """Whether the tokenizer begins a text with BOS, which a mean leaves out."""
    ids = backbone.tokenizer("a")["input_ids"]
    return len(ids) > 1 and ids[0] == backbone.tokenizer.bos_token_id


def exported_config(chosen: ChosenFilter, proof: Conformance) -> dict[str, Any]:
    """Return the configuration of the backbone as it was read here; of an inner layer, of a model that ends there.

    Raises:
        NotThisForm: What such a folder runs gives other states.
    """
    backbone, found = chosen.backbone, chosen.backbone.architecture.model.config
    whole = whole_model(backbone)
    if whole is not None and not chosen.is_last_layer:
        found = shortened_config(chosen)
        prove_shortened(chosen, whole, found, proof)
    elif whole is not None and whole is not backbone.architecture.base_model:
        prove(whole, proof, f"The whole of {backbone.name} gives other states than the part that is read here.")
    config: dict[str, Any] = json.loads(found.to_json_string())
    for name in ("_name_or_path", "transformers_version"):
        config.pop(name, None)
    return {**config, "dtype": backbone.dtype, "torch_dtype": backbone.dtype}
