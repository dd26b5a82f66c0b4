"""README.md of an export: what it gives, what it was measured to do, and the exact lines that use it."""

from __future__ import annotations

from importlib.resources import files
from string import Template
from typing import Any

from embfilter_core.export.evidence import NOTHING
from embfilter_core.export.forms import FORMS
from embfilter_core.number_format import format_bytes
from embfilter_core.quality.precisions import find_precision

TAKEN = files("embfilter_core.export.taken")
FILES = (
    ("manifest.json", "all that the vectors depend on: backbone, prompt, layer, kept directions, decision, versions"),
    ("filter.safetensors", "`basis`, the kept directions as rows, (k, d); `indices`; `mean` where states are centred"),
    ("conformance.json, conformance.safetensors", "texts, expected vectors, and states of known mistakes"),
    ("check.py, causes.py", "the comparison with them"),
    ("embed.py, weights.py", "the script, and what puts the weights in their place"),
    ("backbone/", "configuration and tokenizer of the backbone, and its weights once they are there"),
    ("notebook.ipynb", "the lines of this file, to be run"),
)


def readme(manifest: dict[str, Any], texts: int, sizes: dict[str, int], with_weights: bool) -> str:
    """Return the text of README.md.

    Args:
        manifest: With its forms.
        texts: Number of texts of the check.
        sizes: What there is to fill into the form `index`: `rows`.
        with_weights: Whether the weights were copied into the export.
    """
    filled = {
        "title": title(manifest),
        "summary": summary(manifest),
        "version": manifest["version"],
        "date": manifest["date"],
        "measured": measured(manifest["decision"]),
        "weights": _weights(manifest, with_weights),
        "texts": str(texts),
        "most_tokens": str(manifest["longest_safe"]["tokens"]),
        "forms": _forms(manifest, sizes),
        "long": long_texts(manifest),
        "files": "\n".join(f"- `{name}`: {what}" for name, what in _files(manifest)),
    }
    return Template((TAKEN / "README.md").read_text("utf-8")).substitute(filled)


def title(manifest: dict[str, Any]) -> str:
    """Return what the export is, as a title."""
    return f"{manifest['backbone']['name']}, {manifest['filter']['description']}"


def summary(manifest: dict[str, Any], marks: tuple[str, str] = ("`", "`")) -> str:
    """Return how a text becomes a vector, in sentences.

    Args:
        manifest: It, or `view_facts` alone.
        marks: What stands before and after the prompt.
    """
    prompt, layer, kept = manifest["prompt"], manifest["layer"], manifest["filter"]
    pooled = "mean" if prompt["pooling"] == "mean" else "last position"
    pooled = "mean over the second copy" if prompt["echo"] else pooled
    which = "the last layer" if layer["block"] is None else f"layer {layer['number']} of {layer['of']}"
    centred = f" The mean of {kept['centred_on']} is subtracted." if kept["centred_on"] else ""
    filtered = (
        f" Of its {kept['d']:,} coordinates in the singular directions of the unembedding matrix, {kept['kept']:,} are "
        "kept."
        if kept["kept"] < kept["d"]
        else " It is not filtered."
    )
    return (
        f"A text is trimmed and put into the prompt {marks[0]}{prompt['template']}{marks[1]}. Its state is the "
        f"{pooled} of {which}, after the final norm.{centred}{filtered} Then the vector is scaled to length 1."
    )


def measured(decision: dict[str, Any] | None) -> str:
    """Return what was measured, in sentences; or that nothing was."""
    if decision is None:
        return NOTHING
    origin = " Measured before and stored with the app, not by whoever exported this." * decision["stored_with_the_app"]
    page = " The figures stand in `evidence.html`." if decision["page"] else ""
    rounded = f"\n\n{stored_in(decision['precision'])}" if decision["precision"] not in ("", "float32") else ""
    return f"On {decision['data']}.{origin}{page}\n\n" + "\n\n".join(decision["sentences"]) + rounded


def stored_in(precision: str) -> str:
    """Return what is to be said of a decision that counts on fewer bits than the forms give, as a sentence."""
    name = find_precision(precision).name
    return f"That counts on an index which stores {name}. The forms give float32 numbers; store them so."


def long_texts(manifest: dict[str, Any]) -> str:
    """Return what happens to long texts, form by form; `view_facts` with the forms are enough."""
    safe, forms = manifest["longest_safe"], manifest["forms"]
    said = (
        f"The app, `embed.py` and the measurements cut a text whose prompt has more than {safe['tokens']:,} tokens in "
        f"the middle, so that both ends of the prompt stay."
    )
    if manifest["prompt"]["echo"]:
        return f"The app and `embed.py` cut a text at {safe['tokens']:,} tokens, and then write it twice."
    if not {"plain", "chat"} & forms.keys():
        return said
    most = safe["positions"]
    return (
        f"{said} Other programs do not: the longest safe text for `plain/` and `chat/` has {safe['of_the_text']:,} "
        f"tokens ({safe['tokens']:,} less {safe['of_the_prompt']:,} of the prompt). A longer one is not cut there, and "
        f"its vector differs; one of more than {most:,} tokens, or more than a server takes, may lose the end of the "
        "prompt, and its vector is of no use then. Cut texts before, or use `embed.py`."
    )


def _forms(manifest: dict[str, Any], sizes: dict[str, int]) -> str:
    parts = []
    for name in FORMS:
        if name in manifest["forms"]:
            alone = "" if manifest["forms"][name].get("read_as_written", True) else "_servers"
            text = (TAKEN / f"form_{name}{alone}.md").read_text("utf-8")
            stored = f"vectors are stored in {find_precision(manifest['precision']).name}"
            parts.append(
                Template(text).substitute(
                    rows=f"{sizes.get('rows', 0):,}", stored=stored, transformers=manifest["transformers"]
                )
            )
            parts.append("".join(f"{limit}\n\n" for limit in manifest["forms"][name].get("limits", ())))
        elif name in manifest["left_out"]:
            parts.append(f"### `{name}` is left out\n\n{manifest['left_out'][name]}\n")
    return "\n".join(part for part in parts if part)


def _weights(manifest: dict[str, Any], with_weights: bool) -> str:
    backbone = manifest["backbone"]
    size = format_bytes(sum(one["bytes"] for one in backbone["weights"]))
    if with_weights:
        return f"They are in `backbone/`, {size}. `python weights.py` links them to where the forms look for them."
    command = "python weights.py" if backbone["hub_id"] else "python weights.py --from FOLDER"
    return (
        f"They are not in this folder, {size}. {backbone['where']}\n\n```bash\n{command}\n```\n\nputs them in place as "
        "links (`--copy` copies them), and refuses files whose SHA-256 is not that of those used here. Every form is "
        "whole then."
    )


def _files(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    found = list(FILES)
    if manifest["decision"] is not None and manifest["decision"]["page"]:
        found.append(("evidence.html", "the decision with its figures"))
    return found
