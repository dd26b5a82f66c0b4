"""The backbones offered by name, with the facts people ask before loading one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CatalogueEntry:
    """One backbone of the catalogue.

    Attributes:
        id: Short name, accepted by `load_backbone` and in links.
        name: Name as written for people.
        hub_id: Repository on the Hugging Face hub.
        d: Width of an embedding.
        vocab_size: Rows of the unembedding matrix, padded rows included.
        parameters: Number of weights, a tied matrix counted once.
        tied: Whether the unembedding matrix is also the input embedding.
        licence: Licence of the weights.
        gated: Whether the hub asks for an accepted licence and a token.
        default_prompt: Prompt used for this backbone in the paper's code, else PromptEOL.
        bulk_start: First kept direction of every bulk, where the paper's code fixes it.
        bundled: Whether `python -m embfilter_core assets` installs it offline.
    """

    id: str
    name: str
    hub_id: str
    d: int
    vocab_size: int
    parameters: int
    tied: bool
    licence: str
    gated: bool = False
    default_prompt: str = "prompteol"
    bulk_start: int | None = None
    bundled: bool = False


BUNDLED = CatalogueEntry(
    id="smollm2-135m-instruct",
    name="SmolLM2-135M-Instruct (bundled, 4-bit weights)",
    hub_id="HuggingFaceTB/SmolLM2-135M-Instruct",
    d=576,
    vocab_size=49_152,
    parameters=134_515_008,
    tied=True,
    licence="Apache-2.0",
    bundled=True,
)

CATALOGUE: dict[str, CatalogueEntry] = {
    entry.id: entry
    for entry in (
        BUNDLED,
        CatalogueEntry(
            id="qwen2.5-0.5b",
            name="Qwen2.5-0.5B",
            hub_id="Qwen/Qwen2.5-0.5B",
            d=896,
            vocab_size=151_936,
            parameters=494_032_768,
            tied=True,
            licence="Apache-2.0",
        ),
        CatalogueEntry(
            id="llama-3.1-8b-instruct",
            name="Llama-3.1-8B-Instruct",
            hub_id="meta-llama/Llama-3.1-8B-Instruct",
            d=4096,
            vocab_size=128_256,
            parameters=8_030_261_248,
            tied=False,
            licence="Llama 3.1 Community License",
            gated=True,
        ),
        CatalogueEntry(
            id="mistral-7b-instruct-v0.3",
            name="Mistral-7B-Instruct-v0.3",
            hub_id="mistralai/Mistral-7B-Instruct-v0.3",
            d=4096,
            vocab_size=32_768,
            parameters=7_248_023_552,
            tied=False,
            licence="Apache-2.0",
            default_prompt="prompteol-mask",
            bulk_start=128,
        ),
    )
}


def catalogue_entry(spec: str) -> CatalogueEntry | None:
    """The entry whose id or hub id is `spec` (case does not matter), or None."""
    wanted = spec.strip().lower()
    return next((entry for entry in CATALOGUE.values() if wanted in (entry.id, entry.hub_id.lower())), None)
